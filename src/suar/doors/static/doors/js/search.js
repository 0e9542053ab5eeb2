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
  const MOST = 10;
  const LONGEST = 30;
  const SHORTEST_FORGIVEN = 4;
  const MOST_WORDS = 8;
  let loading;

  const wordsOf = (text) =>
    (text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [])
      .map((word) => word.slice(0, LONGEST));

  /* One letter more, less or other, or two that changed places: what lies between the same
     beginning and the same end. Nothing is copied, for it is asked of every word of the list. */
  const nearlySame = (one, other) => {
    const [a, b] = [one.length, other.length];
    if (a - b > 1 || b - a > 1 || (a < SHORTEST_FORGIVEN && b < SHORTEST_FORGIVEN)) return false;
    let at = 0;
    while (at < a && at < b && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
    let end = 0;
    while (end < a - at && end < b - at && one.charCodeAt(a - 1 - end) === other.charCodeAt(b - 1 - end)) end += 1;
    const [left, right] = [a - at - end, b - at - end];
    if (left <= 1 && right <= 1) return true;
    return left === 2 && right === 2 && one[at] === other[at + 1] && one[at + 1] === other[at];
  };

  const prepare = ({ said, languages, spoken, rows, named, more }) => ({
    said, languages, spoken, rows,
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

  const find = (index, text) => {
    const words = wordsOf(text).slice(0, MOST_WORDS);
    if (!words.length) return [];
    const every = words.map((word) => marked(index, word));
    return index.rows.filter((_, at) => every.every((marks) => marks[at]));
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
    shown.replaceChildren(...found.slice(0, MOST).map((row) => entry(index, row)));
    const asked = wordsOf(field.value).length > 0;
    status.textContent = !asked ? "" : found.length ? `${status.dataset.found} ${found.length}` : status.dataset.nothing;
  };

  const search = () => load().then(show, () => { status.textContent = status.dataset.failed; });

  part.hidden = false;
  field.addEventListener("focus", () => { load().catch(() => {}); }, { once: true });
  field.addEventListener("input", search);
})();
