// The panel below the search field. Every page works without this file.
(() => {
  "use strict";
  const doc = document;
  const field = doc.querySelector("[data-lt-search]");

  // ---- Search: the panel follows what is typed; arrows go through it, Enter opens the first.
  if (field) {
    const form = field.form;
    const panel = doc.querySelector("#lt-found");
    const links = () => [...panel.querySelectorAll("a[href]")];
    const close = () => panel.replaceChildren();
    const upToDate = () => panel.firstElementChild?.dataset.ltFor === field.value.trim().replace(/\s+/g, " ");
    const outside = (event) => form.contains(event.target) || close();
    doc.addEventListener("click", outside);
    doc.addEventListener("focusin", outside);
    form.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      const { key } = event;
      const stops = [field, ...links()];
      const at = stops.indexOf(doc.activeElement);
      if (key === "Escape" && panel.firstChild) {
        event.preventDefault();
        close();
        field.focus();
      } else if (key === "ArrowDown" || key === "ArrowUp") {
        event.preventDefault();
        stops[(at + (key === "ArrowDown" ? 1 : -1) + stops.length) % stops.length].focus();
      } else if (key === "Enter" && at === 0 && stops.length > 2 && upToDate()) {
        // The last link leads to the page of the search, where Enter without hits leads as well.
        event.preventDefault();
        stops[1].click();
      }
    });
    form.addEventListener("htmx:before:response", (event) => {
      const { status, raw } = event.detail.ctx.response;
      event.stopPropagation();
      if (status < 400 && !raw.redirected) return;
      event.preventDefault();
      close();
      // Signed out meanwhile: the page of the search asks for that; other trouble waits for Enter.
      if (status === 401) form.submit();
    }, true);
    form.addEventListener("htmx:after:swap", () => {
      const said = panel.firstElementChild?.dataset.ltSay;
      if (said && !form.contains(doc.activeElement)) close();
      else if (said) doc.querySelector("#lt-live").textContent = said;
    });
  }
})();
