// The chat with script: the same forms, answered in place. Text from anywhere only ever becomes text nodes.
const $ = (id) => document.getElementById(id);
const log = $("log");
const box = $("text");
const composer = $("composer");
const send = $("send");
const error = $("error");
const state = $("state");
const counter = $("counter");
const words = $("words").dataset;
const session = $("session").value;
const LIMIT = Number(words.limit);
const SLOW_AFTER = 4000; // ms
const GIVE_UP_AFTER = 40000; // the server itself gives up earlier
const coarse = matchMedia("(pointer: coarse)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let asking = false;

const copy = (id) => $(id).content.firstElementChild.cloneNode(true);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");
const element = (name, text) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
};

// The rules of bot/web/blocks.py.
const BULLET = /^\s*[-•*+–]\s+(?=\S)/u;
const NUMBERED = /^\s*(\d{1,2})[.)]\s+(?=\S)/u;

function blocks(text) {
  const found = [];
  let open = null;
  for (const line of text.split("\n")) {
    if (!line.trim()) {
      open = null;
      continue;
    }
    const bullet = BULLET.exec(line);
    const numbered = bullet ? null : NUMBERED.exec(line);
    const kind = bullet ? "ul" : numbered ? "ol" : "p";
    const rest = line.slice((bullet ?? numbered ?? [""])[0].length).trim();
    if (open?.kind !== kind) {
      open = { kind, start: numbered ? Number(numbered[1]) : 1, lines: [] };
      found.push(open);
    }
    open.lines.push(rest);
  }
  return found;
}

function putLine(parent, line) {
  line.split(/(1900[ .]?9068)/).forEach((part, index) => {
    if (!part) return;
    if (index % 2) {
      const link = element("a", part);
      link.href = "tel:19009068";
      parent.append(link);
    } else parent.append(part);
  });
}

function putWords(parent, text) {
  for (const block of blocks(text)) {
    const made = element(block.kind);
    if (block.kind === "ol") made.start = block.start;
    block.lines.forEach((line, index) => {
      if (block.kind === "p") {
        if (index) made.append(element("br"));
        putLine(made, line);
      } else {
        const item = element("li");
        putLine(item, line);
        made.append(item);
      }
    });
    parent.append(made);
  }
}

function citationOf(citation) {
  const made = copy("t-citation");
  made.querySelector(".place").textContent = citation.coordinate;
  made.querySelector("blockquote").textContent = citation.quote;
  const named = citation.document && !citation.title.includes(citation.document);
  made.querySelector("dd").textContent = named ? `${citation.title}, ${citation.document}` : citation.title;
  if (citation.effective) {
    const effective = element("p", citation.effective);
    effective.className = "effective";
    made.append(effective);
  }
  return made;
}

function answerOf(reply) {
  const made = copy("t-answer");
  putWords(made.querySelector(".words"), reply.text);
  if (reply.citations.length) {
    const list = copy("t-citations");
    list.append(...reply.citations.map(citationOf));
    made.append(list);
  }
  if (reply.buttons.length) {
    const group = copy("t-buttons");
    for (const choice of reply.buttons) {
      const button = element("button", choice.label);
      button.type = "button";
      button.className = "choice";
      button.addEventListener("click", () => choose(group, button, choice));
      group.append(button);
    }
    made.append(group);
  }
  return made;
}

// While a person is wanted the page looks for what an officer wrote; `after` tells the server what has arrived.
const LOOK_EVERY = 4000; // ms
let after = 0;
let looking = 0;

function lookSoon(wait = LOOK_EVERY) {
  clearTimeout(looking);
  looking = setTimeout(look, wait);
}

async function look() {
  try {
    const response = await fetch("/api/chat/look", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, after }),
    });
    if (!response.ok) return lookSoon(5 * LOOK_EVERY);
    const found = await response.json();
    for (const message of found.messages) {
      if (message.id <= after) continue;
      after = message.id;
      const turn = copy(message.staff ? "t-staff" : "t-answer");
      putWords(turn.querySelector(".words"), message.text);
      log.append(turn);
      bringUp(turn);
    }
    // What has arrived is told at once, so that the officer sees it.
    if (found.open) lookSoon(found.messages.length ? 300 : LOOK_EVERY);
  } catch {
    lookSoon(3 * LOOK_EVERY); // no network: it comes back
  }
}

// Buttons stay where they are, so that the focus does; only the first choice counts.
function choose(group, button, choice) {
  if (group.dataset.chosen) return;
  if (asking) return complain(words.wait);
  const all = group.querySelectorAll("button");
  group.dataset.chosen = "yes";
  for (const other of all) other.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-pressed", "true");
  ask(choice.label, { button: choice.value }, () => {
    delete group.dataset.chosen;
    for (const other of all) other.removeAttribute("aria-disabled");
    button.removeAttribute("aria-pressed");
  });
}

