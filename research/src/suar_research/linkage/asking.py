"""What `./suar link` is asked: make a key or a schema, encode a list."""

from __future__ import annotations

import argparse
import sys

from suar_research.asking import Kinds, Work, content_of, of_file
from suar_research.linkage import asking_clear, asking_match, files, keys, schema, telling
from suar_research.linkage.encoding import encode
from suar_research.linkage.writing import FOR_ALL, Written, as_csv, write_new


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
    asking_match.add(kinds)
    asking_clear.add(kinds)


def _add_encode(kinds: Kinds) -> None:
    parser = kinds.add_parser("encode", help="turn a house's own list into tokens")
    parser.set_defaults(ready=_encode, parser=parser)
    parser.add_argument("people", help="CSV with the columns of the schema")
    parser.add_argument("--house", required=True, help="the name of this list in the counts")
    parser.add_argument("--key", required=True, metavar="FILE")
    parser.add_argument("--schema", required=True, metavar="FILE")
    parser.add_argument("--out", required=True, metavar="FILE", help="tokens, to be given away")
    parser.add_argument("--rows", required=True, metavar="FILE", help="codes and rows; stay here")


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
        key = keys.read(content_of(asked, asked.key)[0])
    with of_file(asked.schema):
        agreed = schema.read(content_of(asked, asked.schema)[0])
    with of_file(asked.people):
        encoded = encode(content_of(asked, asked.people)[0], agreed, key, asked.house)
    rows = as_csv([("code", "row"), *encoded.rows])

    def work() -> None:
        write_new(Written(asked.rows, rows), Written(asked.out, files.written(encoded.file)))
        sys.stdout.write(telling.encoded(encoded, asked.out, asked.rows) + asked.inputs.words())

    return work
