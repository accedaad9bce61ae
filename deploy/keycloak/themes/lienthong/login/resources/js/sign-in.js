// Small conveniences of the sign-in pages. Every page works without them.
import { checkAuthSession, startSessionPolling } from "./authChecker.js";

const { otherTab, authSession } = document.body.dataset;
// Signing in in another tab finishes this one too.
if (otherTab) startSessionPolling(otherTab);
if (authSession) checkAuthSession(authSession);

// The answer to a sent form gets an address of its own, so that reloading does not send the form again.
const step = document.querySelector("form[action*='/login-actions/']");
if (step) {
  const address = new URL(step.action);
  address.searchParams.delete("session_code");
  if (address.origin === location.origin) history.replaceState(null, "", address);
}

for (const button of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  const words = button.querySelector("span");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    words.textContent = shown ? button.dataset.labelShow : button.dataset.labelHide;
    field.focus();
  });
  // A password left readable must not end up in the browser's list of typed words.
  field.form?.addEventListener("submit", () => { field.type = "password"; });
}

for (const field of document.querySelectorAll("[data-caps]")) {
  const hint = document.getElementById(field.dataset.caps);
  const update = (event) => { hint.hidden = !event.getModifierState?.("CapsLock"); };
  field.addEventListener("keydown", update);
  field.addEventListener("keyup", update);
  field.addEventListener("blur", () => { hint.hidden = true; });
}

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (button?.dataset.busy) {
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy;
    }
  });
}

// Coming back with the browser's Back button must not find a form that refuses to be sent.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
