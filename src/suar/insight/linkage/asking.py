"""What `./suar link` is asked: make a key or a schema, encode a list, match tokens."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence

from suar.insight.asking import Kinds, Work, content_of, of_file
from suar.insight.linkage import files, judging, keys, matching, schema, telling
from suar.insight.linkage.encoding import encode
from suar.insight.linkage.files import TokenFile
from suar.insight.linkage.writing import FOR_ALL, Written, write_new

SURE, UNSURE = 0.7, 0.62
FEWEST_FILES = 2
Known = tuple[judging.Truth, str]
"""What is true of two lists, with the digest of the file that says so."""


def add(kinds: Kinds) -> None:
    """Add the four words with their options."""
    key = kinds.add_parser("key", help="make the key that the houses of one linkage share")
    key.set_defaults(ready=_key)
    key.add_argument("name", help="what the linkage is called among the houses")
    key.add_argument("--out", required=True, metavar="FILE")
    start = kinds.add_parser("schema", help="write a schema to begin with")
    start.set_defaults(ready=_schema)
    start.add_argument("--out", required=True, metavar="FILE")
    start.add_argument("--unsalted", action="store_true", help="find through slips in the year")
    _add_encode(kinds)
    _add_match(kinds)


def _add_encode(kinds: Kinds) -> None:
    parser = kinds.add_parser("encode", help="turn a house's own list into tokens")
    parser.set_defaults(ready=_encode, parser=parser)
    parser.add_argument("people", help="CSV with the columns of the schema")
    parser.add_argument("--house", required=True, help="the name of this list in the counts")
    parser.add_argument("--key", required=True, metavar="FILE")
    parser.add_argument("--schema", required=True, metavar="FILE")
    parser.add_argument("--out", required=True, metavar="FILE", help="tokens, to be given away")
    parser.add_argument("--rows", required=True, metavar="FILE", help="codes and rows; stay here")


def _add_match(kinds: Kinds) -> None:
    parser = kinds.add_parser("match", help="find who is on several lists, from tokens alone")
    parser.set_defaults(ready=_match, parser=parser)
    parser.add_argument("tokens", nargs="+", help="files of tokens, one for each house")
    parser.add_argument("--sure", type=_share, default=SURE, help="alike enough to be one person")
    parser.add_argument("--unsure", type=_share, default=UNSURE, help="alike enough to look at")
    parser.add_argument("--out", required=True, metavar="FILE", help="counts by list, for `mse`")
    parser.add_argument("--review", metavar="FILE", help="pairs that the houses should look at")
    parser.add_argument("--truth", metavar="FILE", help="known pairs, to judge what is found")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def _share(word: str) -> float:
    try:
        share = float(word)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError("a number above 0, at most 1")
    return share


def _key(asked: argparse.Namespace) -> Work:
    return lambda: write_new(Written(asked.out, keys.written(keys.made(asked.name))))


def _schema(asked: argparse.Namespace) -> Work:
    agreed = schema.written(schema.NAMES_AND_BIRTH if asked.unsalted else schema.SALTED)

    def work() -> None:
        write_new(Written(asked.out, agreed, FOR_ALL))
        sys.stdout.write(telling.agreed(salted=not asked.unsalted))

    return work


def _encode(asked: argparse.Namespace) -> Work:
    if problems := files.house_problems(asked.house):
        asked.parser.error(f"argument --house: {problems[0]}")
    with of_file(asked.key):
        key = keys.read(content_of(asked.key)[0])
    with of_file(asked.schema):
        agreed = schema.read(content_of(asked.schema)[0])
    with of_file(asked.people):
        encoded = encode(content_of(asked.people)[0], agreed, key, asked.house)
    rows = _csv([("code", "row"), *encoded.rows])

    def work() -> None:
        write_new(Written(asked.rows, rows), Written(asked.out, files.written(encoded.file)))
        sys.stdout.write(telling.encoded(encoded, asked.out, asked.rows))

    return work


def _match(asked: argparse.Namespace) -> Work:
    if len(asked.tokens) < FEWEST_FILES:
        asked.parser.error("at least two files of tokens are needed")
    if asked.unsure > asked.sure:
        asked.parser.error("--unsure is more than --sure: nothing would be left to look at")
    lists, digests = zip(*map(_tokens, asked.tokens), strict=True)
    with of_file("the files together"):
        files.check_together(lists, asked.tokens)
    known = _truth(asked.truth, lists) if asked.truth else None
    return lambda: _tell(asked, lists, digests, known)


def _tokens(name: str) -> tuple[TokenFile, str]:
    with of_file(name):
        text, digest = content_of(name)
        return files.read(text), digest


def _truth(name: str, lists: Sequence[TokenFile]) -> Known:
    with of_file(name):
        text, digest = content_of(name)
        return judging.read(text, lists), digest


def _tell(
    asked: argparse.Namespace, lists: Sequence[TokenFile], digests: Sequence[str],
    known: Known | None,
) -> None:  # fmt: skip
    with of_file("the files together"):
        pairs = matching.compared(lists, asked.unsure)
    matched = matching.joined(lists, pairs, asked.sure)
    counts = matching.patterns(matched.people, len(lists))
    header = [*(each.house for each in lists), files.COUNT]
    table = _csv([header, *([*on, count] for on, count in counts.items())])
    look = [Written(asked.review, _csv(_review(lists, matched)))] if asked.review else []
    write_new(Written(asked.out, table, FOR_ALL), *look)
    said = telling.matched(lists, matched, counts, asked, digests)
    if known:
        truth, digest = known
        rows = judging.over_thresholds(lists, pairs, truth, (asked.unsure, asked.sure))
        said["truth"] = telling.judged(lists, truth, list(rows), asked.sure) | {"sha256": digest}
    sys.stdout.write(json.dumps(said, indent=1) + "\n" if asked.json else telling.words(said))


def _review(lists: Sequence[TokenFile], matched: matching.Matched) -> list[Sequence[object]]:
    """Name pairs by house and code only: each house looks its own code up in its own list."""
    rows: list[Sequence[object]] = [("house", "code", "other_house", "other_code", "alike")]
    for pair in matched.unsure:
        one, other = ((lists[at], row) for at, row in (pair.first, pair.second))
        rows.append((one[0].house, one[0].codes[one[1]], other[0].house, other[0].codes[other[1]],
                     f"{pair.alike:.6f}"))  # fmt: skip
    return rows


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
