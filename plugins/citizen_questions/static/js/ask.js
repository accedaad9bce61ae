// Works on the form's mark while its reader types, so that a question is taken at once; without this file the form waits
// a little and takes fewer. Nothing is sent anywhere but with the form.
(() => {
  "use strict";
  const form = document.querySelector("form[data-cq-work]");
  form?.classList.add("lt-js"); // css/file.css then shows our words for the chosen files instead of the browser's
  if (!form || !globalThis.crypto?.subtle) return;
  const mark = form.elements.mark.value, bits = Number(form.dataset.cqWork), letters = new TextEncoder();
  const zeros = (bytes) => {
    const head = new DataView(bytes).getUint32(0);
    return Math.clz32(head) >= bits;
  };
  let begun = null;
  const work = async () => {
    for (let n = 0; ; n += 1) {
      if (zeros(await crypto.subtle.digest("SHA-256", letters.encode(`${mark}:${n}`)))) {
        form.elements.work.value = String(n);
        return;
      }
    }
  };
  const begin = () => (begun ??= work());
  form.addEventListener("input", begin, { once: true });
  form.addEventListener("submit", (event) => {
    if (form.elements.work.value) return;
    event.preventDefault();
    begin().then(() => form.submit());
  });
})();
