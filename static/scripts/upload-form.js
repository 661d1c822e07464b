// The upload form: dropped files, a bar while they are sent, words while they are checked.
// Without this script the form is a plain one, and the browser shows that it is waiting.

const MIB = 1024 * 1024;
let form = document.getElementById("upload");

const formPart = (selector) => form.querySelector(selector);

function showStatus(message) {
  formPart(".sending").hidden = false;
  formPart(".sending [role=status]").textContent = message;
}

function sizeText(bytes) {
  return bytes < MIB ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / MIB).toFixed(1)} MiB`;
}

function checkPickedFile() {
  const input = formPart("[type=file]");
  const [file] = input.files;
  const size = file ? sizeText(file.size) : "";
  const maxBytes = Number(input.dataset.most);
  const isTooLarge = file && file.size > maxBytes;
  input.setCustomValidity(
    isTooLarge ? `At most ${sizeText(maxBytes)}; ${file.name} has ${size}` : "",
  );
  formPart("#file-hint").textContent = file ? `${file.name}, ${size}` : "No file picked.";
  if (isTooLarge) input.reportValidity();
}

function setBusy(busy) {
  form.setAttribute("aria-busy", String(busy));
  formPart(".actions button").disabled = busy;
  formPart("progress").hidden = !busy;
}

function showProgress(event) {
  const bar = formPart("progress");
  if (event.lengthComputable && event.loaded < event.total) {
    bar.value = event.loaded / event.total;
    showStatus(`Sending: ${sizeText(event.loaded)} of ${sizeText(event.total)}`);
  } else {
    bar.removeAttribute("value"); // a bar without a value moves: it is not known how long
    showStatus("Sent. Checking every line …");
  }
}

// What was refused comes back as a page: its form takes the place of ours, the picked file stays.
function takeAnswer(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const newForm = page.getElementById("upload");
  if (request.status === 201) return location.assign(request.getResponseHeader("Location"));
  if (request.status === 200) return location.assign(request.responseURL);
  if (!newForm) return showFailure(page.querySelector("h1")?.textContent);
  const file = formPart("[type=file]");
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const value = newForm.querySelector("[type=file]").getAttribute(name);
    if (value === null) file.removeAttribute(name);
    else file.setAttribute(name, value);
  }
  newForm.querySelector("[type=file]").replaceWith(file);
  form.replaceWith(newForm);
  form = newForm;
  enhance();
  if (file.files.length) checkPickedFile();
  formPart(".alert")?.focus();
}

function showFailure(reason) {
  setBusy(false);
  showStatus(`${reason || "The file could not be sent"}. Nothing was stored; please try again.`);
}

function send(event) {
  event.preventDefault();
  const request = new XMLHttpRequest(); // fetch tells nothing of what is still to be sent
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.upload.addEventListener("progress", showProgress);
  request.addEventListener("load", () => takeAnswer(request));
  request.addEventListener("error", () => showFailure());
  request.send(new FormData(form));
  setBusy(true);
  showStatus("Sending …");
}

function takeDroppedFile(event) {
  event.preventDefault();
  formPart(".drop").classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  formPart("[type=file]").files = event.dataTransfer.files;
  checkPickedFile();
}

function enhance() {
  const zone = formPart(".drop");
  form.addEventListener("submit", send);
  formPart("[type=file]").addEventListener("change", checkPickedFile);
  formPart("#source").addEventListener("change", ({ target }) => {
    if (target.value === "+") formPart("#new-source").open = true;
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", takeDroppedFile);
}

// A page that comes back from the browser's memory is not sending any more.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  setBusy(false);
  formPart(".sending").hidden = true;
});

enhance();
