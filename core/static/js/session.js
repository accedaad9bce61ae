// The session behind an open page. When it has ended as a form is sent, a sheet over the page signs in again, and
// the same form goes on with what was typed. Without this file the server answers with a page that keeps the text.
(() => {
  "use strict";
  const doc = document;
  const told = new BroadcastChannel("lt-session");
  // Whoever has just come here may have signed in for a page that waits in another window.
  told.postMessage("");
  // Only what a script has opened can be closed by one: the sheet says so in the address.
  if (doc.querySelector("[data-lt-signed-in]") && location.search) close();
  const sheet = doc.querySelector("#lt-session");
  if (!sheet) return;
  const who = doc.body.dataset.ltWho;
  const notYet = sheet.querySelector("[data-lt-not-yet]");
  // A page that has just come, or just asked, knows; what it sends within a minute goes at once.
  const FRESH = 60_000;
  let known = 0;
  let held = null;
  let asking = null;
  let passed = null;

  const ask = async () => {
    try {
      const answer = await fetch(sheet.querySelector("[data-lt-ask]").dataset.ltAsk, {
        headers: { Accept: "application/json" }, signal: AbortSignal.timeout(5000),
      });
      if (answer.ok) return await answer.json();
    } catch { /* The request itself tells what is wrong. */ }
    return { who };
  };
  const renew = (token) => {
    doc.querySelectorAll("[name=csrf_token]").forEach((field) => { field.value = token; });
    doc.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRF-Token": token }));
  };
  // Somebody else has signed in here: what this page shows and what was typed into it are not theirs.
  const leave = () => {
    Object.keys(sessionStorage).forEach((key) => key.startsWith("lt:") && sessionStorage.removeItem(key));
    doc.querySelectorAll("form").forEach((form) => form.reset());
    location.replace("/");
  };
  const settle = async () => {
    const found = await ask();
    const act = held;
    asking = null;
    if (!act) return; // closed meanwhile
    if (found.who === who) {
      known = performance.now();
      if (found.token) renew(found.token);
      held = null;
      sheet.close();
      act();
    } else if (found.who) leave();
    else if (!sheet.open) sheet.showModal();
  };
  // Do something that needs the session, now or as soon as its person has signed in again.
  const go = (act) => {
    held ||= act;
    asking ||= settle();
    return asking;
  };
  const resume = () => held && go(held);

  doc.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method !== "post" || form === passed || form.hasAttribute("data-lt-signout")) return;
    if (performance.now() - known < FRESH) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    go(() => {
      passed = form;
      form.requestSubmit(submitter);
      passed = null;
    });
  }, true);
  // What htmx sends by itself has found out.
  doc.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status !== 401 || ctx.request.method === "GET") return;
    event.preventDefault();
    go(() => (ctx.sourceElement.matches("form") ? ctx.sourceElement.requestSubmit() : ctx.sourceElement.click()));
  });

  sheet.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-lt-signin]");
    if (link && open(link.href, "lt-signin", "popup,width=520,height=720")) event.preventDefault();
    if (!event.target.closest("[data-lt-resume]")) return;
    notYet.hidden = true;
    await resume();
    notYet.hidden = !held;
  });
  sheet.addEventListener("close", () => {
    held = null;
    notYet.hidden = true;
  });
  told.addEventListener("message", resume);
  addEventListener("focus", resume);
})();
