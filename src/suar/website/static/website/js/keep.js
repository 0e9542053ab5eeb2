/* Stores the pages of one place on this phone when somebody asks for it, and removes all of them. The browser's cache
   is not opened before somebody visits this page. */
"use strict";
(() => {
  const section = document.querySelector("[data-keep]");
  const status = document.querySelector("[data-keep-status]");
  const place = section.querySelector("select");
  const [keep, remove] = ["keep", "remove"].map((name) => section.querySelector(`[data-do=${name}]`));
  const folder = new URL(".", location.href).href;
  const CACHE = `pages ${folder}`;
  const WORKER = new URL(section.dataset.worker, folder).href;
  const showStatus = (name) => { status.textContent = status.dataset[name]; };

  if (!("serviceWorker" in navigator) || !("caches" in window)) {
    showStatus("unsupported");
    return;
  }
  const policy = window.trustedTypes?.createPolicy("kept", {
    createScriptURL: (address) => {
      if (address !== WORKER) throw new TypeError("only the worker of this copy");
      return address;
    },
  });

  const update = async () => {
    const isStored = await caches.has(CACHE);
    remove.hidden = !isStored;
    showStatus(isStored ? "stored" : "none");
  };

  /* Returns a copy of a response that does not say that it was redirected: a browser would not open that. */
  const withoutRedirect = async (response) => {
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Response(await response.blob(), { headers: { "Content-Type": response.headers.get("Content-Type") } });
  };

  const removePages = async () => {
    await caches.delete(CACHE);
    const registrations = await navigator.serviceWorker.getRegistrations();
    const own = registrations.filter(({ scope }) => scope === folder);
    await Promise.all(own.map((registration) => registration.unregister()));
  };

  const storePages = async () => {
    const list = section.dataset.index.replace("index.json", `kept-${place.value}.json`);
    const { files, index } = await (await withoutRedirect(await fetch(new URL(list, folder)))).json();
    await caches.delete(CACHE);
    const cache = await caches.open(CACHE);
    for (const file of files) {
      const address = new URL(file, folder).href;
      await cache.put(address, await withoutRedirect(await fetch(address)));
    }
    const asJson = { headers: { "Content-Type": "application/json" } };
    await cache.put(new URL(section.dataset.index, folder).href, new Response(JSON.stringify(index), asJson));
    await navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER);
    await navigator.serviceWorker.ready;
  };

  const run = async (action) => {
    keep.disabled = remove.disabled = true;
    showStatus("busy");
    try {
      await action();
      await update();
    } catch {
      await removePages();
      remove.hidden = true;
      showStatus("failed");
    }
    keep.disabled = remove.disabled = false;
  };

  keep.addEventListener("click", () => run(storePages));
  remove.addEventListener("click", () => run(removePages));
  section.hidden = false;
  update().catch(() => { section.hidden = true; showStatus("unsupported"); });
})();
