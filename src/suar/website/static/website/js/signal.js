/* Without a network a form is not sent: the browser would show a page of its own, and what was
   tapped and typed would be gone. On a slow line it is first asked whether anybody answers. */
"use strict";
(() => {
  const note = document.querySelector("[data-no-signal]");
  if (!note) return;
  const SLOW = ["slow-2g", "2g", "3g"];
  const PATIENCE_MS = 8000;
  let reached = false;

  const stay = (form, pressed) => {
    (pressed?.closest(".reach") ?? form.lastElementChild).before(note);
    note.hidden = false;
    note.scrollIntoView({ block: "center" });
  };
  const answers = async () => {
    const asked = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
    try { await fetch(note.dataset.noSignal, asked); } catch { return false; }
    return true;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-leave]")) return;
    if (reached) { reached = false; return; }
    const slow = SLOW.includes(navigator.connection?.effectiveType);
    if (navigator.onLine && !slow) return;
    event.preventDefault();
    if (!navigator.onLine || !(await answers())) { stay(form, event.submitter); return; }
    reached = true;
    form.requestSubmit(event.submitter);
  });
  addEventListener("online", () => { note.hidden = true; });
})();
