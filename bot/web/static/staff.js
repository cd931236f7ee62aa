/* Makes the console nicer where scripts run; every page works without. Says that something new came in, keeps the menu's current
   entry in sight, puts canned texts into an answer, and looks again whether work in the background is done. */
"use strict";
for (const current of document.querySelectorAll(".menu [aria-current], .tabs [aria-current]")) {
  let bar = current.parentElement; // only the bar is moved: scrollIntoView would move the page as well
  while (bar && !/auto|scroll/.test(getComputedStyle(bar).overflowX)) bar = bar.parentElement;
  if (!bar || bar === document.documentElement || bar === document.body) continue;
  const [inner, outer] = [current.getBoundingClientRect(), bar.getBoundingClientRect()];
  bar.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}

const fresh = document.querySelector(".fresh[data-newest]");
if (fresh) {
  const look = async () => {
    if (document.hidden) return;
    try {
      const where = fresh.dataset.look ?? "/staff/lead/moi";
      const answer = await fetch(where, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok && (await answer.json()).newest > Number(fresh.dataset.newest)) fresh.hidden = false;
    } catch {
      /* signed out or no network: the page stays as it is */
    }
  };
  setInterval(look, 1000 * Number(fresh.dataset.every ?? 15));
  document.addEventListener("visibilitychange", look);
}

/* A canned text goes to where the officer writes, behind what is there already; without scripts its link fills an empty field. */
for (const link of document.querySelectorAll("[data-insert]")) {
  link.addEventListener("click", (event) => {
    const field = document.querySelector("#f-text");
    if (!field) return;
    event.preventDefault();
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n${link.dataset.insert}` : link.dataset.insert;
    field.focus();
  });
}

const working = document.querySelector("[data-working]");
if (working) {
  const again = () => {
    if (document.hidden || document.activeElement?.matches("input, textarea, select")) setTimeout(again, 4000);
    else location.replace(working.dataset.working);
  };
  setTimeout(again, 4000);
}
