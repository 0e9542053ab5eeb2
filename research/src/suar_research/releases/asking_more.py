"""What `./suar release` is asked besides tables: anonymity, noise, synthetic, ctdc."""

from __future__ import annotations

import argparse
from fractions import Fraction
from itertools import product
from pathlib import Path

from suar_research import __version__
from suar_research.asking import Kinds, Unusable, Work, content_of, headline, of_file, say, size
from suar_research.linkage.writing import FOR_ALL, Written, write_new
from suar_research.releases import (
    anonymity,
    ctdc,
    ledger,
    noise,
    noisy,
    people,
    sheets,
    synthetic,
    telling,
)
from suar_research.releases.asking import add_by, add_ledger, check_ledger, names
from suar_research.releases.noisy import Noisy
from suar_research.releases.people import COUNT, People
from suar_research.releases.published import THRESHOLD, checked

NOT_NEGATIVE, AGREEING = "not_negative", "agreeing"
SMOOTHED = {AGREEING: noisy.consistent, NOT_NEGATIVE: noisy.without_negative}
REPEATABLE = "Drawn with a seed: for trying only. Whoever knows the seed can take the noise off again."


def add(kinds: Kinds) -> None:
    """Add the words."""
    groups = kinds.add_parser("anonymity", help="how many people share all codes, and who stands alone")
    groups.set_defaults(ready=_anonymity, parser=groups)
    groups.add_argument("data", help="CSV of codes, one person in a row, or with a column `count`")
    groups.add_argument("--by", type=names, metavar="COLUMN,COLUMN", help="by what somebody may be known")
    groups.add_argument("--k", type=size, default=THRESHOLD, help="the smallest group that is good")
    groups.add_argument("--secret", metavar="COLUMN", help="what must not show: counts different answers")
    groups.add_argument("--json", action="store_true", help="answer as JSON")
    _add_noise(kinds)
    shape = kinds.add_parser("ctdc", help="check a file of CTDC's 27 columns, or write one")
    shape.set_defaults(ready=_ctdc, parser=shape)
    shape.add_argument("data", help="CSV or tabs, with columns of the shape")
    shape.add_argument("--out", metavar="FILE", help="write it in the shape; columns may be missing")
    shape.add_argument("--json", action="store_true", help="answer as JSON")


def _add_noise(kinds: Kinds) -> None:
    noises = kinds.add_parser("noise", help="counts with exact noise (differential privacy)")
    noises.set_defaults(ready=_noise, parser=noises)
    noises.add_argument("data", help="CSV of codes, one person in a row")
    add_by(noises)
    noises.add_argument(
        "--smooth", type=_steps, default=(), metavar="STEPS", help="agreeing: tables agree; not_negative: none below 0"
    )
    _add_budget(noises)
    invented = kinds.add_parser("synthetic", help="invented people with nearly the same tables")
    invented.set_defaults(ready=_synthetic, parser=invented)
    invented.add_argument("data", help="CSV of codes, one person in a row")
    invented.add_argument("--by", type=names, metavar="COLUMN,COLUMN", help="columns (default: all)")
    _add_budget(invented)


