/* How typed words are read, as the directory reads them: suar.website.typed and suar.website.lexicon. */
"use strict";
const typed = (() => {
  const LONGEST = 30;
  const SHORTEST = 2;
  const SHORTEST_FORGIVEN = 4;
  const SAME_BEGINNING = 4;
  const ENDING = 3;

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

  const folded = (word, { other, heads }) => {
    const plain = Array.from(word, (sign) => other?.[sign] ?? sign).join("");
    const head = heads.find((each) => plain.startsWith(each)) ?? "";
    return plain.length - head.length > SHORTEST ? plain.slice(head.length) : plain;
  };

  /* Two forms of a word begin alike, and only a short ending differs. */
  const inflected = (one, other) => {
    const least = Math.max(SAME_BEGINNING, Math.max(one.length, other.length) - ENDING);
    return one.length >= least && other.startsWith(one.slice(0, least));
  };

  /* A text of a script without spaces in one way: its marks stay, invisible signs go. */
  const even = (text) => text.normalize("NFKC").toLowerCase().replace(/\p{Cf}/gu, "");

  /* A text of a language without spaces, split where it has any or a small word stands. */
  const runsOf = (text, small) => {
    const words = [...small].map(even).sort((one, other) => other.length - one.length);
    const plain = words.reduce((left, word) => left.replaceAll(word, " "), even(text));
    return plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  };

  /* From the beginning of a run without spaces, the longest parts of any name. */
  const partsOf = (run, joined, shortest) => {
    const [least, parts] = [Math.min(shortest, run.length), []];
    for (let at = 0, end; at + least <= run.length; at = Math.max(end, at + 1)) {
      end = at;
      if (joined.includes(run.slice(at, at + least))) {
        end += least;
        while (end < run.length && joined.includes(run.slice(at, end + 1))) end += 1;
        parts.push(run.slice(at, end));
      }
    }
    return parts;
  };

  return { SHORTEST, wordsOf, nearlySame, folded, inflected, even, runsOf, partsOf };
})();
