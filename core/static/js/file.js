// Says which file was chosen, in the page's words. Without this file the browser says it in its own.
(() => {
  "use strict";
  if (window.ltFiles) return;
  window.ltFiles = true;
  const show = (input) => {
    const words = input.parentElement.querySelector("[data-lt-none]");
    if (words) words.textContent = [...input.files].map((file) => file.name).join(", ") || words.dataset.ltNone;
  };
  const isFile = (element) => element.matches(".lt-file input");
  document.addEventListener("change", (event) => isFile(event.target) && show(event.target));
  // Some browsers keep what was chosen when the page is opened again.
  addEventListener("pageshow", () => document.querySelectorAll(".lt-file input").forEach(show));
})();
