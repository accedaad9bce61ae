// Drafts on the server: saved two seconds after the last key and on leaving. Until then the tab keeps them (lt.js).
(() => {
  "use strict";
  const AFTER = 2000;
  const AGAIN = 30000;
  document.querySelectorAll("form[data-lt-save]").forEach((form) => {
    const shown = form.querySelector("[data-lt-saved]");
    let timer = 0;
    let dirty = false;
    let running = null;
    const typed = () => {
      const data = new FormData(form);
      form.querySelectorAll("[type=password],[type=file]").forEach((field) => data.delete(field.name));
      return data;
    };
    const send = async (keepalive) => {
      let wait = AGAIN;
      dirty = false;
      try {
        const answer = await fetch(form.dataset.ltSave, {
          method: "POST", body: typed(), keepalive, headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang },
        });
        const told = await answer.json();
        shown.textContent = told.text || `${told.title}. ${shown.dataset.ltSaved}`;
        if (answer.ok) wait = AFTER;
        if (answer.ok && !dirty) form.ltKept();
        else dirty = true;
      } catch {
        dirty = true;
        shown.textContent = shown.dataset.ltSaved;
      }
      running = null;
      if (dirty) later(wait);
    };
    const save = (keepalive = false) => {
      clearTimeout(timer);
      running ||= send(keepalive);
      return running;
    };
    const later = (wait) => {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    };
    const unsaved = () => dirty && !form.dataset.ltSent;
    form.addEventListener("input", ({ target }) => {
      if (target.type === "file") return; // a chosen file is nothing typed
      dirty = true;
      later(AFTER);
    });
    addEventListener("online", () => unsaved() && save());
    addEventListener("pagehide", () => unsaved() && save(true));
    // The form goes after a save that is under way, so that none arrives behind it; signing out goes after the last one.
    let waited = false;
    document.addEventListener("submit", (event) => {
      const { target, submitter } = event;
      const signsOut = target.hasAttribute("data-lt-signout") && unsaved();
      if (waited || !(signsOut || (running && target === form))) return;
      waited = true;
      event.preventDefault();
      event.stopPropagation();
      save().finally(() => {
        target.requestSubmit(submitter);
        waited = false;
      });
    }, true);
    if (form.querySelector("[data-lt-forget]")) {
      dirty = true;
      later(0);
    }
  });
})();
