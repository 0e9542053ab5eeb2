/* Leaving at once: covers the screen, goes to a neutral page, and does not come back by Back.
   Runs before the page is drawn. Without script the same control is a plain link or form. */
"use strict";
(() => {
  const root = document.documentElement;
  const exit = root.dataset.exit;
  const isPublic = root.dataset.site === "public";
  const MARK = "left";
  const TWICE_WITHIN_MS = 1500;
  const SENT_ONCE_MS = 120000;
  const start = root.dataset.home ?? (navigator.language.startsWith(root.lang) ? "/" : `/${root.lang}/`);
  let escapedAt = -Infinity;
  // A finger that taps twice sends a form once; without script the server answers both alike.
  let sent = {};
  // What was typed is saved in the request that ends the session.
  let typed = null;

  const cover = () => { root.dataset.gone = ""; };
  const remember = (value) => {
    try { value ? sessionStorage.setItem(MARK, "1") : sessionStorage.removeItem(MARK); } catch { /* storage is off */ }
  };
  const hasLeft = () => {
    try { return sessionStorage.getItem(MARK) === "1"; } catch { return false; }
  };

  const saves = () => {
    if (!typed?.isConnected) return false;
    const draft = typed.querySelector("input[name=draft]");
    const data = new FormData(typed);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    for (const box of draft ? typed.querySelectorAll("[type=checkbox][name]") : []) data.append("boxes", box.name);
    data.append("leaving", "yes");
    return navigator.sendBeacon(draft?.dataset.at ?? typed.action, data);
  };

  const leave = () => {
    cover();
    remember(true);
    const form = document.querySelector("form[data-leave]");
    // The session ends on the server even though this page is already gone.
    if (form && !saves()) navigator.sendBeacon(form.action, new FormData(form));
    location.replace(exit);
  };

  // Back after leaving shows an empty screen, then what came before this site.
  const retreat = () => {
    cover();
    history.back();
    setTimeout(() => location.replace(exit), 250);
  };

  const arrival = performance.getEntriesByType("navigation")[0];
  if (hasLeft() && isPublic && arrival?.type === "back_forward") retreat();
  else remember(false);
  // For Back a browser may store the page whole; it then leads to the start.
  addEventListener("pagehide", () => {
    if (isPublic && !("gone" in root.dataset)) root.dataset.gone = "elsewhere";
  });
  addEventListener("pageshow", (event) => {
    sent = {};
    if (!event.persisted || !("gone" in root.dataset)) return;
    if (!isPublic) location.reload();
    else if (root.dataset.gone) location.replace(start);
    else retreat();
  });

  addEventListener("input", (event) => {
    if (event.target.form?.matches("[data-save-on-leave], :has(> input[name=draft])")) typed = event.target.form;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - escapedAt < TWICE_WITHIN_MS) leave();
    escapedAt = event.timeStamp;
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-leave]")) {
      event.preventDefault();
      leave();
    } else if (isPublic && form.method === "post" && !event.defaultPrevented) {
      const again = sent.by === event.submitter && event.timeStamp - sent.at < SENT_ONCE_MS;
      if (again) event.preventDefault();
      else sent = { by: event.submitter, at: event.timeStamp };
    }
  });
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.matches("[data-leave]")) {
      event.preventDefault();
      leave();
    } else if (isPublic && link.origin === location.origin && !link.target) {
      event.preventDefault();
      location.replace(link.href);
    }
  });

  // The history names the start only: Back and reload never send a form again.
  if (isPublic && !("gone" in root.dataset)) {
    try { history.replaceState(null, "", start); } catch { /* a file on a disk keeps its own address */ }
  }
})();
