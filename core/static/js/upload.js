// Files of a form sent ahead, piece by piece; after a cut or a restart they go on where they stood.
(() => {
  "use strict";
  if (window.ltUploads) return;
  window.ltUploads = true;
  const PIECE = 4e6;
  const PAUSES = [1000, 3000, 8000, 20000];
  const find = (selector, from) => from.querySelector(selector);
  // With a right-to-left mark gpj.exe reads exe.jpg: a name is shown as the server will keep it.
  const plain = (name) => name.normalize("NFC").replace(/\p{C}/gu, "");
  const wait = (time) => new Promise((done) => setTimeout(done, time));

  // What was begun is remembered by name, size and date, so that choosing the file again goes on with it.
  const memory = {
    key: (url, file) => `lt-upload:${url}:${file.name}:${file.size}:${file.lastModified}`,
    read: (key) => localStorage.getItem(key),
    write: (key, value) => {
      try {
        localStorage.setItem(key, value);
      } catch { /* A full store costs the resumption, never the file. */ }
    },
    drop: (key) => localStorage.removeItem(key),
  };

  class Refusal extends Error {}

  const ask = async (job, method, url, body, headers = {}) => {
    const token = find("[name=csrf_token]", job.form).value;
    const reply = await fetch(url, {
      method,
      body,
      signal: job.stop.signal,
      headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang, "X-CSRF-Token": token, ...headers },
    });
    if (reply.ok || reply.status === 409) return reply;
    if (reply.status >= 500 && reply.status !== 507) throw new Error("try again");
    const problem = await reply.json().catch(() => ({}));
    const messages = Object.values(problem.errors || {}).flat();
    throw Object.assign(new Refusal(messages[0] || problem.detail || problem.title || ""), { status: reply.status });
  };

  const begin = async (job) => {
    const known = memory.read(job.key);
    if (known) {
      try {
        return await (await ask(job, "GET", known)).json();
      } catch (error) {
        if (error.status !== 404) throw error;
        memory.drop(job.key);
      }
    }
    const about = JSON.stringify({ name: job.file.name, size: job.file.size });
    const made = await (await ask(job, "POST", job.url, about, { "Content-Type": "application/json" })).json();
    memory.write(job.key, made.url);
    return made;
  };

  const send = async (job) => {
    const state = await begin(job);
    job.address = state.url;
    let { offset } = state;
    for (;;) {
      while (offset < job.file.size) {
        job.show("", (100 * offset) / job.file.size);
        const piece = job.file.slice(offset, offset + Math.min(PIECE, state.piece));
        const reply = await ask(job, "PATCH", state.url, piece, {
          "Content-Type": "application/offset+octet-stream", "Upload-Offset": offset,
        });
        offset = Number(reply.headers.get("Upload-Offset"));
        job.tries = 0;
      }
      job.show("checking", 100);
      const reply = await ask(job, "POST", `${state.url}/finish${new URL(job.url, location).search}`);
      if (reply.ok) return reply.json();
      offset = Number(reply.headers.get("Upload-Offset"));
    }
  };

  const run = async (job) => {
    job.resume.hidden = true;
    for (;;) {
      try {
        const file = await send(job);
        memory.drop(job.key);
        const field = Object.assign(document.createElement("input"), { type: "hidden", name: job.name, value: `${file.id}/${file.name}` });
        job.row.append(field);
        job.address = job.address.replace(/[^/]+$/, file.id);
        job.show("done", 100);
        job.state = "done";
        return;
      } catch (error) {
        if (job.stop.signal.aborted) return;
        if (error instanceof Refusal) {
          // After signing in again the upload goes on; what is gone or refused begins anew.
          if (error.status !== 401 && error.status !== 403) memory.drop(job.key);
          job.row.classList.add("bad");
          job.show("failed", 0, error.message);
          job.state = "failed";
          return;
        }
        job.show("cut");
        if (job.tries >= PAUSES.length) {
          job.state = "cut";
          job.resume.hidden = false;
          return;
        }
        await wait(PAUSES[job.tries++]);
      }
    }
  };

  let rows = 0;

  const install = (box) => {
    const input = find("input[type=file]", box);
    const form = input.form;
    const list = find(".lt-sending", box);
    const live = find("[role=status]", box);
    const name = `${box.dataset.ltName}_id`;
    const jobs = [];
    let queue = Promise.resolve();
    let held = null;
    let summary = null;
    box.ltReady = true;
    input.removeAttribute("name"); // the ids go with the form, not the files once more

    // A press is never lost in silence: above the form stands what keeps it back, with a way to each file.
    const tell = (pressed) => {
      summary?.remove();
      summary = find("[data-lt-unsent]", box).content.cloneNode(true).firstElementChild;
      jobs.filter((job) => job.state !== "done").forEach((job) => {
        const link = Object.assign(document.createElement("a"), { href: `#${job.row.id}` });
        link.textContent = [plain(job.file.name), find(".lt-meta", job.row).textContent].join(": ");
        link.addEventListener("click", (event) => {
          event.preventDefault();
          find("[data-lt-resume]:not([hidden]),[data-lt-drop]", job.row).focus();
          job.row.scrollIntoView({ block: "center" });
        });
        const line = document.createElement("li");
        line.append(link);
        find("ul", summary).append(line);
      });
      form.before(summary);
      if (!pressed) return;
      summary.focus();
      summary.scrollIntoView({ block: "center" });
    };
    const settle = () => {
      if (jobs.some((job) => job.state === "sending")) return;
      const submitter = held;
      held = null;
      if (jobs.some((job) => job.state !== "done")) {
        if (submitter || summary?.isConnected) tell(submitter);
        return;
      }
      summary?.remove();
      if (submitter) form.requestSubmit(submitter.form ? submitter : undefined);
    };
    const start = (job) => {
      job.state = "sending";
      queue = queue.then(() => (job.stop.signal.aborted ? null : run(job))).then(settle);
    };
    const add = (file) => {
      const shown = plain(file.name);
      const row = find("template", box).content.cloneNode(true).firstElementChild;
      const words = find(".lt-meta", row);
      const bar = find("progress", row);
      const job = {
        file, form, row, name, tries: 0, url: box.dataset.ltUpload, stop: new AbortController(),
        key: memory.key(box.dataset.ltUpload, file), resume: find("[data-lt-resume]", row),
      };
      job.show = (key, percent, more = "") => {
        const said = key && words.dataset[`lt${key[0].toUpperCase()}${key.slice(1)}`];
        words.textContent = [said || `${Math.floor(percent)} %`, more].filter(Boolean).join(": ");
        if (percent !== undefined) bar.value = percent;
        bar.hidden = key === "done" || key === "failed";
        if (said) live.textContent = `${shown}: ${words.textContent}`;
      };
      find(".lt-sending-name", row).textContent = shown;
      bar.setAttribute("aria-label", shown);
      find("[data-lt-drop] span", row).insertAdjacentHTML("beforeend", "<span class=\"lt-hidden\"></span>");
      find("[data-lt-drop] .lt-hidden", row).textContent = ` ${shown}`;
      find("[data-lt-drop]", row).addEventListener("click", () => {
        job.stop.abort();
        memory.drop(job.key);
        if (job.address) ask({ form, stop: new AbortController() }, "DELETE", job.address).catch(() => {});
        jobs.splice(jobs.indexOf(job), 1);
        row.remove();
        input.focus();
        settle();
      });
      job.resume.addEventListener("click", () => {
        job.tries = 0;
        start(job);
      });
      row.id = `${input.id}-${++rows}`;
      job.show("waiting", 0);
      if (!input.multiple) jobs.slice().forEach((other) => find("[data-lt-drop]", other.row).click());
      jobs.push(job);
      list.append(row);
      start(job);
    };
    input.addEventListener("change", () => {
      [...input.files].forEach(add);
      input.value = "";
    });
    addEventListener("online", () => jobs.forEach((job) => job.state === "cut" && job.resume.click()));
    // Sending waits for the files that are on their way; one that failed is dropped or sent again first.
    form.addEventListener("submit", (event) => {
      if (jobs.every((job) => job.state === "done")) return;
      event.preventDefault();
      if (jobs.some((job) => job.state === "sending")) {
        held = event.submitter || form;
        live.textContent = find(".lt-meta", list)?.textContent || "";
      } else tell(true);
    });
  };

  const installAll = () => document.querySelectorAll("[data-lt-upload]").forEach((box) => box.ltReady || install(box));
  document.addEventListener("htmx:after:swap", installAll);
  installAll();
})();
