/* Searches the list of a published copy on this device. What is typed is sent nowhere and kept
   nowhere; the list itself is loaded once somebody comes to the field. */
"use strict";
(() => {
  const part = document.querySelector("[data-search]");
  // A page that was opened from a disk may not read the list; its links all work.
  if (!part || !location.protocol.startsWith("http")) return;
  const field = part.querySelector("input");
  const status = part.querySelector("[role=status]");
  const shown = part.querySelector(".entries");
  const MAX_SHOWN = 10;
  const MAX_WORDS = 8;
  const { wordsOf, runsOf, partsOf, nearlySame, inflected, folded, even } = typed;
  let loading;

  const prepare = ({ said, languages, spoken, rows, named, more, read, known, coded, places }) => ({
    said, languages, spoken, rows, read, known, coded,
    places: new Set(places),
    evenly: read.least ? said.map(even) : [],
    joined: read.least ? known[0].join("\n") : "",
    named: { words: named[0].split(" "), rows: named[1] },
    more: { words: more[0].split(" "), rows: more[1] },
  });

  const load = () => {
    loading ??= fetch(part.dataset.index)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error("not there"))))
      .then(prepare)
      .catch((error) => { loading = undefined; throw error; });
    return loading;
  };

  const marked = (index, word) => {
    const marks = new Uint8Array(index.rows.length);
    const mark = (part, fits) => {
      for (let at = 0; at < part.words.length; at += 1) {
        if (fits(part.words[at])) for (const row of part.rows[at]) marks[row] = 1;
      }
    };
    mark(index.named, (each) => each.startsWith(word) || nearlySame(word, each));
    mark(index.more, (each) => each.startsWith(word));
    return marks;
  };

  /* Marks the rows of all kinds and places whose name fits; says whether there is any, and which
     rows those are where they are not places alone. */
  const mean = (index, marks, fits) => {
    const [names, codes] = index.known;
    const there = names.flatMap((name, at) => (fits(name) ? codes[at] : []));
    const meant = new Set(there.flatMap((code) => index.coded[code]));
    for (const row of meant) marks[row] = 1;
    return { marks, needed: there.length > 0, kind: there.every((code) => index.places.has(code)) ? null : meant };
  };

  const inWords = (index, text) => {
    const words = wordsOf(text).map((word) => [word, folded(word, index.read)]);
    const telling = words.filter(([, plain]) => !index.read.small.includes(plain));
    return (telling.length ? telling : words).map(([word, plain]) => {
      const there = index.known[0].includes(plain);
      const fits = (name) => plain.length >= typed.SHORTEST
        && (name.startsWith(plain) || (!there && nearlySame(plain, name)) || inflected(plain, name));
      return mean(index, marked(index, word), fits);
    });
  };

  const inRuns = (index, text) => {
    return runsOf(text, index.read.small).flatMap((run) => {
      const parts = partsOf(run, index.joined, index.read.least);
      const own = wordsOf(run).map((word) => marked(index, word));
      return (parts.length ? parts : [""]).map((part) => {
        const holds = (at) => own.length && own.every((marks) => marks[at]);
        const said = (row) => row.slice(1, 4).some((each) => index.evenly[each].includes(run));
        const marks = Uint8Array.from(index.rows, (row, at) => (holds(at) || said(row) ? 1 : 0));
        const fits = (name) => (part && name.includes(part)) || nearlySame(run, name);
        return mean(index, marks, fits);
      });
    });
  };

  /* Every part of what was typed must be there; one that the language does not know may be let go,
     and of several kinds of help one is enough where nobody does all of them. */
  const find = (index, text) => {
    const asked = (index.read.least ? inRuns : inWords)(index, text).slice(0, MAX_WORDS);
    const fitting = (parts, kinds) => index.rows.filter((_, at) => parts.length + kinds.length
      && parts.every(({ marks }) => marks[at]) && (!kinds.length || kinds.some(({ kind }) => kind.has(at))));
    const needed = asked.filter((part) => part.needed);
    const steps = [[asked, []], [needed, []],
      [needed.filter(({ kind }) => !kind), needed.filter(({ kind }) => kind)]];
    return steps.map((step) => fitting(...step)).find((found) => found.length) ?? [];
  };

  const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

  /* Words of an entry that nobody translated say which language they are in. */
  const told = (index, at) => {
    const language = index.languages[index.spoken[at]];
    if (language === document.documentElement.lang) return {};
    return language ? { lang: language, dir: "auto" } : { dir: "auto" };
  };

  const entry = (index, [id, name, provider, where, number]) => {
    const item = element("li", "", { className: "entry" });
    const heading = element("h2", "", told(index, name));
    heading.append(element("a", index.said[name], { href: `${part.dataset.page}${id}.html` }));
    item.append(heading, element("p", index.said[provider], { className: "quiet", ...told(index, provider) }));
    if (index.said[where]) item.append(element("p", index.said[where]));
    if (number) {
      const line = element("p", "");
      line.append(element("a", number, { href: `tel:${number.replace(/[^\d+*#]/g, "")}` }));
      item.append(line);
    }
    return item;
  };

  const show = (index) => {
    const found = find(index, field.value);
    shown.replaceChildren(...found.slice(0, MAX_SHOWN).map((row) => entry(index, row)));
    const asked = wordsOf(field.value).length > 0;
    status.textContent = !asked ? "" : found.length ? `${status.dataset.found} ${found.length}` : status.dataset.nothing;
  };

  const search = () => load().then(show, () => { status.textContent = status.dataset.failed; });

  part.hidden = false;
  field.addEventListener("focus", () => { load().catch(() => {}); }, { once: true });
  field.addEventListener("input", search);
})();
