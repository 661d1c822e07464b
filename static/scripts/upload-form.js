// The upload form: dropped files, a bar while they are sent, words while they are checked.
// Without this script the form is a plain one, and the browser shows that it is waiting.

const MIB = 1024 * 1024;
let form = document.getElementById("upload");

const part = (selector) => form.querySelector(selector);

function say(words) {
  part(".sending").hidden = false;
  part(".sending [role=status]").textContent = words;
}

function size(bytes) {
  return bytes < MIB ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / MIB).toFixed(1)} MiB`;
}

function picked() {
  const input = part("[type=file]");
  const [file] = input.files;
  const most = Number(input.dataset.most);
  const large = file && file.size > most;
  input.setCustomValidity(large ? `At most ${size(most)}; ${file.name} has ${size(file.size)}` : "");
  part("#file-hint").textContent = file ? `${file.name}, ${size(file.size)}` : "No file picked.";
  if (large) input.reportValidity();
}

function waiting(busy) {
  form.setAttribute("aria-busy", String(busy));
  part(".actions button").disabled = busy;
  part("progress").hidden = !busy;
}

function sent(event) {
  const bar = part("progress");
  if (event.lengthComputable && event.loaded < event.total) {
    bar.value = event.loaded / event.total;
    say(`Sending: ${size(event.loaded)} of ${size(event.total)}`);
  } else {
    bar.removeAttribute("value"); // a bar without a value moves: it is not known how long
    say("Sent. Checking every line …");
  }
}

// What was refused comes back as a page: its form takes the place of ours, the picked file stays.
function answered(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const fresh = page.getElementById("upload");
  if (request.status === 201) return location.assign(request.getResponseHeader("Location"));
  if (request.status === 200) return location.assign(request.responseURL);
  if (!fresh) return failed(page.querySelector("h1")?.textContent);
  const file = part("[type=file]");
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const value = fresh.querySelector("[type=file]").getAttribute(name);
    if (value === null) file.removeAttribute(name);
    else file.setAttribute(name, value);
  }
  fresh.querySelector("[type=file]").replaceWith(file);
  form.replaceWith(fresh);
  form = fresh;
  enhance();
  if (file.files.length) picked();
  part(".alert")?.focus();
}

function failed(why) {
  waiting(false);
  say(`${why || "The file could not be sent"}. Nothing was stored; please try again.`);
}

function send(event) {
  event.preventDefault();
  const request = new XMLHttpRequest(); // fetch tells nothing of what is still to be sent
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.upload.addEventListener("progress", sent);
  request.addEventListener("load", () => answered(request));
  request.addEventListener("error", () => failed());
  request.send(new FormData(form));
  waiting(true);
  say("Sending …");
}

function dropped(event) {
  event.preventDefault();
  part(".drop").classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  part("[type=file]").files = event.dataTransfer.files;
  picked();
}

function enhance() {
  const zone = part(".drop");
  form.addEventListener("submit", send);
  part("[type=file]").addEventListener("change", picked);
  part("#source").addEventListener("change", ({ target }) => {
    if (target.value === "+") part("#new-source").open = true;
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", dropped);
}

// A page that comes back from the browser's memory is not sending any more.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  waiting(false);
  part(".sending").hidden = true;
});

enhance();
