// Quick look: what a row is about, beside its list. Without this file its links lead to the whole page.
(() => {
  "use strict";
  const doc = document;
  const pane = doc.querySelector("#lt-peek");
  if (!pane) return;
  const find = (selector, within = pane) => within.querySelector(selector);
  const wide = matchMedia("(min-width:1200px)");
  const kept = `lt:peek:${doc.body.dataset.ltWho}`;
  const remember = (open) => {
    try {
      if (open) localStorage.setItem(kept, "1");
      else localStorage.removeItem(kept);
    } catch { /* Without storage it is closed on the next page. */ }
  };
  const remembered = () => {
    try {
      return Boolean(localStorage.getItem(kept));
    } catch {
      return false;
    }
  };
  const linkOf = (element) => element.closest("tr")?.querySelector("a[data-lt-peek]");
  let opener = null;
  let asked = "";
  let timer = 0;

  const mark = (link) => {
    doc.querySelectorAll("tr[data-lt-peeked]").forEach((row) => row.removeAttribute("data-lt-peeked"));
    link?.closest("tr").setAttribute("data-lt-peeked", "");
  };
  const close = (leaves) => {
    clearTimeout(timer);
    pane.hidden = true;
    asked = "";
    mark(null);
    remember(false);
    if (leaves && opener?.isConnected) opener.focus();
  };
  // Parts of the object's own page, without what would act twice: fields, ids, single keys.
  const part = (page, selector, drop) => {
    const copy = find(selector, page)?.cloneNode(true);
    if (!copy) return [];
    copy.querySelectorAll(drop).forEach((each) => each.remove());
    [copy, ...copy.querySelectorAll("*")].forEach((each) => {
      ["id", "data-lt-key", "aria-keyshortcuts", "data-lt-say"].forEach((name) => each.removeAttribute(name));
    });
    return [copy];
  };
  const fill = (page, url) => {
    const acts = "script,template,dialog,input,select,textarea,button,label,form";
    find("h2").textContent = find("#lt-head h1", page)?.textContent.trim() || page.title;
    find("[data-lt-peek-body]").replaceChildren(
      ...part(page, "#lt-head .lt-context", acts),
      ...part(page, "[data-lt-mine]", acts),
      ...part(page, "#lt-tabbed .lt-cols > div", acts),
      ...part(page, "#lt-tabbed .lt-time", `${acts},li~li`),
    );
    const main = part(page, "#lt-head .lt-actions :is(a.btn-primary,form:has(.btn-primary))", "kbd");
    find("[data-lt-peek-act]").replaceChildren(...main);
    find("[data-lt-peek-open]").href = url;
  };
  let shown;
  // Whoever asks again for what is on its way waits for it.
  const show = (link) => {
    clearTimeout(timer);
    if (asked !== link.href) shown = load(link);
    return shown;
  };
  const load = async (link) => {
    opener = link;
    const url = asked = link.href;
    pane.setAttribute("aria-busy", "true");
    let page;
    try {
      const response = await fetch(url);
      if (!response.ok || response.redirected) throw new Error(response.status);
      page = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      // What it is, signed out or gone or a line that is cut, is seen in full on the page itself.
      if (asked === url) location.assign(url);
      return;
    }
    if (asked !== url) return;
    fill(page, url);
    pane.hidden = false;
    pane.removeAttribute("aria-busy");
    mark(link);
    remember(true);
    doc.querySelector("#lt-live").textContent = `${pane.dataset.ltSaid}: ${find("h2").textContent}`;
  };

  doc.addEventListener("click", (event) => {
    if (event.target.closest("[data-lt-peek-close]")) close(true);
    const link = event.target.closest("a[data-lt-peek]");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link);
  });
  doc.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || doc.querySelector("dialog[open]")) return;
    if (key === "Escape" && !pane.hidden) close(pane.contains(target));
    if (!/^[ e]$/.test(key) || doc.body.dataset.ltKeys !== "on" || !wide.matches || !target.matches("a[href]")) return;
    const link = linkOf(target);
    if (!link) return;
    event.preventDefault();
    if (key === "e") show(link).then(() => find("[data-lt-peek-open]").href === link.href && find("[data-lt-peek-act] :is(a,button)")?.click());
    else if (asked === link.href) close(false);
    else show(link).then(() => { opener = target; });
  });
  // An open one follows the row in which one works; nothing is loaded for a pointer passing by.
  doc.addEventListener("focusin", (event) => {
    const link = !pane.hidden && wide.matches && event.target.matches("a[href]") && linkOf(event.target);
    clearTimeout(timer);
    if (link && !event.target.matches("[data-lt-peek]")) timer = setTimeout(show, 200, link);
  });
  const first = linkOf(doc.activeElement) || doc.querySelector("a[data-lt-peek]");
  if (first && wide.matches && remembered()) show(first);
})();