def _add_budget(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rho", type=_rho, required=True, help="what it may cost, such as 0.1")
    parser.add_argument("--budget", type=_rho, metavar="RHO", help="for the series, when it is new")
    add_ledger(parser)
    parser.add_argument("--seed", type=int, help="repeatable, and not private: for trying only")
    parser.add_argument("--out", metavar="FILE", required=True, help="write it as CSV")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def _rho(word: str) -> Fraction:
    try:
        found = Fraction(word)
    except (ValueError, ZeroDivisionError):
        found = Fraction(0)
    if not 0 < found <= 100:
        raise argparse.ArgumentTypeError("a number above 0, at most 100")
    return found


def _steps(word: str) -> tuple[str, ...]:
    if unknown := [each for each in names(word) if each not in SMOOTHED]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
    return tuple(each for each in SMOOTHED if each in names(word))


def _read(asked: argparse.Namespace) -> tuple[People, str]:
    with of_file(asked.data):
        text, digest = content_of(asked, asked.data)
        return people.read(text), digest


def _anonymity(asked: argparse.Namespace) -> Work:
    read, digest = _read(asked)
    by = asked.by or tuple(name for name in read.names if name != asked.secret)
    with of_file(asked.data):
        for name in (*by, *([asked.secret] if asked.secret else [])):
            checked([(name,)], read.names)
        found = anonymity.report(read, by, asked.k, asked.secret)
    told = {
        "version": __version__,
        "input_sha256": digest,
        **telling.anonymity_json(found, asked.k),
    }
    words = headline(asked) + telling.anonymity_words(found, asked.k, read.number)
    return lambda: say(asked, told, words)


def _spent(asked: argparse.Namespace, digest: str) -> Work:
    """Refuse what the budget does not hold, and give what notes it in the ledger."""
    check_ledger(asked)
    if Path(asked.out).exists():
        raise Unusable(asked.out, ["it is there already; nothing was drawn"])
    if asked.budget and not asked.ledger:
        asked.parser.error("--budget needs --ledger")
    entries = ledger.open_ledger(asked.ledger, asked.inputs)
    left = ledger.left(entries, asked.series) if asked.ledger else None
    new = []
    if asked.ledger:
        if left is not None and asked.budget:
            raise Unusable(asked.ledger, [f"{asked.series} has a budget already; it is set once"])
        if left is None and not asked.budget:
            raise Unusable(asked.ledger, [f"{asked.series} has no budget yet: say --budget"])
        if left is None:
            new.append({"kind": ledger.BUDGET, "series": asked.series, "rho": str(asked.budget)})
        left = left if left is not None else asked.budget
        if asked.rho > left:
            raise Unusable(
                asked.ledger,
                [
                    f"{asked.series}: rho {float(asked.rho):g} was asked and {float(left):g} is left; "
                    "nothing was drawn",
                ],
            )
        new.append(
            {
                "kind": ledger.NOISE,
                "series": asked.series,
                "rho": str(asked.rho),
                "people": digest,
                "version": __version__,
                "what": asked.kind,
            }
        )
    return lambda: ledger.add(asked.ledger, entries, *new) if asked.ledger else None


def _noise(asked: argparse.Namespace) -> Work:
    read, digest = _read(asked)
    with of_file(asked.data):
        tables = checked(asked.by, read.names)
    note = _spent(asked, digest)

    def work() -> None:
        # Spent first: noise that was seen and not noted could be asked for again.
        note()
        made = noisy.tables_of(read, tables, asked.rho, noise.source(asked.seed))
        for step in asked.smooth:
            made = SMOOTHED[step](made)
        write_new(Written(asked.out, _noisy_sheet(made), FOR_ALL))
        told = {
            "version": __version__,
            "input_sha256": digest,
            "seed": asked.seed,
            **telling.noise_json(made, float(asked.rho), asked.smooth),
        }
        told["notices"] += [REPEATABLE] if asked.seed is not None else []
        say(asked, told, headline(asked) + telling.noise_words(told))

    return work


def _noisy_sheet(made: list[Noisy]) -> str:
    every = list(dict.fromkeys(name for each in made for name in each.names))
    rows: list[list[object]] = [["table", *every, COUNT, "off_at_most_95"]]
    for each in made:
        for at, count in zip(*_cells(each), strict=True):
            codes = dict(zip(each.names, at, strict=True))
            said = int(count) if float(count).is_integer() else round(float(count), 2)
            rows.append([" x ".join(each.names), *(codes.get(name, people.EVERY) for name in every), said, each.off])
    return sheets.written(rows)


def _cells(each: Noisy) -> tuple[list[tuple[str, ...]], list[float]]:
    return list(product(*each.codes)), each.counts.reshape(-1).tolist()


def _synthetic(asked: argparse.Namespace) -> Work:
    read, digest = _read(asked)
    by = asked.by or read.names
    with of_file(asked.data):
        for name in by:
            checked([(name,)], read.names)
        synthetic.check(by)
    note = _spent(asked, digest)

    def work() -> None:
        note()
        made = synthetic.invent(read, by, asked.rho, noise.source(asked.seed))
        rows = [
            list(made.names),
            *([codes[at] for codes, at in zip(made.codes, row, strict=True)] for row in made.at.tolist()),
        ]
        write_new(Written(asked.out, sheets.written(rows), FOR_ALL))
        found = synthetic.compare(read, made)
        told = {
            "version": __version__,
            "input_sha256": digest,
            "seed": asked.seed,
            **telling.cost_json(float(asked.rho)),
            "people": made.number,
            "compared": telling.compared_json(found),
            "notices": list(telling.NOISE_NOTICES),
        }
        say(asked, told, headline(asked) + telling.compared_words(found, made.number))

    return work


def _ctdc(asked: argparse.Namespace) -> Work:
    with of_file(asked.data):
        text, digest = content_of(asked, asked.data)
        rows, missing = ctdc.shaped(text) if asked.out else (ctdc.read(text), [])
    told = {"version": __version__, "input_sha256": digest, "people": len(rows), "missing": missing}
    said = f"{len(rows)} people in {len(ctdc.columns())} columns; every code is known.\n"
    if missing:
        said += f"Left empty, for they were not there: {', '.join(missing)}.\n"

    def work() -> None:
        if asked.out:
            write_new(Written(asked.out, ctdc.written(rows)))
        say(asked, told, headline(asked) + said)

    return work
