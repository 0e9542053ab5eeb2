/* The screen of a signed-in worker locks when nobody has touched it for a while. What was typed
   stays in the page underneath. The server alone decides whether the proof opens it again. */
"use strict";
(() => {
  const body = document.body;
  const idleMs = Number(body.dataset.lockAfter) * 1000;
  const panel = document.querySelector("[data-lock]");
  if (!idleMs || !panel) return;
  const form = panel.querySelector("form");
  const MARK = "locked";
  let touchedAt = Date.now();

  const keep = (locked) => {
    try { locked ? sessionStorage.setItem(MARK, "1") : sessionStorage.removeItem(MARK); } catch { /* storage is off */ }
  };
  const wasLocked = () => {
    try { return sessionStorage.getItem(MARK) === "1"; } catch { return false; }
  };
  const others = () => [...body.children].filter((child) => child !== panel && !child.matches("script"));
  const say = (name) => {
    for (const words of panel.querySelectorAll("[data-say]")) words.hidden = words.dataset.say !== name;
  };

  const lock = () => {
    if (!panel.hidden) return;
    for (const child of others()) child.inert = true;
    panel.hidden = false;
    body.dataset.locked = "";
    keep(true);
    say("");
    form.querySelector("input:not([type=hidden])").focus();
  };
  const open = () => {
    for (const child of others()) child.inert = false;
    panel.hidden = true;
    delete body.dataset.locked;
    keep(false);
    touchedAt = Date.now();
    form.reset();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = new FormData(form);
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: sent, redirect: "manual", cache: "no-store" });
    } catch {
      say("offline");
      return;
    }
    form.reset();
    // A redirect or an empty answer is a yes; 401 is the sign-in page of an ended session.
    if (answer.type === "opaqueredirect" || answer.status === 204) open();
    else say(answer.status === 401 ? "ended" : "wrong");
  });

  const touched = () => { if (panel.hidden) touchedAt = Date.now(); };
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, touched, { passive: true, capture: true });
  const look = () => { if (Date.now() - touchedAt >= idleMs) lock(); };
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  if (wasLocked()) lock();
})();
