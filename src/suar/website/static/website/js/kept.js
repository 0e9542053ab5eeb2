/* Serves the pages that somebody kept on this phone. Exists only where they asked for it.
   The network comes first, so that nobody calls an old number; without it, what is kept. */
"use strict";
const FOLDER = new URL(".", self.location.href).href;
const NAME = `pages ${FOLDER}`;
const WAIT_MS = 3000;

/* Some hosts leave the ending of a page out of its address. */
const kept = async (address) => {
  if (!(await caches.has(NAME))) return undefined;
  const cache = await caches.open(NAME);
  const plain = address.split(/[?#]/)[0];
  const names = plain.endsWith("/") ? [`${plain}index.html`] : [plain, `${plain}.html`];
  for (const name of names) {
    const found = await cache.match(name);
    if (found) return found;
  }
  return undefined;
};

/* The start leads to provinces: their pages and lists stand for those of the place in them that was kept. */
const ofKeptPlace = (pages, address) => {
  const [, place, list = ""] = /^(.*-[lp]-\d+)(-\d+-\d+)?(?:\.html)?$/.exec(address) ?? [];
  return place && pages.find(({ url }) => url.startsWith(`${place}.`) && url.endsWith(`${list}.html`));
};

/* The first page that was kept is the start. */
const notKept = async (request) => {
  if (request.mode !== "navigate" || !(await caches.has(NAME))) return Response.error();
  const cache = await caches.open(NAME);
  const pages = await cache.keys();
  const address = request.url.split(/[?#]/)[0];
  const isStart = /\/(index(\.html)?)?$/.test(address);
  const other = () => ofKeptPlace(pages, address) ?? pages.find((each) => each.url.endsWith("-away.html"));
  const found = isStart ? pages[0] : other();
  return found ? cache.match(found) : Response.error();
};

const later = (answer) => new Promise((done) => { setTimeout(() => done(answer), WAIT_MS); });

const answer = async (request) => {
  const found = await kept(request.url);
  if (found && request.url.startsWith(`${FOLDER}assets/`)) return found;
  try {
    const fresh = fetch(request).then((each) => (found && each.status >= 500 ? found : each));
    return await (found ? Promise.race([fresh, later(found)]) : fresh);
  } catch {
    return found ?? notKept(request);
  }
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(FOLDER)) event.respondWith(answer(event.request));
});
