/* Locks the screen of a signed-in worker after idle time. What was typed stays in the page underneath. The server alone
   decides whether it opens again: with the password during the session, after its end with a full sign-in by the same
   worker. */
"use strict";
(() => {
  const body = document.body;
  const idleMs = Number(body.dataset.lockAfter) * 1000;
  const panel = document.querySelector("[data-lock]");
  const MARK = "locked";
  const rememberLocked = (locked) => {
    try { locked ? sessionStorage.setItem(MARK, "1") : sessionStorage.removeItem(MARK); } catch { /* storage is off */ }
  };
  // After a sign-in the pages are open.
  if ("signedOut" in body.dataset) rememberLocked(false);
  if (!idleMs || !panel) return;
  const form = panel.querySelector("form");
  const signInFields = panel.querySelector("fieldset");
  const exitButton = document.querySelector(".leave");
  const bar = exitButton?.parentElement;
  let activeAt = Date.now();

  const wasLocked = () => {
    try { return sessionStorage.getItem(MARK) === "1"; } catch { return false; }
  };
  const otherElements = () => [...body.children].filter((child) => child !== panel && !child.matches("script"));
  const showMessage = (name) => {
    for (const message of panel.querySelectorAll("[data-say]")) message.hidden = message.dataset.say !== name;
  };

  const showSignIn = (visible) => {
    signInFields.disabled = !visible;
    for (const part of panel.querySelectorAll("[data-more]")) part.hidden = !visible;
  };
  const formAddress = () => {
    const isFilled = [...signInFields.querySelectorAll("input:not([type=hidden])")].some((field) => field.value);
    return isFilled && !signInFields.disabled ? signInFields.dataset.signIn : form.action;
  };

  const lock = () => {
    if (!panel.hidden) return;
    for (const child of otherElements()) child.inert = true;
    if (exitButton) panel.append(exitButton);
    panel.hidden = false;
    body.dataset.locked = "";
    rememberLocked(true);
    showMessage("");
    form.querySelector("[name=password]").focus();
  };
  const open = () => {
    for (const child of otherElements()) child.inert = false;
    if (exitButton) bar.append(exitButton);
    panel.hidden = true;
    showSignIn(false);
    delete body.dataset.locked;
    rememberLocked(false);
    activeAt = Date.now();
    form.reset();
  };

  const askForSignIn = () => {
    showSignIn(true);
    showMessage("ended");
    signInFields.querySelector("input:not([type=hidden])").focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let response;
    try {
      response = await fetch(formAddress(), { method: "POST", body: new FormData(form), redirect: "manual", cache: "no-store" });
    } catch {
      showMessage("offline");
      return;
    }
    // A redirect or an empty response opens the screen; 401 is the sign-in page of an ended session.
    if (response.type === "opaqueredirect" || response.status === 204) open();
    else if (response.status === 401) askForSignIn();
    else showMessage(response.status >= 500 ? "offline" : "wrong");
    form.reset();
  });

  const onActivity = () => { if (panel.hidden) activeAt = Date.now(); };
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, onActivity, { passive: true, capture: true });
  const lockIfIdle = () => { if (Date.now() - activeAt >= idleMs) lock(); };
  setInterval(lockIfIdle, 1000);
  document.addEventListener("visibilitychange", lockIfIdle);
  if (wasLocked()) lock();
})();
