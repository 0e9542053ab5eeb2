/* The screen of a signed-in worker locks when nobody has touched it for a while. What was typed
   stays in the page underneath. The server alone decides whether the proof opens it again: the
   password while the session lives, all of a sign-in by the same worker once it has ended. */
"use strict";
(() => {
  const body = document.body;
  const idleMs = Number(body.dataset.lockAfter) * 1000;
  const panel = document.querySelector("[data-lock]");
  const MARK = "locked";
  const keep = (locked) => {
    try { locked ? sessionStorage.setItem(MARK, "1") : sessionStorage.removeItem(MARK); } catch { /* storage is off */ }
  };
  // Whoever has to sign in anyhow comes to pages that are open.
  if ("signedOut" in body.dataset) keep(false);
  if (!idleMs || !panel) return;
  const form = panel.querySelector("form");
  const more = panel.querySelector("fieldset");
  const out = document.querySelector(".leave");
  const bar = out?.parentElement;
  let touchedAt = Date.now();

  const wasLocked = () => {
    try { return sessionStorage.getItem(MARK) === "1"; } catch { return false; }
  };
  const others = () => [...body.children].filter((child) => child !== panel && !child.matches("script"));
  const say = (name) => {
    for (const words of panel.querySelectorAll("[data-say]")) words.hidden = words.dataset.say !== name;
  };

  const ask = (everything) => {
    more.disabled = !everything;
    for (const part of panel.querySelectorAll("[data-more]")) part.hidden = !everything;
  };
  const address = () => {
    const typed = [...more.querySelectorAll("input:not([type=hidden])")].some((field) => field.value);
    return typed && !more.disabled ? more.dataset.signIn : form.action;
  };

  const lock = () => {
    if (!panel.hidden) return;
    for (const child of others()) child.inert = true;
    if (out) panel.append(out);
    panel.hidden = false;
    body.dataset.locked = "";
    keep(true);
    say("");
    form.querySelector("[name=password]").focus();
  };
  const open = () => {
    for (const child of others()) child.inert = false;
    if (out) bar.append(out);
    panel.hidden = true;
    ask(false);
    delete body.dataset.locked;
    keep(false);
    touchedAt = Date.now();
    form.reset();
  };

  const ended = () => {
    ask(true);
    say("ended");
    more.querySelector("input:not([type=hidden])").focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let answer;
    try {
      answer = await fetch(address(), { method: "POST", body: new FormData(form), redirect: "manual", cache: "no-store" });
    } catch {
      say("offline");
      return;
    }
    // A redirect or an empty answer is a yes; 401 is the sign-in page of an ended session.
    if (answer.type === "opaqueredirect" || answer.status === 204) open();
    else if (answer.status === 401) ended();
    else say(answer.status >= 500 ? "offline" : "wrong");
    form.reset();
  });

  const touched = () => { if (panel.hidden) touchedAt = Date.now(); };
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, touched, { passive: true, capture: true });
  const look = () => { if (Date.now() - touchedAt >= idleMs) lock(); };
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  if (wasLocked()) lock();
})();
