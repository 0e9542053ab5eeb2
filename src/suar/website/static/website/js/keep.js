/* Keeps the pages of one place on this phone when somebody asks for it, and takes all of it away.
   Nothing is looked up in the browser's store before somebody opens this page. */
"use strict";
(() => {
  const part = document.querySelector("[data-keep]");
  const status = document.querySelector("[data-keep-status]");
  const place = part.querySelector("select");
  const [keep, remove] = ["keep", "remove"].map((name) => part.querySelector(`[data-do=${name}]`));
  const folder = new URL(".", location.href).href;
  const NAME = `pages ${folder}`;
  const WORKER = new URL(part.dataset.worker, folder).href;
  const tell = (name) => { status.textContent = status.dataset[name]; };

  if (!("serviceWorker" in navigator) || !("caches" in window)) {
    tell("impossible");
    return;
  }
  const policy = window.trustedTypes?.createPolicy("kept", {
    createScriptURL: (address) => {
      if (address !== WORKER) throw new TypeError("only the worker of this copy");
      return address;
    },
  });

  const look = async () => {
    const there = await caches.has(NAME);
    remove.hidden = !there;
    tell(there ? "there" : "none");
  };

  /* Some hosts answer from another address; a kept page must not say so, or no browser opens it. */
  const plain = async (answer) => {
    if (!answer.ok) throw new Error("not there");
    return new Response(await answer.blob(), { headers: { "Content-Type": answer.headers.get("Content-Type") } });
  };

  const takeAway = async () => {
    await caches.delete(NAME);
    const found = await navigator.serviceWorker.getRegistrations();
    await Promise.all(found.filter((each) => each.scope === folder).map((each) => each.unregister()));
  };

  const put = async () => {
    const list = part.dataset.index.replace("index.json", `kept-${place.value}.json`);
    const { files, index } = await (await plain(await fetch(new URL(list, folder)))).json();
    await caches.delete(NAME);
    const cache = await caches.open(NAME);
    for (const file of files) {
      const address = new URL(file, folder).href;
      await cache.put(address, await plain(await fetch(address)));
    }
    const asJson = { headers: { "Content-Type": "application/json" } };
    await cache.put(new URL(part.dataset.index, folder).href, new Response(JSON.stringify(index), asJson));
    await navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER);
    await navigator.serviceWorker.ready;
  };

  const act = async (what) => {
    keep.disabled = remove.disabled = true;
    tell("going");
    try {
      await what();
      await look();
    } catch {
      await takeAway();
      remove.hidden = true;
      tell("failed");
    }
    keep.disabled = remove.disabled = false;
  };

  keep.addEventListener("click", () => act(put));
  remove.addEventListener("click", () => act(takeAway));
  part.hidden = false;
  look().catch(() => { part.hidden = true; tell("impossible"); });
})();
