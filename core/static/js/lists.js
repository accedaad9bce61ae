// The panel below the search field, and choosing rows of a list. Every page works without this file.
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

  // ---- Choosing rows: one by one, a range with Shift, x for the row in hand, all that are shown.
  const bar = () => doc.querySelector("#lt-bulk");
  const boxes = () => [...doc.querySelectorAll("[data-lt-rows] input[name=id]")];
  let last = null;
  const follow = () => {
    const form = bar();
    if (!form) return;
    const every = boxes();
    const chosen = every.filter((box) => box.checked);
    const head = doc.querySelector("[data-lt-all]");
    head.checked = chosen.length === every.length;
    head.indeterminate = chosen.length > 0 && !head.checked;
    const more = form.querySelector(".more");
    const all = form.elements.all;
    if (more) {
      more.hidden = !head.checked;
      if (!head.checked) all.checked = false;
    }
    form.classList.toggle("on", chosen.length > 0);
    // Only what may be done to all of them; for rows that are not shown the server decides.
    form.querySelectorAll("[name=action]").forEach((button) => {
      const can = (box) => box.dataset.ltCan.split(" ").includes(button.value);
      button.hidden = !all?.checked && !chosen.every(can);
    });
    let words = form.dataset.ltChosen.replace("#", chosen.length);
    if (!form.querySelector("[name=action]:not([hidden])")) words += `. ${form.dataset.ltMixed}`;
    form.querySelector("[data-lt-count]").textContent = words;
    if (chosen.length) doc.querySelector("#lt-live").textContent = words;
  };
  const tick = (checked, some = boxes()) => {
    some.forEach((box) => (box.checked = checked));
    follow();
  };
  doc.addEventListener("change", (event) => {
    if (event.target.matches("[data-lt-all]")) tick(event.target.checked);
    else if (event.target.form && event.target.form === bar()) follow();
  });
  doc.addEventListener("click", (event) => {
    const box = event.target.closest("[data-lt-rows] input[name=id]");
    if (box) {
      const every = boxes();
      if (event.shiftKey && every.includes(last)) {
        const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
        tick(box.checked, every.slice(from, to + 1));
      }
      last = box;
    }
    if (event.target.closest("[data-lt-none]")) {
      tick(false);
      doc.querySelector("[data-lt-all]").focus();
    }
  });
  doc.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || !bar() || doc.querySelector("dialog[open]")) return;
    if (target.matches("input:not([type=checkbox]),textarea,select")) return;
    if (key === "Escape" && bar().classList.contains("on")) tick(false);
    const box = key === "x" && doc.body.dataset.ltKeys === "on" && target.closest("tr")?.querySelector("input[name=id]");
    if (box) {
      tick(!box.checked, [box]);
      last = box;
    }
  });
  // ---- On phones the conditions of a list stand behind one button, which says how many there are.
  const conditions = () => doc.querySelectorAll("[data-lt-filters]").forEach((button) => {
    const count = [...button.form.querySelectorAll("select")].filter((each) => each.value).length;
    button.lastChild.textContent = count ? ` (${count})` : "";
  });
  doc.addEventListener("change", conditions);
  doc.addEventListener("click", (event) => {
    const button = event.target.closest("[data-lt-filters]");
    button?.setAttribute("aria-expanded", button.form.classList.toggle("open"));
  });
  conditions();

  // ---- Coming back: whoever opened a row finds it in hand again, or what has moved up to its place.
  const rows = () => [...doc.querySelectorAll("[data-lt-rows] tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
  const kept = `lt:${doc.body.dataset.ltWho}:row:${location.pathname.replace(/^\/t\/[^/]+/, "")}`;
  const group = (link) => link.closest("table").getAttribute("aria-labelledby");
  addEventListener("pagehide", () => {
    const at = rows().indexOf(doc.activeElement.closest("tr")?.querySelector("a[href]"));
    try {
      if (at >= 0) sessionStorage.setItem(kept, JSON.stringify([at, rows()[at].href, group(rows()[at])]));
    } catch { /* Without storage one begins at the top. */ }
  });
  if (rows().length) {
    const [at, url, under] = JSON.parse(sessionStorage.getItem(kept) || "[-1]");
    sessionStorage.removeItem(kept);
    if (at >= 0 && doc.activeElement === doc.body) (rows().find((link) => link.href === url && group(link) === under) || rows()[at] || rows().at(-1)).focus();
  }

  doc.addEventListener("htmx:before:request", (event) => {
    const { target } = event.detail.ctx;
    if (target.id === "list") target.setAttribute("aria-busy", "true");
  });
  // What is pressed stays until it is clicked.
  doc.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!ctx.target.matches(":active")) return;
    event.preventDefault();
    setTimeout(() => ctx.target.isConnected && htmx.swap(ctx), 50);
  });
  doc.addEventListener("htmx:after:swap", follow);
  addEventListener("pageshow", follow);
  follow();
})();
