// The explorer answers as soon as a control changes, and every answer is a step of the history.
// Without this script the form's button and the links do the same.
// The form's address answers with a redirect to the short address of the question.

import { ownParts, syncForm } from "./form-sync.js";
import { NamePicker } from "./name-picker.js";

const BURST = 1500; // milliseconds within which typing in one field is one step
const TEXT_TYPES = new Set(["text", "number", "date"]);
const form = document.getElementById("question");
const finding = document.getElementById("finding");
const answer = document.getElementById("answer");
const announcement = document.getElementById("heard");
let pendingRequest; // what is being waited for; a later question ends it
let shownAddress = currentAddress(); // the address whose answer stands on the page
let lastTyping = { control: null, at: 0 }; // the field behind the latest step

for (const control of form.querySelectorAll("[data-names]")) {
  ownParts.set(control, new NamePicker(control));
}

function currentAddress() {
  return location.pathname + location.search;
}

// Shows what `address` answers. `step` writes the history; without it the browser already has.
async function show(address, step) {
  pendingRequest?.abort();
  pendingRequest = new AbortController();
  const { signal } = pendingRequest;
  answer.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.getElementById("finding")) throw new TypeError("not a page of ours");
    const url = new URL(response.url);
    if (step) step(url.href);
    shownAddress = url.pathname + url.search;
    replaceParts(page, !step);
    answer.removeAttribute("aria-busy");
    pendingRequest = null;
  } catch (error) {
    // A way that failed is left to the browser, which says so and can try again.
    if (!signal.aborted) location.assign(address);
  }
}

// Takes a page's finding, answer and form over, and leaves focus and opened parts where they are.
function replaceParts(page, syncAll) {
  const focused = answer.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = new Set(summaries("details[open] > summary").map((item) => item.textContent));
  for (const part of [finding, answer]) {
    part.replaceChildren(...page.getElementById(part.id).childNodes);
  }
  for (const item of summaries("summary")) {
    if (opened.has(item.textContent)) item.parentElement.open = true;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const newForm = page.getElementById(form.id);
  if (newForm) syncForm(form, newForm, syncAll ? null : document.activeElement);
  document.title = page.title;
  announcement.textContent = finding.querySelector("h1").textContent;
}

function summaries(selector) {
  return [...answer.querySelectorAll(selector)];
}

function formAddress() {
  return `${form.action}?${new URLSearchParams(new FormData(form))}`;
}

// A new step, or the latest one again: where nothing is new, and while a field is being typed in.
function historyStep(control, at) {
  return (url) => {
    const isSameStep = control && control === lastTyping.control && at - lastTyping.at < BURST;
    lastTyping = { control: TEXT_TYPES.has(control?.type) ? control : null, at };
    const method = isSameStep || url === location.href ? "replaceState" : "pushState";
    history[method](null, "", url);
  };
}

form.addEventListener("change", ({ target, timeStamp }) => {
  // A date that is being typed is complete before its year is: 0002, 0020, 0202.
  if (target.type === "date" && !target.checkValidity()) return;
  show(formAddress(), historyStep(target, timeStamp));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(formAddress(), historyStep(null, event.timeStamp));
});

// Other questions of the same figures, linked in the answer and beside the form's button.
document.getElementById("main").addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || link.target || link.origin !== location.origin) return;
  if (link.pathname !== "/trends") return;
  event.preventDefault();
  show(link.pathname + link.search, historyStep(null, event.timeStamp));
});

addEventListener("popstate", () => {
  lastTyping = { control: null, at: 0 };
  if (currentAddress() !== shownAddress || pendingRequest) show(currentAddress());
});
