// The explorer answers as soon as a control changes, and every answer is a step of the history.
// Without this script the form's button and the links do the same.
// The form's address answers with a redirect to the short address of the question.

import { follow } from "./form-sync.js";

const BURST = 1500; // milliseconds within which typing in one field is one step
const TYPED = new Set(["text", "number", "date"]);
const form = document.getElementById("question");
const finding = document.getElementById("finding");
const answer = document.getElementById("answer");
const heard = document.getElementById("heard");
let running; // what is being waited for; a later question ends it
let shown = here(); // the address whose answer stands on the page
let typed = { control: null, at: 0 }; // the field behind the latest step

function here() {
  return location.pathname + location.search;
}

// Shows what `address` answers. `step` writes the history; without it the browser already has.
async function show(address, step) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  answer.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.getElementById("finding")) throw new TypeError("not a page of ours");
    const url = new URL(response.url);
    if (step) step(url.href);
    shown = url.pathname + url.search;
    put(page, !step);
    answer.removeAttribute("aria-busy");
    running = null;
  } catch (error) {
    // A way that failed is left to the browser, which says so and can try again.
    if (!signal.aborted) location.assign(address);
  }
}

// Takes a page's finding, answer and form over, and leaves focus and opened parts where they are.
function put(page, all) {
  const focused = answer.contains(document.activeElement) ? document.activeElement.id : "";
  const open = new Set(summaries("details[open] > summary").map((item) => item.textContent));
  for (const part of [finding, answer]) {
    part.replaceChildren(...page.getElementById(part.id).childNodes);
  }
  for (const item of summaries("summary")) {
    if (open.has(item.textContent)) item.parentElement.open = true;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const fresh = page.getElementById(form.id);
  if (fresh) follow(form, fresh, all ? null : document.activeElement);
  document.title = page.title;
  heard.textContent = finding.querySelector("h1").textContent;
}

function summaries(selector) {
  return [...answer.querySelectorAll(selector)];
}

function asked() {
  return `${form.action}?${new URLSearchParams(new FormData(form))}`;
}

// A new step, or the latest one again: where nothing is new, and while a field is being typed in.
function stepOf(control, at) {
  return (url) => {
    const same = control && control === typed.control && at - typed.at < BURST;
    typed = { control: TYPED.has(control?.type) ? control : null, at };
    const name = same || url === location.href ? "replaceState" : "pushState";
    history[name](null, "", url);
  };
}

form.addEventListener("change", ({ target, timeStamp }) => {
  // A date that is being typed is complete before its year is: 0002, 0020, 0202.
  if (target.type === "date" && !target.checkValidity()) return;
  show(asked(), stepOf(target, timeStamp));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(asked(), stepOf(null, event.timeStamp));
});

// Other questions of the same figures, linked in the answer and beside the form's button.
document.getElementById("main").addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || link.target || link.origin !== location.origin) return;
  if (link.pathname !== "/trends") return;
  event.preventDefault();
  show(link.pathname + link.search, stepOf(null, event.timeStamp));
});

addEventListener("popstate", () => {
  typed = { control: null, at: 0 };
  if (here() !== shown || running) show(here());
});
