// Public pages read well without this file: it adds the reading aid and closes menus with Escape.
// What a reader chooses stays in this browser; nothing is sent anywhere.
(() => {
  "use strict";
  const root = document.documentElement;
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const store = (key, on) => { try { on ? localStorage.setItem(key, "1") : localStorage.removeItem(key); } catch { /* private mode */ } };
  const aid = document.querySelector(".pb-aid");
  if (aid) {
    aid.hidden = false;
    for (const [name, mark] of [["size", "pbSize"], ["contrast", "pbContrast"]]) {
      const button = aid.querySelector(`[data-pb-${name}]`);
      const show = (on) => {
        on ? (root.dataset[mark] = "1") : delete root.dataset[mark];
        button.setAttribute("aria-pressed", String(on));
      };
      show(stored(`lt-public-${name}`) === "1");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        show(on);
        store(`lt-public-${name}`, on);
      });
    }
  }
  // A printed page says when: two prints of one page may differ.
  const printed = document.querySelector("[data-pb-printed]");
  const words = printed?.textContent;
  addEventListener("beforeprint", () => {
    if (!printed) return;
    printed.textContent = words + new Intl.DateTimeFormat(root.lang === "en" ? "en-GB" : "vi-VN", { day: "2-digit", month: root.lang === "en" ? "short" : "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" }).format(new Date());
    printed.hidden = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const line = document.activeElement?.closest?.(".pb-more");
    if (line) { line.classList.add("pb-closed"); line.querySelector("a,span")?.focus(); }
  });
  for (const line of document.querySelectorAll(".pb-more")) {
    for (const event of ["mouseleave", "focusout"]) {
      line.addEventListener(event, (it) => { if (!line.contains(it.relatedTarget)) line.classList.remove("pb-closed"); });
    }
  }
})();
