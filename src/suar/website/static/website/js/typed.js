/* Splits and compares words like suar.directory.tokens and suar.website.keywords. */
"use strict";
const typed = (() => {
  const LONGEST = 30;
  const SHORTEST = 2;
  const SHORTEST_FORGIVEN = 4;
  const SAME_BEGINNING = 4;
  const LONGEST_ENDING = 3;

  const splitWords = (text) =>
    (text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [])
      .map((word) => word.slice(0, LONGEST));

  /* True if a letter is added, missing or other, or two changed places. Copies nothing: it runs for every word. */
  const isOneEditApart = (one, other) => {
    const [a, b] = [one.length, other.length];
    if (a - b > 1 || b - a > 1 || (a < SHORTEST_FORGIVEN && b < SHORTEST_FORGIVEN)) return false;
    let start = 0;
    while (start < a && start < b && one.charCodeAt(start) === other.charCodeAt(start)) start += 1;
    let end = 0;
    while (end < a - start && end < b - start && one.charCodeAt(a - 1 - end) === other.charCodeAt(b - 1 - end)) end += 1;
    const [left, right] = [a - start - end, b - start - end];
    if (left <= 1 && right <= 1) return true;
    return left === 2 && right === 2 && one[start] === other[start + 1] && one[start + 1] === other[start];
  };

  const normalise = (word, { letters, prefixes }) => {
    const plain = Array.from(word, (letter) => letters?.[letter] ?? letter).join("");
    const prefix = prefixes.find((each) => plain.startsWith(each)) ?? "";
    return plain.length - prefix.length > SHORTEST ? plain.slice(prefix.length) : plain;
  };

  /* True for two forms of a word: they begin alike, and only a short ending differs. */
  const isInflected = (one, other) => {
    const least = Math.max(SAME_BEGINNING, Math.max(one.length, other.length) - LONGEST_ENDING);
    return one.length >= least && other.startsWith(one.slice(0, least));
  };

  /* For scripts without spaces: marks stay, invisible characters are removed. */
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\p{Cf}/gu, "");

  /* Splits a text without spaces at stop words. */
  const splitRuns = (text, stopWords) => {
    const words = [...stopWords].map(fold).sort((one, other) => other.length - one.length);
    const plain = words.reduce((rest, word) => rest.replaceAll(word, " "), fold(text));
    return plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  };

  /* Returns the longest parts of a run that occur in the joined names. */
  const knownParts = (run, joined, shortest) => {
    const [least, parts] = [Math.min(shortest, run.length), []];
    for (let start = 0, end; start + least <= run.length; start = Math.max(end, start + 1)) {
      end = start;
      if (joined.includes(run.slice(start, start + least))) {
        end += least;
        while (end < run.length && joined.includes(run.slice(start, end + 1))) end += 1;
        parts.push(run.slice(start, end));
      }
    }
    return parts;
  };

  return { SHORTEST, splitWords, isOneEditApart, normalise, isInflected, fold, splitRuns, knownParts };
})();
