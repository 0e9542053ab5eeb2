/* The one Trusted Types policy of the staff site. htmx turns responses into elements through it: it accepts a response
   of our own host and nothing else, and no script but our service worker.
   Reviewed: docs/decisions/public-site.md. */
"use strict";
(() => {
  if (!window.trustedTypes) return;
  const HEAD = /<head(\s[^>]*)?>[\s\S]*?<\/head>/i;
  const BEFORE = '<body><template class="internal-htmx-wrapper">';
  const AFTER = "</template></body>";
  let lastResponse = null;

  addEventListener("htmx:beforeOnLoad", (event) => {
    const request = event.detail.xhr;
    const isOwnHost = new URL(request.responseURL, location.href).origin === location.origin;
    lastResponse = isOwnHost ? request.responseText : null;
  }, true);

  const isOurs = (html) => {
    if (lastResponse === null) return false;
    const body = lastResponse.replace(HEAD, "");
    return html === lastResponse || html === body || html === BEFORE + body + AFTER;
  };
  const refuse = (what) => { throw new TypeError(`${what} was refused`); };

  trustedTypes.createPolicy("default", {
    createHTML: (html) => (html === "" || isOurs(html) ? html : refuse("markup")),
    createScriptURL: (url) => (url === "/sw.js" ? url : refuse("script")),
  });
})();
