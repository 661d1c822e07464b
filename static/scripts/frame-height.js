// A frame does not grow with what is in it: the page around it is told how high this one is.

const page = document.documentElement;

function postHeight() {
  const height = Math.ceil(page.getBoundingClientRect().height);
  parent.postMessage({ source: "open-model-share", height }, "*");
}

if (parent !== window) new ResizeObserver(postHeight).observe(page);
