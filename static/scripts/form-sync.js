// Brings one form into line with another of the same template, control by control, so that focus,
// opened parts and what is being typed stay.

const TEXT_TYPES = new Set(["text", "number", "date"]);

// Parts that a script of ours has taken over, with what brings each into line.
export const ownParts = new WeakMap();

// `typedIn`: the control somebody may be typing in.
export function syncForm(old, fresh, typedIn) {
  if (ownParts.has(old)) {
    ownParts.get(old).sync(fresh);
    return;
  }
  syncAttributes(old, fresh);
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  before.slice(after.length).forEach((node) => node.remove());
  after.forEach((node, index) => syncChild(old, before[index], node, typedIn));
  syncState(old, fresh, typedIn);
}

function syncChild(parent, old, fresh, typedIn) {
  if (!old) parent.append(fresh);
  else if (old.nodeName !== fresh.nodeName) old.replaceWith(fresh);
  else if (fresh.nodeType === Node.ELEMENT_NODE) syncForm(old, fresh, typedIn);
  else if (old.data !== fresh.data) old.data = fresh.data;
}

function syncAttributes(old, fresh) {
  const isReaders = (name) => old.localName === "details" && name === "open";
  for (const { name, value } of fresh.attributes) {
    if (!isReaders(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!isReaders(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

// What a control says once somebody has used it is not in its attributes any more.
function syncState(old, fresh, typedIn) {
  if (old.localName === "select") old.value = fresh.value;
  if (old.localName !== "input") return;
  old.checked = fresh.checked;
  if (old !== typedIn && TEXT_TYPES.has(old.type)) old.value = fresh.value;
}
