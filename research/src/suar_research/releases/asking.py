"""What `./suar release` is asked: tables, audit, ledger, and in `asking_more` the rest."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from suar_research import __version__
from suar_research.asking import Kinds, Unusable, Work, content_of, headline, of_file, say, size
from suar_research.linkage.writing import FOR_ALL, Written, write_new
from suar_research.releases import ledger, making, people, sheets, telling
from suar_research.releases.auditing import Audit, audit
from suar_research.releases.making import CELLS, PEOPLE, Made
from suar_research.releases.page import page
from suar_research.releases.published import HIDDEN, SHOWN, THRESHOLD, WIDTH, Rules, as_json
from suar_research.running import on_screen


def add(kinds: Kinds) -> None:
    """Add the words that make and audit tables."""
    tables = kinds.add_parser("tables", help="make cross-tables in which nobody can be worked out")
    tables.set_defaults(ready=_tables, parser=tables)
    tables.add_argument("data", help="CSV of codes, one person in a row, or with a column `count`")
    add_by(tables)
    tables.add_argument("--where", default={}, type=pairs, metavar="COLUMN=CODE,...", help="of whom")
    tables.add_argument("--spare", choices=[CELLS, PEOPLE], default=CELLS, help="what to hide least of")
    add_rules(tables)
    add_ledger(tables)
    tables.add_argument("--out", metavar="FILE", help="write the tables as CSV")
    tables.add_argument("--html", metavar="FILE", help="write the tables as a page")
    tables.add_argument("--json", action="store_true", help="answer as JSON")
    _add_audit(kinds)


def _add_audit(kinds: Kinds) -> None:
    checked = kinds.add_parser("audit", help="work out hidden cells of tables, also of others'")
    checked.set_defaults(ready=_audit, parser=checked)
    checked.add_argument("tables", nargs="+", help="CSV: a row for each cell, `(all)` for a sum")
    checked.add_argument("--same", action="store_true", help="all files are of the same people")
    add_rules(checked)
    checked.add_argument("--json", action="store_true", help="answer as JSON")
    book = kinds.add_parser("ledger", help="check a ledger, and audit all that it holds together")
    book.set_defaults(ready=_ledger, parser=book)
    book.add_argument("ledger", help="a file that `--ledger` has written")
    add_rules(book)
    book.add_argument("--json", action="store_true", help="answer as JSON")


def add_by(parser: argparse.ArgumentParser) -> None:
    """Add the option that names tables."""
    parser.add_argument(
        "--by",
        action="append",
        required=True,
        type=names,
        metavar="COLUMN,COLUMN",
        help="columns of a table, 1 to 4; again for a further table",
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is hidden."""
    parser.add_argument("--threshold", type=size, default=THRESHOLD, help="the least that is shown")
    parser.add_argument("--width", type=size, default=WIDTH, help="of what is left of a hidden cell")
    parser.add_argument("--zeros", choices=[SHOWN, HIDDEN], default=SHOWN, help="of empty cells")


def add_ledger(parser: argparse.ArgumentParser) -> None:
    """Add the options that keep what is released."""
    parser.add_argument("--ledger", metavar="FILE", help="protect together with what it holds, and note it")
    parser.add_argument("--series", help="what releases about these people are called in the ledger")


def names(word: str) -> tuple[str, ...]:
    """Read names with commas between."""
    return tuple(each.strip() for each in word.split(",") if each.strip())


def pairs(word: str) -> dict[str, str]:
    """Read COLUMN=CODE with commas between; raises ArgumentTypeError."""
    split = [each.partition("=") for each in names(word)]
    if not all(between for _, between, _ in split):
        raise argparse.ArgumentTypeError("COLUMN=CODE is needed")
    return {name.strip(): code.strip() for name, _, code in split}


def rules_of(asked: argparse.Namespace) -> Rules:
    """Give the rules that were asked for."""
    return Rules(asked.threshold, asked.width, asked.zeros)


def check_ledger(asked: argparse.Namespace) -> None:
    """Refuse a ledger without a name for its people."""
    if bool(asked.ledger) != bool(asked.series):
        asked.parser.error("--ledger and --series go together")


