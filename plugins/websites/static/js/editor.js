// The rich text editor: Squire over each plain field. Without this file the field itself takes simple HTML.
(() => {
  "use strict";
  const doc = document;
  const tools = doc.getElementById("ws-tools");
  const ours = { ALLOWED_TAGS: ["h2", "h3", "h4", "p", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "blockquote", "a", "img", "figure", "figcaption", "strong", "b", "em", "i", "u", "sub", "sup", "br", "hr", "div", "h1"], ALLOWED_ATTR: ["href", "title", "src", "alt", "width", "height", "colspan", "rowspan", "scope", "start", "type", "data-picture"] };
  const KEPT = new Set(ours.ALLOWED_TAGS);
  const ATTRIBUTES = new Set(ours.ALLOWED_ATTR);
  const SILENT = new Set(["style", "script", "title", "xml", "noscript", "template", "iframe", "object", "svg", "math"]);
  // What was deleted with changes tracked, and Word's comments with their signs in the text.
  const COMMENT = /mso-element:\s*comment-list|\bmsocom(?:txt|anchor|off)\b/i;
  // A picture of elsewhere, or a mark in Word such as a footnote, is none here.
  const NEEDED = { img: /\sdata-picture=/i, a: /\shref\s*=(?!\s*["']?\s*(?:#_|file:))/i, hr: /^(?![^]*\bmsocomoff\b)/i };
  const TAG = /<(\/?)([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/iy;
  const LOOSE = /<(\/?)([a-z][^\s/>]*)([^>]*)>/iy;
  const ATTRIBUTE = /([^\s"'>/=]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/g;
  const kept = (text) => [...text.matchAll(ATTRIBUTE)].map(([, name, value]) => (ATTRIBUTES.has(name.toLowerCase()) ? ` ${name}=${value}` : "")).join("");
  // Styles, handlers, classes and pictures of elsewhere go while the text is still text: none would be kept, and a
  // parser would hold each style against the page's policy. One pass, so that five million letters of Word are quick.
  let lost = 0; // pictures, in the text that was made bare last
  const bare = (html) => {
    lost = 0;
    const parts = [];
    const absent = new Set();
    let at = 0;
    const skip = (name) => {
      const tags = new RegExp(`<(/?)${name}(?=[\\s/>])`, "ig");
      tags.lastIndex = at;
      let depth = 1;
      let found;
      while (depth && (found = tags.exec(html))) depth += found[1] ? -1 : Number(!SILENT.has(name));
      if (found) at = html.indexOf(">", tags.lastIndex) + 1 || html.length;
      else if (SILENT.has(name)) at = html.length;
      else absent.add(name);
    };
    for (let open = html.indexOf("<"); open >= 0; open = html.indexOf("<", at)) {
      parts.push(html.slice(at, open));
      if (html.startsWith("<!--", open)) {
        const end = html.indexOf("-->", open);
        at = end < 0 ? html.length : end + 3;
        continue;
      }
      TAG.lastIndex = LOOSE.lastIndex = open;
      const found = TAG.exec(html) || LOOSE.exec(html);
      if (!found) {
        const end = /[a-z!?/]/i.test(html[open + 1] || "") ? html.indexOf(">", open) : -1;
        if (end < 0) parts.push("&lt;");
        at = end < 0 ? open + 1 : end + 1;
        continue;
      }
      at = open + found[0].length;
      const [, closing, written, attributes] = found;
      const name = written.toLowerCase();
      if (!closing && (SILENT.has(name) || (!absent.has(name) && (name === "del" || (/^(?:a|div|span)$/.test(name) && COMMENT.test(attributes)))))) {
        skip(name);
      } else if (KEPT.has(name) && (closing || !NEEDED[name] || NEEDED[name].test(attributes))) parts.push(closing ? `</${name}>` : `<${name}${kept(attributes)}>`);
      else if (name === "img") lost += 1;
    }
    parts.push(html.slice(at));
    return parts.join("");
  };
  // Word writes a list as paragraphs: each says its level, and carries its sign in a span of its own.
  const ITEM = /<p\b[^<>]*mso-list:\s*l\d+\s+level(\d)[^<>]*>/gi;
  const withoutSign = (item) => {
    const sign = /<span\b[^<>]*mso-list:\s*ignore[^<>]*>/i.exec(item);
    if (!sign) return ["", item];
    const spans = /<(\/?)span\b[^<>]*>/gi;
    spans.lastIndex = sign.index;
    let depth = 0;
    let found;
    while ((found = spans.exec(item))) if (!(depth += found[1] ? -1 : 1)) break;
    const end = found ? spans.lastIndex : item.length;
    return [item.slice(sign.index, end).replace(/<[^>]*>|&nbsp;|\s/g, ""), item.slice(0, sign.index) + item.slice(end)];
  };
  // By letters or by Roman numbers, and from where: what the first sign of a list says.
  const ROMAN = { i: 1, v: 5, x: 10, l: 50 };
  const counted = (sign) => {
    const small = sign.toLowerCase();
    let kind = "";
    let first = 1;
    if (/^\d/.test(sign)) first = Number(sign);
    else if (small === "i" || small.length > 1) {
      kind = "i";
      first = [...small].reduce((sum, each, at) => sum + (ROMAN[each] < ROMAN[small[at + 1]] ? -ROMAN[each] : ROMAN[each]), 0);
    } else if (small !== "đ") {
      kind = "a";
      first = small.charCodeAt(0) - 96;
    }
    return (kind && ` type="${sign === small ? kind : kind.toUpperCase()}"`) + (first > 1 ? ` start="${first}"` : "");
  };
  const realLists = (html) => {
    const parts = [];
    const open = [];
    let at = 0;
    const close = (depth) => { while (open.length > depth) parts.push(`</li></${open.pop()}>`); };
    ITEM.lastIndex = 0;
    for (let found = ITEM.exec(html); found; found = ITEM.exec(html)) {
      const between = html.slice(at, found.index);
      if (/\S/.test(between.replace(/<!--[^<>]*-->|<!\[[^<>]*>|&nbsp;/g, ""))) {
        close(0);
        parts.push(between);
      }
      const ends = /<\/p\s*>|<p\b/gi;
      ends.lastIndex = ITEM.lastIndex;
      const end = ends.exec(html);
      const [sign, item] = withoutSign(html.slice(ITEM.lastIndex, end ? end.index : html.length));
      at = ITEM.lastIndex = !end ? html.length : end[0][1] === "/" ? ends.lastIndex : end.index;
      const number = /^\(?(\d+|[a-zđ]|[ivxl]+)[.)]/i.exec(sign);
      const tag = number ? "ol" : "ul";
      const level = Math.min(Number(found[1]) || 1, open.length + 1);
      close(level);
      if (open.length === level && open[level - 1] !== tag) close(level - 1);
      if (open.length === level) parts.push("</li><li>");
      else {
        parts.push(number ? `<ol${counted(number[1])}><li>` : "<ul><li>");
        open.push(tag);
      }
      parts.push(item);
    }
    close(0);
    parts.push(html.slice(at));
    return parts.join("");
  };
  const fragmentOf = (html) => doc.importNode(window.DOMPurify.sanitize(html, { ...ours, RETURN_DOM_FRAGMENT: true }), true);
  // A block of its own after the one the cursor is in, and a paragraph to go on writing.
  const addBlock = (editor, html) => {
    const root = editor.getRoot();
    editor.saveUndoState();
    let at = editor.getSelection().endContainer;
    while (at && at !== root && at.parentNode !== root) at = at.parentNode;
    const next = doc.createElement("p");
    next.append(doc.createElement("br"));
    const made = fragmentOf(bare(html));
    const block = made.firstElementChild;
    made.append(next);
    if (at && at !== root) at.after(made);
    else root.append(made);
    const range = doc.createRange();
    range.setStart(next, 0);
    editor.focus();
    editor.setSelection(range);
    root.dispatchEvent(new CustomEvent("ws-changed"));
    return block;
  };
  // Tables. A cell may reach over several rows and columns: the grid says which cell lies at each place.
  const cellOf = (editor) => {
    const at = editor.getSelection().startContainer;
    const cell = (at.nodeType === 1 ? at : at.parentElement)?.closest("td,th");
    return cell && editor.getRoot().contains(cell) ? cell : null;
  };
  const gridOf = (table) => {
    const grid = [...table.rows].map(() => []);
    [...table.rows].forEach((row, top) => [...row.cells].forEach((cell) => {
      let left = 0;
      while (grid[top][left]) left += 1;
      for (let y = top; y < Math.min(top + cell.rowSpan, grid.length); y += 1) {
        for (let x = left; x < left + cell.colSpan; x += 1) grid[y][x] = cell;
      }
    }));
    return grid;
  };
  const emptyCell = (like) => {
    const cell = doc.createElement(like === "TH" ? "th" : "td");
    if (like === "TH") cell.scope = "col";
    cell.append(doc.createElement("br"));
    return cell;
  };
  const spanned = (cell, side, change) => {
    cell[side] += change;
    if (cell[side] === 1) cell.removeAttribute(side);
  };
  const placeIn = (row, cells, cell, left) => {
    const next = cells.slice(left).find((each) => each !== cell && each.parentNode === row);
    row.insertBefore(cell, next || null);
  };
  const isHead = (table) => [...table.rows[0].cells].every((cell) => cell.nodeName === "TH");
  const inTable = {
    "row-add": (table, grid, top, left, cell) => {
      const last = top + cell.rowSpan - 1;
      const row = doc.createElement("tr");
      [...new Set(grid[last])].forEach((each) => {
        if (grid[last + 1]?.includes(each)) spanned(each, "rowSpan", 1);
        else for (let n = 0; n < each.colSpan; n += 1) row.append(emptyCell("TD"));
      });
      const body = table.tBodies[0];
      if (table.rows[last].parentNode.nodeName === "THEAD" && body) body.prepend(row);
      else table.rows[last].after(row);
      return row.cells[0];
    },
    "column-add": (table, grid, top, left, cell) => {
      const last = left + cell.colSpan - 1;
      const wider = new Set();
      grid.forEach((cells, y) => {
        const here = cells[last];
        if (here && here === cells[last + 1]) wider.add(here);
        else placeIn(table.rows[y], cells, emptyCell(y === 0 && isHead(table) ? "TH" : "TD"), last + 1);
      });
      wider.forEach((each) => spanned(each, "colSpan", 1));
      return cell;
    },
    "row-off": (table, grid, top) => {
      [...new Set(grid[top])].forEach((each) => {
        if (each.rowSpan === 1) return;
        const begins = each.parentNode === table.rows[top];
        spanned(each, "rowSpan", -1);
        if (begins && grid[top + 1]) placeIn(table.rows[top + 1], grid[top + 1], each, grid[top + 1].indexOf(each));
      });
      table.rows[top].remove();
      return (table.rows[top] || table.rows[top - 1])?.cells[0];
    },
    "column-off": (table, grid, top, left) => {
      new Set(grid.map((cells) => cells[left])).forEach((each) => {
        if (each?.colSpan > 1) spanned(each, "colSpan", -1);
        else each?.remove();
      });
      [...table.rows].filter((row) => !row.cells.length).forEach((row) => row.remove());
      return grid[top][left + 1] || grid[top][left - 1];
    },
    head: (table, _grid, top, _left, cell) => {
      const wanted = isHead(table) ? "TD" : "TH";
      let stays = cell;
      [...table.rows[0].cells].forEach((each) => {
        const made = emptyCell(wanted);
        ["colSpan", "rowSpan"].forEach((side) => { if (each[side] > 1) made[side] = each[side]; });
        made.replaceChildren(...each.childNodes);
        each.replaceWith(made);
        if (each === cell) stays = made;
      });
      return stays;
    },
    off: () => null,
  };
  const goTo = (editor, node) => {
    const range = doc.createRange();
    range.setStart(node, 0);
    editor.focus();
    editor.setSelection(range);
  };
  const changeTable = (editor, act) => {
    const cell = cellOf(editor);
    if (!cell) return;
    const table = cell.closest("table");
    const grid = gridOf(table);
    const top = grid.findIndex((cells) => cells.includes(cell));
    editor.saveUndoState();
    let next = inTable[act](table, grid, top, grid[top].indexOf(cell), cell);
    if (!next || !table.rows.length) {
      next = table.nextElementSibling || doc.createElement("p");
      if (!next.parentNode) next.append(doc.createElement("br"));
      table.replaceWith(...(next.parentNode ? [] : [next]));
    }
    goTo(editor, next);
    editor.getRoot().dispatchEvent(new CustomEvent("ws-changed"));
  };

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
  // The library: the same dialog gives a picture to a text or becomes the cover.
  const library = doc.getElementById("ws-library");
  const inLibrary = (selector) => library.querySelector(selector);
  let use = () => {};
  const choose = (picture) => {
    library.close();
    use(picture);
  };
  const list = async (text) => {
    const target = inLibrary("[data-ws-found]");
    const answer = await fetch(`${library.dataset.wsSource}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
    const { items } = answer.ok ? await answer.json() : { items: [] };
    target.replaceChildren(...items.map((picture) => {
      const item = doc.createElement("li");
      const button = doc.createElement("button");
      const img = doc.createElement("img");
      const words = doc.createElement("span");
      button.type = "button";
      img.src = picture.small;
      img.alt = "";
      words.textContent = picture.alt;
      button.append(img, words);
      button.addEventListener("click", () => choose(picture));
      item.append(button);
      return item;
    }));
    const none = inLibrary("[data-ws-none]");
    const isEmpty = answer.ok && !text && !items.length;
    none.textContent = items.length ? "" : isEmpty ? none.dataset.wsEmpty : none.dataset.wsNone;
    if (isEmpty) inLibrary("details").open = true;
  };
  const pick = (then) => {
    use = then;
    library.showModal();
    inLibrary("#ws-find").focus();
    list(inLibrary("#ws-find").value);
  };
  const tell = (id, text) => {
    const field = inLibrary(`#ws-${id}`);
    const words = inLibrary(`#ws-${id}-error`);
    words.hidden = !text;
    words.textContent = text;
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    return text ? field : null;
  };
  const send = async () => {
    const trouble = inLibrary("[data-ws-trouble]");
    const form = new FormData();
    const file = inLibrary("#ws-file").files[0];
    if (file) form.append("file", file);
    form.append("alt", inLibrary("#ws-alt").value);
    form.append("caption", inLibrary("#ws-caption").value);
    trouble.hidden = true;
    let told = trouble.dataset.wsTrouble;
    try {
      const answer = await fetch(library.dataset.wsSource, { method: "POST", body: form, headers: { Accept: "application/json", "Accept-Language": doc.documentElement.lang, "X-CSRF-Token": doc.querySelector("[name=csrf_token]").value } });
      const document = await answer.json();
      const errors = document.errors || {};
      const wrong = ["file", "alt", "caption"].map((name) => tell(name, answer.ok ? "" : (errors[name] || []).join(" "))).filter(Boolean);
      if (answer.ok) {
        ["#ws-file", "#ws-alt", "#ws-caption"].forEach((id) => { inLibrary(id).value = ""; });
        inLibrary("#ws-file").dispatchEvent(new Event("change", { bubbles: true }));
        choose(document);
        return;
      }
      if (wrong.length) {
        wrong[0].focus();
        return;
      }
      told = document.detail || told;
    } catch { /* The words of trouble stand. */ }
    trouble.textContent = told;
    trouble.hidden = false;
  };
  const escaped = (text) => {
    const holder = doc.createElement("p");
    holder.textContent = text;
    return holder.innerHTML.replace(/"/g, "&quot;");
  };
  const askPicture = (editor) => {
    const range = editor.getSelection().cloneRange();
    pick((picture) => {
      editor.focus();
      editor.setSelection(range);
      const caption = picture.caption ? `<figcaption>${escaped(picture.caption)}</figcaption>` : "";
      addBlock(editor, `<figure><img src="${picture.shown}" data-picture="${picture.id}" alt="${escaped(picture.alt)}" width="${picture.width}" height="${picture.height}">${caption}</figure>`);
    });
  };
  if (library) {
    let timer = 0;
    inLibrary("#ws-find").addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(list, 250, event.target.value);
    });
    inLibrary("[data-ws-send]").addEventListener("click", send);
    doc.querySelectorAll("[data-ws-cover]").forEach((box) => {
      const select = box.querySelector("select");
      const shown = box.querySelector(".ws-chosen");
      box.querySelector("[data-ws-pick]").addEventListener("click", () => pick((picture) => {
        if (![...select.options].some((option) => option.value === picture.id)) select.add(new Option(picture.alt, picture.id));
        select.value = picture.id;
        shown.hidden = false;
        shown.firstElementChild.src = picture.small;
        shown.firstElementChild.alt = picture.alt;
        select.dispatchEvent(new Event("input", { bubbles: true }));
      }));
      select.addEventListener("change", () => { shown.hidden = true; });
    });
  }
  const cells = (tag) => `<tr>${`<${tag}><br></${tag.slice(0, 2)}>`.repeat(3)}</tr>`;
  const TABLE = `<table><tbody>${cells('th scope="col"')}${cells("td").repeat(2)}</tbody></table>`;
  const acts = {
    h2: (editor) => toBlocks(editor, "h2"),
    h3: (editor) => toBlocks(editor, "h3"),
    bold: (editor) => toggle(editor, ["B", "STRONG"], () => editor.bold(), () => editor.removeBold()),
    italic: (editor) => toggle(editor, ["I", "EM"], () => editor.italic(), () => editor.removeItalic()),
    ul: (editor) => toggle(editor, ["UL"], () => editor.makeUnorderedList(), () => editor.removeList()),
    ol: (editor) => toggle(editor, ["OL"], () => editor.makeOrderedList(), () => editor.removeList()),
    quote: (editor) => toggle(editor, ["BLOCKQUOTE"], () => editor.increaseQuoteLevel(), () => editor.decreaseQuoteLevel()),
    link: askLink,
    picture: askPicture,
    table: (editor) => goTo(editor, addBlock(editor, TABLE).rows[0].cells[0]),
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
    const refused = field.parentElement.querySelector("[data-ws-refused]");
    bar.append(refused); // the bar stays in sight, wherever in a long text somebody pastes
    field.after(bar, root);
    field.parentElement.classList.add("ws-rich");
    const editor = new window.Squire(root, { blockTag: "P", sanitizeToDOMFragment: fragmentOf, undo: { documentSizeThreshold: 200000, undoLimit: 20 } });
    // What would make the text longer than the server takes is refused before a parser sees it: building and laying
    // out a book of pages would hold the browser, for a text that could not be saved. Pasting and dropping come here.
    const refuse = (id) => {
      refused.hidden = !id;
      refused.replaceChildren(...(id ? [doc.getElementById(id).content.cloneNode(true)] : []));
      const words = refused.lastElementChild;
      if (words) words.textContent = words.textContent.replace("{n}", lost);
    };
    editor.addEventListener("pasteImage", ({ detail }) => {
      lost = [...detail.clipboardData.items].filter(({ type }) => type.startsWith("image/")).length;
      refuse("ws-lost");
    });
    const insertHTML = editor.insertHTML.bind(editor);
    editor.insertHTML = (html, pasted) => {
      const text = bare(pasted ? realLists(html) : html);
      const tooLong = pasted && editor.getHTML().length - String(editor.getSelection()).length + text.length > Number(field.dataset.wsMost);
      refuse(tooLong ? "ws-refused" : pasted && lost && "ws-lost");
      return tooLong ? editor : insertHTML(text, pasted);
    };
    const address = field.dataset.wsPicture || "";
    const name = "00000000-0000-0000-0000-000000000000";
    const [before, behind] = address.split(name);
    const load = () => {
      let html = field.value;
      if (address) html = html.replace(/src="picture:([0-9a-f-]{36})"/g, (_all, id) => `src="${before}${id}${behind}" data-picture="${id}"`);
      editor.setHTML(/<[a-z]/i.test(html) ? bare(html) : html.split(/\n\s*\n/).map((part) => `<p>${part}</p>`).join(""));
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
    // Squire tells of its own filling as of typing. A text nobody touched is no draft: it would stand in for the kept one.
    let known = "";
    const reload = () => {
      load();
      known = text();
    };
    reload();
    const sync = () => {
      const now = text();
      if (now === known) return;
      known = now;
      field.value = now;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    editor.addEventListener("input", sync);
    root.addEventListener("ws-changed", sync);
    const group = bar.querySelector("[data-ws-in-table]");
    const markTable = () => {
      const cell = cellOf(editor);
      group.hidden = !cell;
      if (cell) group.querySelector("[data-ws-table=head]").setAttribute("aria-pressed", isHead(cell.closest("table")));
    };
    const mark = () => {
      markTable();
      Object.entries(SHOWN).forEach(([act, tags]) => {
        bar.querySelector(`[data-ws-do=${act}]`)?.setAttribute("aria-pressed", tags.some((tag) => inside(editor, tag)));
      });
    };
    editor.addEventListener("pathChange", mark);
    root.addEventListener("ws-changed", mark);
    bar.addEventListener("mousedown", (event) => event.preventDefault());
    bar.addEventListener("click", (event) => {
      const inside = event.target.closest("[data-ws-table]");
      if (inside) changeTable(editor, inside.dataset.wsTable);
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
      const shown = buttons.filter((button) => !button.closest("[hidden]"));
      const at = shown.indexOf(doc.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = shown[(at + step + shown.length) % shown.length];
      buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
      next.focus();
    });
    root.addEventListener("keydown", (event) => {
      if (event.key !== "F10" || !event.altKey) return;
      event.preventDefault();
      (group.hidden ? buttons[0] : group.querySelector("button")).focus();
    });
    editor.setKeyHandler("Tab", null);
    editor.setKeyHandler("Shift-Tab", null);
    const label = doc.querySelector(`label[for="${field.id}"]`);
    label?.addEventListener("click", (event) => { event.preventDefault(); editor.focus(); });
    doc.querySelectorAll(`a[href="#${field.id}"]`).forEach((each) => each.addEventListener("click", (event) => { event.preventDefault(); editor.focus(); }));
    field.wsEditor = editor;
    doc.addEventListener("click", (event) => event.target.closest("[data-lt-forget]") && setTimeout(reload));
  };
  // A text in a closed part of the page, the English one of most articles, waits until somebody opens it.
  const begin = (field) => {
    const closed = field.closest("details:not([open])");
    if (closed) closed.addEventListener("toggle", () => enrich(field), { once: true });
    else enrich(field);
  };
  if (window.Squire && window.DOMPurify && tools) doc.querySelectorAll("textarea[data-ws-rich]").forEach(begin);
})();
