// The explorer answers as soon as a control changes. Without this script its button does.
// The form's address answers with a redirect to the short address of the question.

const form = document.getElementById("question");
const parts = ["finding", "answer"].map((id) => document.getElementById(id));
const heard = document.getElementById("heard");
let running;

async function show() {
  running?.abort();
  running = new AbortController();
  const asked = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  parts[1].setAttribute("aria-busy", "true");
  try {
    const response = await fetch(asked, { signal: running.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of parts) {
      const fresh = page.getElementById(part.id);
      part.replaceChildren(...(fresh?.childNodes ?? []));
    }
    document.title = page.title;
    heard.textContent = parts[0].querySelector("h1")?.textContent ?? "";
    history.replaceState(null, "", response.url);
    parts[1].removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(asked);
  }
}

form.addEventListener("change", (event) => {
  if (event.target.checkValidity()) show();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
