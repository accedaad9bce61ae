// Menus, dialogs, drawer, keys, drafts and toasts. Every page works without this file.
(() => {
  "use strict";
  const doc = document;
  const body = doc.body;
  const find = (selector, from = doc) => from.querySelector(selector);
  const all = (selector, from = doc) => [...from.querySelectorAll(selector)];
  const FIELD = "input:not([type=hidden]),select,textarea";
  const FOCUSABLE = "a[href],button:not([disabled])," + FIELD;
  doc.documentElement.classList.add("lt-js");

  // The one live region; no sentence is read twice in a row.
  let said = "";
  const say = (text) => {
    const region = find("#lt-live");
    if (region && text && text !== said) region.textContent = said = text;
  };

  // ---- Menus: a button with aria-expanded and a panel behind it.
  const panelOf = (button) => doc.getElementById(button.getAttribute("aria-controls"));
  const openMenus = () => all("[data-lt-menu][aria-expanded=true]");
  const closeMenu = (button, refocus) => {
    button.setAttribute("aria-expanded", "false");
    if (refocus) button.focus();
  };
  // Inside the window.
  const openMenu = (button) => {
    button.setAttribute("aria-expanded", "true");
    const panel = panelOf(button);
    const { offsetWidth: width, offsetHeight: height } = panel;
    const box = button.getBoundingClientRect();
    const left = panel.matches(".wide") ? box.left : box.right - width;
    const top = box.bottom + 6;
    panel.style = `position:fixed;left:${Math.max(12, Math.min(left, body.clientWidth - 12 - width))}px;top:${top + height < innerHeight ? top : Math.max(12, box.top - 6 - height)}px`;
  };
  const stepInMenu = (button, by) => {
    const items = all(FOCUSABLE, panelOf(button)).filter((field) => field.offsetParent);
    const at = items.indexOf(doc.activeElement);
    items[(at + by + items.length) % items.length]?.focus();
  };
  const place = () => openMenus().forEach(openMenu);
  addEventListener("scroll", place, true);
  addEventListener("resize", place);

  // ---- Drawer: the navigation on narrow screens.
  const drawer = find("#lt-nav");
  const moveDrawer = (open) => {
    drawer.classList.toggle("open", open);
    (open ? find(FOCUSABLE, drawer) : find(".lt-burger"))?.focus();
  };

  // ---- Dialogs: native ones give focus back.
  const openDialog = (dialog) => dialog.open || dialog.showModal();
  const closeDialog = (dialog) => {
    dialog.close();
    if (dialog.id === "lt-dialog") dialog.replaceChildren();
  };

  doc.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const menuButton = at("[data-lt-menu]");
    openMenus().forEach((button) => {
      if (button === menuButton) return;
      const inside = panelOf(button).contains(event.target);
      if (!inside) closeMenu(button);
      else if (at("a")) closeMenu(button, true);
    });
    if (menuButton) {
      if (menuButton.getAttribute("aria-expanded") === "true") closeMenu(menuButton);
      else openMenu(menuButton);
      return;
    }
    if (at("[data-lt-drawer]")) {
      event.preventDefault();
      moveDrawer(!drawer.classList.contains("open"));
      return;
    }
    const opener = at("[data-lt-open]");
    if (opener) {
      event.preventDefault();
      openDialog(find(opener.hash));
      return;
    }
    const closer = at("[data-lt-close]");
    const dialog = at("dialog");
    if (closer && (dialog || at("[data-lt-toast]"))) {
      event.preventDefault();
      if (dialog) closeDialog(dialog);
      else at("[data-lt-toast]").remove();
    } else if (dialog && event.target === dialog) closeDialog(dialog);
    const copier = at("[data-lt-copy]");
    if (copier) {
      navigator.clipboard?.writeText(copier.dataset.ltCopy).then(() => {
        find("span", copier).textContent = copier.dataset.ltDone;
        say(copier.dataset.ltDone);
      });
    }
    if (at("[data-lt-print-page]")) print();
    if (at("[data-lt-forget]")) {
      const form = at("form");
      form.ltRestart();
      at(".lt-note").remove();
      find(FIELD, form)?.focus();
    }
  });
  doc.addEventListener("focusin", (event) => {
    openMenus().forEach((button) => button.parentElement.contains(event.target) || closeMenu(button));
    if (drawer?.classList.contains("open") && !drawer.contains(event.target)) drawer.classList.remove("open");
  });

  // ---- Keys: none while an input method composes; single ones can be switched off.
  let before = "";
  const stepRow = (by) => {
    const rows = all("[data-lt-rows] tbody tr").filter((row) => find("a[href]", row));
    const at = rows.indexOf(doc.activeElement.closest("tr"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) find("a[href]", next).focus();
  };
  const search = () => all("[data-lt-search],.lt-filter [type=search]").find((field) => field.offsetParent);
  const single = {
    "/": () => search()?.focus(),
    "?": () => find("#lt-keys") && openDialog(find("#lt-keys")),
    "j": () => stepRow(1),
    "k": () => stepRow(-1),
    ".": () => find("[data-lt-menu]", doc.activeElement.closest("tr") || find("main") || doc)?.click(),
  };
  doc.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const { key, target } = event;
    const open = openMenus()[0];
    if (key === "Escape") {
      if (open) closeMenu(open, true);
      else if (drawer?.classList.contains("open")) moveDrawer(false);
      return;
    }
    if (open && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      stepInMenu(open, key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      const form = target.closest("form");
      if (key === "Enter" && form?.method === "post") {
        form.requestSubmit(find("[type=submit].btn-primary", form));
      } else if (key === "k" && search()) {
        event.preventDefault();
        search().focus();
      }
      return;
    }
    if (event.altKey || body.dataset.ltKeys !== "on" || find("dialog[open]")) return;
    if (target.matches("input:not([type=checkbox]):not([type=radio]),textarea,select") || target.isContentEditable) return;
    const sequence = before === "g" && key === "v";
    before = key;
    const known = single[key];
    const element = sequence ? find(".lt-mark") : /^[a-z]$/.test(key) && find(`[data-lt-key="${key}"]`);
    if (!known && !element) return;
    event.preventDefault();
    if (element) element.click();
    else known();
  });

  // ---- Drafts: what was typed stays in this tab until sent, across a sign-in too.
  const who = body.dataset.ltWho;
  let leaving = false;
  const store = {
    keys: () => Object.keys(sessionStorage).filter((key) => key.startsWith("lt:")),
    read: (key) => JSON.parse(sessionStorage.getItem(key) || "null"),
    write: (key, value) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(value));
      } catch { /* A full store loses the draft, never the page. */ }
    },
    drop: (key) => sessionStorage.removeItem(key),
  };
  // With the version: nobody's later save is passed over.
  const fieldsOf = (form) => [...form.elements].filter(
    (field) => field.name && !/^(hidden (?!version|lt_read)|password|file|submit|button|fieldset)/.test(`${field.type} ${field.name}`),
  );
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";
  const snapshot = (form) => fieldsOf(form).map((field) => (ticks(field) ? field.checked : field.value));
  const fill = (form, values) => fieldsOf(form).forEach((field, at) => {
    if (ticks(field)) field.checked = values[at];
    else field.value = values[at];
  });
  const keep = (form) => {
    const key = `lt:${who}:${form.dataset.ltDraft}`;
    const fresh = snapshot(form);
    const draft = store.read(key);
    let timer = 0;
    // Which opening this is, where the server keeps drafts too.
    const page = form.elements.lt_page;
    const save = (sent) => store.write(key, { values: snapshot(form), sent, page: page?.value, at: Date.now() });
    form.ltKept = () => {
      timer = clearTimeout(timer);
      store.drop(key);
    };
    form.ltRestart = () => {
      fill(form, fresh);
      store.drop(key);
      form.dispatchEvent(new Event("input"));
    };
    form.ltSend = () => {
      clearTimeout(timer);
      save(true);
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 300, false);
    });
    addEventListener("pagehide", () => timer && !form.dataset.ltSent && !leaving && save(false));
    if (!draft) return;
    const same = JSON.stringify(draft.values) === JSON.stringify(fresh);
    if (same || draft.values.length !== fresh.length || (draft.sent && find("[data-lt-toast],[data-lt-conflict]"))) {
      store.drop(key);
      return;
    }
    fill(form, draft.values);
    if (page && draft.page) {
      // On offer under this name is an earlier state of it.
      page.value = draft.page;
      if (draft.page === form.dataset.ltOffered) find("[data-lt-offer]").remove();
    }
    const note = find("#lt-restored").content.cloneNode(true);
    if (draft.at) {
      const typed = find("[data-lt-typed-at]", note);
      typed.hidden = false;
      find("time", typed).textContent = new Intl.DateTimeFormat("en-GB", { dateStyle: doc.documentElement.lang === "en" ? "medium" : "short", timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" }).format(draft.at).replace(",", "");
    }
    form.prepend(note);
  };
  if (who) {
    const forms = all("form[data-lt-draft]");
    const here = forms.map((form) => `lt:${who}:${form.dataset.ltDraft}`);
    store.keys().forEach((key) => {
      const foreign = !key.startsWith(`lt:${who}:`);
      // A draft that was sent and whose form is not shown again arrived, unless this page is an error.
      const arrived = !here.includes(key) && !find("[data-lt-error]") && store.read(key)?.sent;
      if (foreign || arrived) store.drop(key);
    });
    forms.forEach(keep);
  }

  // ---- Sending: a second press does nothing, and nothing leaves without network.
  const offline = find("[data-lt-offline]");
  const release = (form) => {
    delete form.dataset.ltSent;
    all("[aria-disabled][data-lt-words]", form).forEach((button) => {
      button.removeAttribute("aria-disabled");
      (find("span", button) || button).textContent = button.dataset.ltWords;
    });
  };
  doc.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.ltSent || event.submitter?.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      return;
    }
    if (offline && !navigator.onLine) {
      // Leaving now would take the text away.
      event.preventDefault();
      const unsent = find("[data-lt-unsent]", offline);
      offline.hidden = unsent.hidden = false;
      say(unsent.textContent);
      return;
    }
    form.dataset.ltSent = "1";
    form.ltSend?.();
    if (form.hasAttribute("data-lt-signout")) {
      leaving = true;
      store.keys().forEach(store.drop);
    }
    const button = event.submitter;
    if (button?.classList.contains("btn")) {
      const words = find("span", button) || button;
      button.dataset.ltWords = words.textContent;
      button.setAttribute("aria-disabled", "true");
      setTimeout(() => form.dataset.ltSent && (words.textContent = body.dataset.ltBusy), 300);
    }
    setTimeout(release, form.hasAttribute("data-lt-download") ? 2000 : 15000, form);
  });
  addEventListener("pageshow", (event) => event.persisted && all("form[data-lt-sent]").forEach(release));

  // ---- htmx: lists and dialogs come as parts of whole pages; what asks again by itself stays put on trouble.
  const POLLING = "[hx-trigger^=every]";
  doc.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const { status, raw } = ctx.response;
    if (ctx.request.method !== "GET" || (status < 400 && !raw.redirected)) return;
    if (status >= 500 && event.target.matches(POLLING)) {
      event.preventDefault();
      return;
    }
    // Not the page that was asked for: go there, so that its words or the sign-in are seen in full.
    event.preventDefault();
    location.assign(raw.redirected ? raw.url : ctx.request.action);
  });
  doc.addEventListener("htmx:error", (event) => {
    const request = event.detail.ctx?.request;
    // Followed to the sign-in, which only the browser may read.
    if (request?.method === "GET" && navigator.onLine && !event.target.matches(POLLING)) {
      location.assign(request.action);
    }
  });
  doc.addEventListener("htmx:after:swap", () => {
    const dialog = find("#lt-dialog");
    const heading = dialog && find("h2", dialog);
    if (heading && !dialog.open) {
      dialog.setAttribute("aria-label", heading.textContent);
      openDialog(dialog);
      find(FIELD, dialog)?.focus();
    }
    say(find("main [data-lt-say]")?.dataset.ltSay);
  });

  // ---- What it begins with.
  const connection = () => {
    if (!offline) return;
    offline.hidden = navigator.onLine;
    find("[data-lt-unsent]", offline).hidden = true;
  };
  addEventListener("online", connection);
  addEventListener("offline", connection);
  connection();
  const toast = find("[data-lt-toast]");
  if (toast) {
    setTimeout(say, 200, find("span", toast).textContent);
    const leave = () => (doc.hidden || toast.matches(":hover,:focus-within") ? setTimeout(leave, 3000) : toast.remove());
    setTimeout(leave, 10000);
  }
  all("[data-lt-needs]").forEach((button) => {
    const box = find(button.dataset.ltNeeds);
    const follow = () => {
      button.disabled = !box.checked;
      doc.getElementById(button.getAttribute("aria-describedby")).hidden = box.checked;
    };
    box.addEventListener("change", follow);
    follow();
  });
  const again = find("[data-lt-again]");
  if (again) setTimeout(() => again.click(), again.dataset.ltAgain * 1000);
  const first = (what) => innerWidth > 991 && find(`[data-lt-first] :is(${what})`);
  (find("[data-lt-focus],[data-lt-offer],:target") || first(FIELD) || first(FOCUSABLE) || body).focus();
})();
