// Brings one form into line with another of the same template, control by control, so that focus,
// opened parts and what is being typed stay.

const TYPED = new Set(["text", "number", "date"]);

// `kept`: the control somebody may be typing in.
export function follow(old, fresh, kept) {
  attributes(old, fresh);
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  before.slice(after.length).forEach((node) => node.remove());
  after.forEach((node, index) => child(old, before[index], node, kept));
  state(old, fresh, kept);
}

function child(parent, old, fresh, kept) {
  if (!old) parent.append(fresh);
  else if (old.nodeName !== fresh.nodeName) old.replaceWith(fresh);
  else if (fresh.nodeType === Node.ELEMENT_NODE) follow(old, fresh, kept);
  else if (old.data !== fresh.data) old.data = fresh.data;
}

function attributes(old, fresh) {
  const ours = (name) => old.localName === "details" && name === "open";
  for (const { name, value } of fresh.attributes) {
    if (!ours(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!ours(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

// What a control says once somebody has used it is not in its attributes any more.
function state(old, fresh, kept) {
  if (old.localName === "select") old.value = fresh.value;
  if (old.localName !== "input") return;
  old.checked = fresh.checked;
  if (old !== kept && TYPED.has(old.type)) old.value = fresh.value;
}
