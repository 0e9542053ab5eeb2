/* The service worker of a copy: serves the pages that somebody stored on this phone. It exists only where they asked
   for it. The network comes first, so that nobody calls an old number; without it, the stored page. */
"use strict";
const FOLDER = new URL(".", self.location.href).href;
const CACHE = `pages ${FOLDER}`;
const WAIT_MS = 3000;

/* Returns the stored page of an address; some hosts leave the ending of a page out of its address. */
const findStored = async (address) => {
  if (!(await caches.has(CACHE))) return undefined;
  const cache = await caches.open(CACHE);
  const plain = address.split(/[?#]/)[0];
  const names = plain.endsWith("/") ? [`${plain}index.html`] : [plain, `${plain}.html`];
  for (const name of names) {
    const page = await cache.match(name);
    if (page) return page;
  }
  return undefined;
};

/* The start page links to provinces: returns the stored page or list of a place in the province instead. */
const findInProvince = (pages, address) => {
  const [, place, list = ""] = /^(.*-[lp]-\d+)(-\d+-\d+)?(?:\.html)?$/.exec(address) ?? [];
  return place && pages.find(({ url }) => url.startsWith(`${place}.`) && url.endsWith(`${list}.html`));
};

/* Returns a page instead of one that is not stored. The first stored page is the start page. */
const findReplacement = async (request) => {
  if (request.mode !== "navigate" || !(await caches.has(CACHE))) return Response.error();
  const cache = await caches.open(CACHE);
  const pages = await cache.keys();
  const address = request.url.split(/[?#]/)[0];
  const isStart = /\/(index(\.html)?)?$/.test(address);
  const findOther = () => findInProvince(pages, address) ?? pages.find(({ url }) => url.endsWith("-away.html"));
  const page = isStart ? pages[0] : findOther();
  return page ? cache.match(page) : Response.error();
};

const afterWait = (response) => new Promise((resolve) => { setTimeout(() => resolve(response), WAIT_MS); });

const respond = async (request) => {
  const stored = await findStored(request.url);
  if (stored && request.url.startsWith(`${FOLDER}assets/`)) return stored;
  try {
    const fresh = fetch(request).then((response) => (stored && response.status >= 500 ? stored : response));
    return await (stored ? Promise.race([fresh, afterWait(stored)]) : fresh);
  } catch {
    return stored ?? findReplacement(request);
  }
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(FOLDER)) event.respondWith(respond(event.request));
});
