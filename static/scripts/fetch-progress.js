// The record of fetches: read again while one waits or runs, until all of them have ended.
// Without this script the page is read again by hand.

const READ_AGAIN_MS = 3000;

async function readAgain() {
  const record = document.getElementById("fetch-record");
  if (record.dataset.pending === "0") return;
  try {
    const response = await fetch(location.href);
    if (response.ok && !response.redirected) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const newer = page.getElementById("fetch-record");
      // What is unchanged stays as it is, with the focus and what was scrolled.
      if (newer && newer.innerHTML !== record.innerHTML) record.replaceWith(newer);
    }
  } catch {
    // The server may be away for a moment: the next reading tells.
  }
  setTimeout(readAgain, READ_AGAIN_MS);
}

setTimeout(readAgain, READ_AGAIN_MS);
