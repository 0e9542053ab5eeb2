/* Searches the index of suar.website.published.copy on this device. What is typed is neither sent nor stored. */
"use strict";
(() => {
  const section = document.querySelector("[data-search]");
  // A page from a disk may not load the index; its links work.
  if (!section || !location.protocol.startsWith("http")) return;
  const field = section.querySelector("input");
  const status = section.querySelector("[role=status]");
  const list = section.querySelector(".entries");
  const MAX_RESULTS = 10;
  const MAX_WORDS = 8;
  const { splitWords, splitRuns, knownParts, isOneEditApart, normalise, isInflected, fold } = typed;
  let loading;

  const prepare = ({ name_words: names, description_words: descriptions, ...index }) => ({
    ...index,
    placeCodes: new Set(index.place_codes),
    folded: index.writing.least ? index.texts.map(fold) : [],
    joined: index.writing.least ? index.code_names[0].join("\n") : "",
    names: { words: names[0].split(" "), rows: names[1] },
    descriptions: { words: descriptions[0].split(" "), rows: descriptions[1] },
  });

  const loadIndex = () => {
    loading ??= fetch(section.dataset.index)
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error("not loaded"))))
      .then(prepare)
      .catch((error) => { loading = undefined; throw error; });
    return loading;
  };

  const markRows = (index, typedWord) => {
    const marks = new Uint8Array(index.rows.length);
    const mark = ({ words, rows }, matches) => words.forEach((word, number) => {
      if (matches(word)) for (const row of rows[number]) marks[row] = 1;
    });
    mark(index.names, (word) => word.startsWith(typedWord) || isOneEditApart(typedWord, word));
    mark(index.descriptions, (word) => word.startsWith(typedWord));
    return marks;
  };

  /* Also marks the rows of codes whose name matches. `typeRows` is null if all of them are places. */
  const markCodes = (index, marks, matches) => {
    const [names, codesOfName] = index.code_names;
    const codes = names.flatMap((name, number) => (matches(name) ? codesOfName[number] : []));
    const rows = new Set(codes.flatMap((code) => index.code_rows[code]));
    for (const row of rows) marks[row] = 1;
    return {
      marks, isKnown: codes.length > 0, typeRows: codes.every((code) => index.placeCodes.has(code)) ? null : rows,
    };
  };

  const readWords = (index, text) => {
    const words = splitWords(text).map((word) => [word, normalise(word, index.writing)]);
    const meaningful = words.filter(([, normal]) => !index.writing.stopwords.includes(normal));
    return (meaningful.length ? meaningful : words).map(([word, normal]) => {
      const isName = index.code_names[0].includes(normal);
      const matches = (name) => normal.length >= typed.SHORTEST
        && (name.startsWith(normal) || (!isName && isOneEditApart(normal, name)) || isInflected(normal, name));
      return markCodes(index, markRows(index, word), matches);
    });
  };

  /* For a language without spaces. */
  const readRuns = (index, text) => splitRuns(text, index.writing.stopwords).flatMap((run) => {
    const parts = knownParts(run, index.joined, index.writing.least);
    const wordMarks = splitWords(run).map((word) => markRows(index, word));
    return (parts.length ? parts : [""]).map((part) => {
      const hasWords = (row) => wordMarks.length && wordMarks.every((marks) => marks[row]);
      const hasRun = (textNumbers) => textNumbers.some((number) => index.folded[number].includes(run));
      const marks = Uint8Array.from(index.rows, (row, number) => (hasWords(number) || hasRun(row.slice(1, 4)) ? 1 : 0));
      return markCodes(index, marks, (name) => (part && name.includes(part)) || isOneEditApart(run, name));
    });
  });

  /* Returns the rows that match every part, or every known part, or every place and any type of help. */
  const search = (index, text) => {
    const parts = (index.writing.least ? readRuns : readWords)(index, text).slice(0, MAX_WORDS);
    const select = (every, any) => index.rows.filter((_, row) => every.length + any.length
      && every.every(({ marks }) => marks[row]) && (!any.length || any.some(({ typeRows }) => typeRows.has(row))));
    const known = parts.filter(({ isKnown }) => isKnown);
    const places = known.filter(({ typeRows }) => !typeRows);
    const types = known.filter(({ typeRows }) => typeRows);
    return [[parts, []], [known, []], [places, types]]
      .map((step) => select(...step)).find((rows) => rows.length) ?? [];
  };

  const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });

  const languageAttributes = (index, number) => {
    const language = index.languages[index.text_languages[number]];
    if (language === document.documentElement.lang) return {};
    return language ? { lang: language, dir: "auto" } : { dir: "auto" };
  };

  const entry = (index, [id, name, provider, places, phone]) => {
    const item = element("li", "", { className: "entry" });
    const heading = element("h2", "", languageAttributes(index, name));
    heading.append(element("a", index.texts[name], { href: `${section.dataset.page}${id}.html` }));
    const attributes = { className: "quiet", ...languageAttributes(index, provider) };
    item.append(heading, element("p", index.texts[provider], attributes));
    if (index.texts[places]) item.append(element("p", index.texts[places]));
    if (phone) {
      const line = element("p", "");
      line.append(element("a", phone, { href: `tel:${phone.replace(/[^\d+*#]/g, "")}` }));
      item.append(line);
    }
    return item;
  };

  const showResults = (index) => {
    const rows = search(index, field.value);
    list.replaceChildren(...rows.slice(0, MAX_RESULTS).map((row) => entry(index, row)));
    const result = rows.length ? `${status.dataset.found} ${rows.length}` : status.dataset.nothing;
    status.textContent = splitWords(field.value).length ? result : "";
  };

  const showError = () => { status.textContent = status.dataset.failed; };

  section.hidden = false;
  field.addEventListener("focus", () => { loadIndex().catch(() => {}); }, { once: true });
  field.addEventListener("input", () => loadIndex().then(showResults, showError));
})();