function bringUp(turn) {
  turn.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

function complain(line) {
  error.textContent = line;
  box.toggleAttribute("aria-invalid", Boolean(line));
}

// `undo` is called when the question was not taken and stays with the citizen.
async function ask(shown, body, undo = () => {}) {
  asking = true;
  complain("");
  document.body.classList.add("talking");
  composer.setAttribute("aria-busy", "true");
  const turn = copy("t-question");
  turn.querySelector(".asked").textContent = shown;
  const typing = copy("t-typing");
  log.append(turn, typing);
  bringUp(turn);
  state.textContent = words.typing;
  const slow = setTimeout(() => {
    typing.querySelector("span").textContent = words.slow;
    state.textContent = words.slow;
  }, SLOW_AFTER);
  const patience = new AbortController();
  const end = setTimeout(() => patience.abort(), GIVE_UP_AFTER);
  try {
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ session, ...body }),
      signal: patience.signal,
    });
    const streamed = (response.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
    const said = streamed ? await readEvents(response.body, (text) => showPart(typing, text)) : await response.json();
    if (response.ok) {
      log.append(...said.replies.map(answerOf));
      bringUp(turn);
      if (said.status === "handoff" || said.reason === "with_staff") lookSoon(0);
    } else {
      turn.remove();
      complain(String(said.detail ?? words.noReply));
      undo();
    }
  } catch (failure) {
    const reached = failure.name === "AbortError" || failure instanceof SyntaxError;
    const failed = copy("t-failed");
    failed.querySelector("p").textContent = reached ? words.noReply : words.notSent;
    failed.querySelector("button").addEventListener("click", () => {
      if (asking) return;
      failed.remove();
      turn.remove();
      ask(shown, body, undo);
      box.focus({ preventScroll: true });
    });
    log.append(failed);
    failed.scrollIntoView({ block: "nearest" });
  } finally {
    clearTimeout(slow);
    clearTimeout(end);
    typing.remove();
    for (const part of log.querySelectorAll(".part")) part.remove();
    state.textContent = "";
    composer.removeAttribute("aria-busy");
    asking = false;
    connection(false);
  }
}

// The answer as it is being written: only what the server has checked is ever sent.
function showPart(typing, text) {
  let part = typing.previousElementSibling;
  if (!part.classList.contains("part")) {
    part = copy("t-answer");
    part.classList.add("part");
    part.setAttribute("aria-hidden", "true"); // read aloud once, when it is whole
    typing.before(part);
  }
  const words = part.querySelector(".words");
  words.replaceChildren();
  putWords(words, text);
}

async function readEvents(body, onPart) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new SyntaxError("the stream ended before the answer");
    waiting += value;
    for (let end = waiting.indexOf("\n\n"); end >= 0; end = waiting.indexOf("\n\n")) {
      const event = waiting.slice(0, end);
      waiting = waiting.slice(end + 2);
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (!data) continue;
      if (event.startsWith("event: answer")) return JSON.parse(data);
      onPart(JSON.parse(data).text);
    }
  }
}

function askTyped() {
  const text = box.value;
  const length = count(text);
  if (asking) return complain(words.wait);
  if (!length) {
    complain(words.empty);
    return box.focus();
  }
  if (length > LIMIT) {
    complain(fill(words.tooLong, { length: grouped(length), limit: grouped(LIMIT) }));
    return box.focus();
  }
  box.value = "";
  countUp();
  if (coarse.matches) box.blur(); // the keyboard makes room for the answer
  ask(text.trim(), { text }, () => {
    if (!box.value) box.value = text;
    countUp();
  });
}

const count = (text) => [...text.normalize("NFC").trim()].length;

function countUp() {
  const length = count(box.value);
  const near = length >= LIMIT * 0.8;
  counter.textContent = near ? fill(words.counter, { length: grouped(length), limit: grouped(LIMIT) }) : "";
  counter.classList.toggle("over", length > LIMIT);
}

function connection(told) {
  document.body.classList.toggle("offline", !navigator.onLine);
  if (!navigator.onLine) state.textContent = words.offline;
  else if (told) state.textContent = words.online;
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const chosen = event.submitter;
  if (form === composer) askTyped();
  else if (asking) complain(words.wait);
  else if (form.classList.contains("examples")) ask(chosen.value, { text: chosen.value });
  else choose(chosen.closest(".buttons"), chosen, { label: chosen.textContent, value: chosen.value });
});

box.addEventListener("keydown", (event) => {
  // While a Vietnamese input method is still composing a syllable, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  composer.requestSubmit(send);
});

box.addEventListener("input", () => {
  countUp();
  if (error.textContent) complain("");
});

addEventListener("offline", () => connection(true));
addEventListener("online", () => connection(true));
document.body.classList.add("script");
countUp();
connection(false);
