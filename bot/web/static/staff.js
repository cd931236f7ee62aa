/* Makes the console nicer where scripts run; every page works without. Says that somebody new left a number, keeps the menu's
   current entry in sight, and looks again whether work in the background is done. */
"use strict";
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const fresh = document.querySelector(".fresh[data-newest]");
if (fresh) {
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch("/staff/lead/moi", { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok && (await answer.json()).newest > Number(fresh.dataset.newest)) fresh.hidden = false;
    } catch {
      /* signed out or no network: the page stays as it is */
    }
  };
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
}

const working = document.querySelector("[data-working]");
if (working) {
  const again = () => {
    if (document.hidden || document.activeElement?.matches("input, textarea, select")) setTimeout(again, 4000);
    else location.replace(working.dataset.working);
  };
  setTimeout(again, 4000);
}
