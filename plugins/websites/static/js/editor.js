// The rich text editor: Squire over each plain field. Without this file the field itself takes simple HTML.
(() => {
  "use strict";
  const doc = document;
  const tools = doc.getElementById("ws-tools");
  const ours = { ALLOWED_TAGS: ["h2", "h3", "h4", "p", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "blockquote", "a", "img", "figure", "figcaption", "strong", "b", "em", "i", "u", "sub", "sup", "br", "hr", "div", "h1"], ALLOWED_ATTR: ["href", "title", "src", "alt", "width", "height", "colspan", "rowspan", "scope", "start", "data-picture"] };
  const purify = (html) => window.DOMPurify.sanitize(html, { ...ours, RETURN_DOM_FRAGMENT: true });
  const fragmentOf = (html) => doc.importNode(purify(html), true);

  const toBlocks = (editor, tag) => editor.modifyBlocks((fragment) => {
    const walker = doc.createTreeWalker(fragment, NodeFilter.SHOW_ELEMENT);
    const blocks = [];
    while (walker.nextNode()) if (/^(P|DIV|H[1-6])$/.test(walker.currentNode.nodeName)) blocks.push(walker.currentNode);
    const all = blocks.length > 0 && blocks.every((block) => block.nodeName === tag.toUpperCase());
    blocks.forEach((block) => {
      const made = doc.createElement(all ? "p" : tag);
      made.append(...block.childNodes);
      block.replaceWith(made);
    });
    return fragment;
  });
  const inside = (editor, tag) => editor.hasFormat(tag);
  const toggle = (editor, tags, on, off) => (tags.some((tag) => inside(editor, tag)) ? off() : on());
  const address = (text) => {
    const typed = text.trim();
    if (/^(https?:|mailto:|tel:|\/|#)/i.test(typed)) return typed;
    if (/^[^\s/]+@[^\s/]+$/.test(typed)) return `mailto:${typed}`;
    return typed && `https://${typed}`;
  };
  const dialog = doc.getElementById("ws-link");
  const askLink = (editor) => {
    const range = editor.getSelection().cloneRange();
    const at = range.commonAncestorContainer;
    const link = (at.nodeType === 1 ? at : at.parentElement)?.closest("a");
    const field = doc.getElementById("ws-link-url");
    field.value = link ? link.getAttribute("href") : "";
    dialog.returnValue = "";
    dialog.onclose = () => {
      editor.focus();
      editor.setSelection(range);
      const url = address(field.value);
      if (dialog.returnValue === "remove") editor.removeLink();
      if (dialog.returnValue === "set" && url) editor.makeLink(url);
    };
    dialog.showModal();
    field.focus();
  };
  const TABLE = `<table><tbody>${"<tr><td><br></td><td><br></td><td><br></td></tr>".repeat(3)}</tbody></table><p><br></p>`;
  const acts = {
    h2: (editor) => toBlocks(editor, "h2"),
    h3: (editor) => toBlocks(editor, "h3"),
    bold: (editor) => toggle(editor, ["B", "STRONG"], () => editor.bold(), () => editor.removeBold()),
    italic: (editor) => toggle(editor, ["I", "EM"], () => editor.italic(), () => editor.removeItalic()),
    ul: (editor) => toggle(editor, ["UL"], () => editor.makeUnorderedList(), () => editor.removeList()),
    ol: (editor) => toggle(editor, ["OL"], () => editor.makeOrderedList(), () => editor.removeList()),
    quote: (editor) => toggle(editor, ["BLOCKQUOTE"], () => editor.increaseQuoteLevel(), () => editor.decreaseQuoteLevel()),
    link: askLink,
    table: (editor) => editor.insertHTML(TABLE),
    plain: (editor) => editor.removeAllFormatting(),
    undo: (editor) => editor.undo(),
    redo: (editor) => editor.redo(),
  };
  const SHOWN = { h2: ["H2"], h3: ["H3"], bold: ["B", "STRONG"], italic: ["I", "EM"], ul: ["UL"], ol: ["OL"], quote: ["BLOCKQUOTE"] };

  const enrich = (field) => {
    const root = doc.createElement("div");
    root.className = "ws-editor ws-text";
    root.tabIndex = 0;
    root.setAttribute("role", "textbox");
    root.setAttribute("aria-multiline", "true");
    root.setAttribute("aria-label", field.dataset.wsRich);
    const invalid = field.getAttribute("aria-describedby");
    if (invalid) {
      root.setAttribute("aria-invalid", "true");
      root.setAttribute("aria-describedby", invalid);
    }
    const bar = tools.content.firstElementChild.cloneNode(true);
    field.after(bar, root);
    field.parentElement.classList.add("ws-rich");
    const editor = new window.Squire(root, { blockTag: "P", sanitizeToDOMFragment: fragmentOf });
    const address = field.dataset.wsPicture || "";
    const name = "00000000-0000-0000-0000-000000000000";
    const [before, behind] = address.split(name);
    const load = () => {
      let html = field.value;
      if (address) html = html.replace(/src="picture:([0-9a-f-]{36})"/g, (_all, id) => `src="${before}${id}${behind}" data-picture="${id}"`);
      editor.setHTML(/<[a-z]/i.test(html) ? html : html.split(/\n\s*\n/).map((part) => `<p>${part}</p>`).join(""));
    };
    const text = () => {
      const holder = doc.createElement("template");
      holder.innerHTML = editor.getHTML();
      holder.content.querySelectorAll("img[data-picture]").forEach((img) => {
        img.setAttribute("src", `picture:${img.dataset.picture}`);
        img.removeAttribute("data-picture");
      });
      return /\S/.test(holder.content.textContent) || holder.content.querySelector("img,table,hr") ? holder.innerHTML : "";
    };
    load();
    editor.addEventListener("input", () => {
      field.value = text();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const mark = () => Object.entries(SHOWN).forEach(([act, tags]) => {
      bar.querySelector(`[data-ws-do=${act}]`)?.setAttribute("aria-pressed", tags.some((tag) => inside(editor, tag)));
    });
    editor.addEventListener("pathChange", mark);
    bar.addEventListener("mousedown", (event) => event.preventDefault());
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("[data-ws-do]");
      if (!button) return;
      acts[button.dataset.wsDo]?.(editor, field);
      mark();
    });
    // One stop of the Tab key for the whole bar, arrows inside it.
    const buttons = [...bar.querySelectorAll("button")];
    buttons.forEach((button, at) => { button.tabIndex = at ? -1 : 0; });
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const at = buttons.indexOf(doc.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = buttons[(at + step + buttons.length) % buttons.length];
      buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
      next.focus();
    });
    editor.setKeyHandler("Tab", null);
    editor.setKeyHandler("Shift-Tab", null);
    const label = doc.querySelector(`label[for="${field.id}"]`);
    label?.addEventListener("click", (event) => { event.preventDefault(); editor.focus(); });
    doc.querySelectorAll(`a[href="#${field.id}"]`).forEach((each) => each.addEventListener("click", (event) => { event.preventDefault(); editor.focus(); }));
    field.wsEditor = editor;
    doc.addEventListener("click", (event) => event.target.closest("[data-lt-forget]") && setTimeout(load));
  };
  if (window.Squire && window.DOMPurify && tools) doc.querySelectorAll("textarea[data-ws-rich]").forEach(enrich);
})();