def _tables(asked: argparse.Namespace) -> Work:
    check_ledger(asked)
    rules, entries = rules_of(asked), ledger.open_ledger(asked.ledger, asked.inputs)
    text, digest = content_of(asked, asked.data)
    with of_file(asked.data):
        read = people.read(text)
        design = making.design_of(read, asked.by, asked.where)
        before = ledger.times(entries, asked.series, digest) if asked.ledger else [[]]
        chosen = read.where(asked.where)
        made = making.make(chosen, design, rules, before=before, weigh=asked.spare, tell=on_screen)
        found = audit([*before[:-1], [*before[-1], made.published]], rules, on_screen)
    if found.weak:
        raise Unusable(asked.data, telling.weak_problems(found, len(before)))
    told = {"version": __version__, "input_sha256": digest, **telling.made_json(made, found, rules)}
    words = telling.made_words(made, found, rules, asked.spare)

    def work() -> None:
        _publish(asked, _files(asked, made, told, words), entries, _noted(asked, made, digest))
        say(asked, told, headline(asked) + words)

    return work


def _publish(
    asked: argparse.Namespace,
    files: Sequence[Written],
    entries: Sequence[ledger.Entry],
    noted: Mapping[str, Any],
) -> None:
    write_new(*files)
    try:
        if asked.ledger:
            ledger.add(asked.ledger, entries, noted)
    except Unusable:
        # What is not noted must not be published.
        for each in files:
            Path(each.name).unlink()
        raise


def _noted(asked: argparse.Namespace, made: Made, digest: str) -> dict[str, Any]:
    return {
        "kind": ledger.TABLES,
        "series": asked.series,
        "people": digest,
        "version": __version__,
        "release": as_json(made.published),
    }


def _files(asked: argparse.Namespace, made: Made, told: Mapping[str, Any], words: str) -> list[Written]:
    found = []
    if asked.out:
        found.append(Written(asked.out, sheets.of_release(made.published), FOR_ALL))
    if asked.html:
        said = [line.removeprefix("- ") for line in words.replace("\n  ", " ").splitlines()]
        # How many cells are small, and how many protect them, is not for readers of the tables.
        said = [said[1], *said[3:]]
        found.append(Written(asked.html, page(made.published, told, said), FOR_ALL))
    return found


def _audit(asked: argparse.Namespace) -> Work:
    rules, read, digests = rules_of(asked), [], []
    for name in asked.tables:
        with of_file(name):
            text, digest = content_of(asked, name)
            read.append(sheets.read(text, rules))
            digests.append(digest)
    times = [read] if asked.same else [[each] for each in read]
    with of_file("the files together" if len(read) > 1 else asked.tables[0]):
        found = audit(times, rules, on_screen)
    told = {
        "version": __version__,
        "input_sha256": digests,
        **telling.audit_json(found, len(times), rules),
        "notices": [*found.notices, *telling.CANNOT],
    }
    words = headline(asked) + telling.audit_words(found, len(times))
    return lambda: _judged(asked, told, words, [found])


def _ledger(asked: argparse.Namespace) -> Work:
    rules = rules_of(asked)
    text, digest = content_of(asked, asked.ledger)
    with of_file(asked.ledger):
        entries = ledger.read(text)
        held = {name: _series(entries, name, rules) for name in sorted({each.series for each in entries})}
    told = {
        "version": __version__,
        "input_sha256": digest,
        "entries": len(entries),
        "series": {name: said for name, (said, _, _) in held.items()},
    }
    words = headline(asked) + f"{len(entries)} entries follow each other.\n"
    words += "".join(f"\n{name}\n{lines}" for name, (_, lines, _) in held.items())
    found = [each for _, _, each in held.values() if each is not None]
    return lambda: _judged(asked, told, words, found)


def _series(entries: Sequence[ledger.Entry], name: str, rules: Rules) -> tuple[dict[str, Any], str, Audit | None]:
    """Audit all releases of a series together, and say what is left of its budget."""
    times, left = ledger.times(entries, name, "")[:-1], ledger.left(entries, name)
    said: dict[str, Any] = {"times": len(times), "rho_left": None if left is None else float(left)}
    lines = f"rho {float(left):g} is left for noise.\n" if left is not None else ""
    if not times:
        return said, lines, None
    found = audit(times, rules, on_screen)
    lines += f"Times at which people were counted: {len(times)}.\n"
    lines += telling.audit_words(found, len(times))
    return said | telling.audit_json(found, len(times), rules), lines, found


def _judged(asked: argparse.Namespace, told: Mapping[str, Any], words: str, found: Sequence[Audit]) -> None:
    say(asked, told, words)
    if any(each.weak for each in found):
        raise Unusable("what was audited", ["hidden cells can be worked out, as said"])
