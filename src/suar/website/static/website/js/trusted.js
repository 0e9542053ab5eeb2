/* The one policy of trusted types on the staff door. htmx turns answers into elements through
   it, so it takes an answer of our own host and nothing else, and no script but our worker.
   Reviewed: docs/decisions/public-site.md. */
"use strict";
(() => {
  if (!window.trustedTypes) return;
  const HEAD = /<head(\s[^>]*)?>[\s\S]*?<\/head>/i;
  const BEFORE = '<body><template class="internal-htmx-wrapper">';
  const AFTER = "</template></body>";
  let answered = null;

  addEventListener("htmx:beforeOnLoad", (event) => {
    const request = event.detail.xhr;
    const ours = new URL(request.responseURL, location.href).origin === location.origin;
    answered = ours ? request.responseText : null;
  }, true);

  const isOurs = (html) => {
    if (answered === null) return false;
    const body = answered.replace(HEAD, "");
    return html === answered || html === body || html === BEFORE + body + AFTER;
  };
  const refuse = (what) => { throw new TypeError(`${what} was refused`); };

  trustedTypes.createPolicy("default", {
    createHTML: (html) => (html === "" || isOurs(html) ? html : refuse("markup")),
    createScriptURL: (url) => (url === "/sw.js" ? url : refuse("script")),
  });
})();
