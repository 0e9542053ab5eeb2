/* Sends no form without a network: the browser would show a page of its own, and what was tapped and typed would be
   lost. On a slow connection it first asks whether the server answers. */
"use strict";
(() => {
  const note = document.querySelector("[data-no-signal]");
  if (!note) return;
  const SLOW = ["slow-2g", "2g", "3g"];
  const MAX_WAIT_MS = 8000;
  let reached = false;

  const showNote = (form, button) => {
    (button?.closest(".reach") ?? form.lastElementChild).before(note);
    note.hidden = false;
    note.scrollIntoView({ block: "center" });
  };
  const serverAnswers = async () => {
    const options = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(MAX_WAIT_MS) };
    try { await fetch(note.dataset.noSignal, options); } catch { return false; }
    return true;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-leave]")) return;
    if (reached) { reached = false; return; }
    const slow = SLOW.includes(navigator.connection?.effectiveType);
    if (navigator.onLine && !slow) return;
    event.preventDefault();
    if (!navigator.onLine || !(await serverAnswers())) { showNote(form, event.submitter); return; }
    reached = true;
    form.requestSubmit(event.submitter);
  });
  addEventListener("online", () => { note.hidden = true; });
})();
