"""What `./suar link clear` is asked: who is on several lists whose words may be seen together."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from suar_research.asking import Kinds, Unusable, Work, content_of, headline, of_file, say
from suar_research.linkage import asking_match, blocking, engines, files, schema, telling_chances
from suar_research.linkage.blocking import Columns, Rule
from suar_research.linkage.cleaning import CLEANED
from suar_research.linkage.encoding import FEWEST_FILLED, enough
from suar_research.linkage.files import TokenFile
from suar_research.linkage.schema import Schema
from suar_research.reading import Unreadable, refuse, rows_of

FEWEST = asking_match.FEWEST_FILES


def add(kinds: Kinds) -> None:
    """Add the word `clear` with its options."""
    parser = kinds.add_parser("clear", help="find who is on several lists whose words may be seen")
    parser.set_defaults(ready=ready, parser=parser, sure=None, unsure=None)
    parser.add_argument("people", nargs="+", help="CSV, one for each house, named for it")
    parser.add_argument("--schema", required=True, metavar="FILE", help="which columns, which kind")
    parser.add_argument("--on", choices=engines.ENGINES, default="duckdb", help="where it works")
    asking_match.add_outputs(parser)


def ready(asked: argparse.Namespace) -> Work:
    """Read all files, and give the work that is then to be done; raises Unusable."""
    if len(asked.people) < FEWEST:
        asked.parser.error("at least two lists are needed")
    asked.probable = asked.probable or asking_match.PROBABLE
    asking_match.check_thresholds(asked)
    if lacks := engines.missing(asked.on):
        raise Unusable(f"--on {asked.on}", lacks)
    with of_file(asked.schema):
        agreed = schema.read(content_of(asked, asked.schema)[0])
    read = [_read(asked, name, agreed) for name in asked.people]
    lists, columns, digests = (list(each) for each in zip(*read, strict=True))
    with of_file("the files together"):
        refuse(files.twice_problems(lists))
        rules = blocking.rules(columns)
    known = asking_match.truth_of(asked, lists) if asked.truth else None
    said = asking_match.reviewed_of(asked, lists) if asked.reviewed else {}
    return lambda: _tell(asked, (lists, columns, digests, rules, agreed), known, said)


Read = tuple[list[TokenFile], list[Columns], list[str], list[Rule], Schema]


def _read(asked: argparse.Namespace, name: str, agreed: Schema) -> tuple[TokenFile, Columns, str]:
    """Read a list: whom it holds under the numbers of their rows, their words, and its digest."""
    with of_file(name):
        text, digest = content_of(asked, name)
        house = Path(name).stem
        refuse(f"its name is that of the house: {said}" for said in files.house_problems(house))
        header, body = rows_of(text, agreed.columns)
        places = [header.index(column) for column in agreed.columns]
        rows = [(number, [row[at].strip() for at in places]) for number, row in body]
        used = [(number, row) for number, row in rows if enough(row, agreed)]
        refuse([] if used else [f"no row has words in {FEWEST_FILLED} of the columns"])
    columns: Columns = {
        of.column: [CLEANED[of.kind](row[at]) for _, row in used] for at, of in enumerate(agreed.features)
    }
    codes = tuple(str(number) for number, _ in used)
    return TokenFile(house, "", "", 0, codes, np.zeros((len(used), 0), np.uint8)), columns, digest


def _tell(
    asked: argparse.Namespace,
    read: Read,
    known: asking_match.Known | None,
    said: dict[tuple[tuple[int, int], tuple[int, int]], bool],
) -> None:
    # Only here: whoever has tokens alone needs none of the packages behind it.
    from suar_research.linkage import clear

    lists, columns, digests, rules, agreed = read
    try:
        with engines.engine(asked.on) as engine:
            found = clear.of_words(columns, agreed.features, rules, engine, asked.seed)
    except Unreadable as error:
        raise Unusable("the files together", error.problems) from error
    except (RuntimeError, OSError) as error:
        raise Unusable(f"--on {asked.on}", [f"it could not work: {error}"]) from error
    told = asking_match.write_and_tell(asked, lists, found, known, said)
    told |= {"on": asked.on, "rules": [list(each) for each in rules]}
    told["lists"] = [
        {"house": each.house, "people": len(each.codes), "sha256": digest}
        for each, digest in zip(lists, digests, strict=True)
    ]
    told["notices"] = telling_chances.of_words(rules)
    say(asked, told, headline(asked) + telling_chances.words(told))
