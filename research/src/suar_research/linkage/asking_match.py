"""What `./suar link match` is asked: who is on several lists, by likeness or by probability."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from suar_research.asking import Kinds, Work, content_of, headline, of_file, say, size
from suar_research.linkage import (
    calibration,
    chances,
    drawing,
    files,
    judging,
    matching,
    reviewing,
    telling,
    telling_chances,
)
from suar_research.linkage.chances import Chances
from suar_research.linkage.files import TokenFile
from suar_research.linkage.writing import FOR_ALL, Written, as_csv, write_new
from suar_research.reading import refuse

SURE, UNSURE = 0.7, 0.62
PROBABLE, POSSIBLE, DRAWS = 0.5, 0.05, 200
FEWEST_FILES = 2
BY_CHANCE = ("possible", "reviewed", "drawn")
Known = tuple[judging.Truth, str]
"""What is true of two lists, with the digest of the file that says so."""


def add(kinds: Kinds) -> None:
    """Add the word `match` with its options."""
    parser = kinds.add_parser("match", help="find who is on several lists, from tokens alone")
    parser.set_defaults(ready=ready, parser=parser)
    parser.add_argument("tokens", nargs="+", help="files of tokens, one for each house")
    parser.add_argument("--sure", type=share, help=f"alike enough to be one person ({SURE})")
    parser.add_argument("--unsure", type=share, help=f"alike enough to look at ({UNSURE})")
    add_outputs(parser)


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Add what is asked alike of tokens and of words that may be seen."""
    parser.add_argument("--probable", type=share, help="probable enough to be one person (0.5)")
    parser.add_argument("--possible", type=share, help=f"probable enough to look at ({POSSIBLE})")
    parser.add_argument("--out", required=True, metavar="FILE", help="counts by list, for `mse`")
    parser.add_argument("--review", metavar="FILE", help="pairs that the houses should look at")
    parser.add_argument("--reviewed", metavar="FILE", help="that file, with yes or no in `same`")
    parser.add_argument("--truth", metavar="FILE", help="known pairs, to judge what is found")
    parser.add_argument("--drawn", metavar="FILE", help="counts of many draws, for `mse --drawn`")
    parser.add_argument("--draws", type=size, default=DRAWS, help=f"how many draws ({DRAWS})")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same draws")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def share(word: str) -> float:
    """Read a number above 0 and at most 1; raises ArgumentTypeError."""
    try:
        number = float(word)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError("a number above 0, at most 1")
    return number


def ready(asked: argparse.Namespace) -> Work:
    """Read all files, and give the work that is then to be done; raises Unusable."""
    if len(asked.tokens) < FEWEST_FILES:
        asked.parser.error("at least two files of tokens are needed")
    check_thresholds(asked)
    read = [_tokens(asked, name) for name in asked.tokens]
    lists, digests = zip(*read, strict=True)
    with of_file("the files together"):
        files.check_together(lists, asked.tokens)
    known = truth_of(asked, lists) if asked.truth else None
    if asked.probable:
        said = reviewed_of(asked, lists) if asked.reviewed else {}
        return lambda: _tell_chances(asked, lists, digests, known, said)
    return lambda: _tell(asked, lists, digests, known)


def check_thresholds(asked: argparse.Namespace) -> None:
    """Refuse thresholds that contradict each other, and fill in those that were not said."""
    if not asked.probable:
        if given := [f"--{name}" for name in BY_CHANCE if getattr(asked, name)]:
            asked.parser.error(f"{given[0]} needs --probable: a probability for each pair")
    elif asked.sure or asked.unsure:
        asked.parser.error("--probable takes the place of --sure and --unsure: say one or the other")
    asked.sure, asked.unsure = asked.sure or SURE, asked.unsure or UNSURE
    asked.possible = asked.possible or min(POSSIBLE, asked.probable or POSSIBLE)
    if asked.unsure > asked.sure:
        asked.parser.error("--unsure is more than --sure: nothing would be left to look at")
    if asked.probable and asked.possible > asked.probable:
        asked.parser.error("--possible is more than --probable: nothing would be left to look at")


def _tokens(asked: argparse.Namespace, name: str) -> tuple[TokenFile, str]:
    with of_file(name):
        text, digest = content_of(asked, name)
        return files.read(text), digest


def truth_of(asked: argparse.Namespace, lists: Sequence[TokenFile]) -> Known:
    """Read known pairs; raises Unusable."""
    with of_file(asked.truth):
        text, digest = content_of(asked, asked.truth)
        return judging.read(text, lists), digest


def reviewed_of(asked: argparse.Namespace, lists: Sequence[TokenFile]) -> reviewing.Said:
    """Read what was answered about pairs; raises Unusable."""
    with of_file(asked.reviewed):
        return reviewing.read(content_of(asked, asked.reviewed)[0], lists)


def _tell(
    asked: argparse.Namespace,
    lists: Sequence[TokenFile],
    digests: Sequence[str],
    known: Known | None,
) -> None:
    with of_file("the files together"):
        pairs = matching.compared(lists, asked.unsure)
    matched = matching.joined(lists, pairs, asked.sure)
    counts = matching.patterns(matched.people, len(lists))
    look = [Written(asked.review, as_csv(_review(lists, matched)))] if asked.review else []
    write_new(_counts(asked.out, lists, counts), *look)
    said = telling.matched(lists, matched, counts, asked, digests)
    if known:
        truth, digest = known
        rows = judging.over_thresholds(lists, pairs, truth, (asked.unsure, asked.sure))
        said["truth"] = telling.judged(lists, truth, list(rows), asked.sure) | {"sha256": digest}
    say(asked, said, headline(asked) + telling.words(said))


def _counts(name: str, lists: Sequence[TokenFile], counts: drawing.Counts) -> Written:
    header = [*(each.house for each in lists), files.COUNT]
    return Written(name, as_csv([header, *([*on, count] for on, count in counts.items())]), FOR_ALL)


def _review(lists: Sequence[TokenFile], matched: matching.Matched) -> list[Sequence[object]]:
    """Name pairs by house and code only: each house looks its own code up in its own list."""
    rows: list[Sequence[object]] = [("house", "code", "other_house", "other_code", "alike")]
    for pair in matched.unsure:
        one, other = ((lists[at], row) for at, row in (pair.first, pair.second))
        rows.append((one[0].house, one[0].codes[one[1]], other[0].house, other[0].codes[other[1]], f"{pair.alike:.6f}"))
    return rows


def _tell_chances(
    asked: argparse.Namespace,
    lists: Sequence[TokenFile],
    digests: Sequence[str],
    known: Known | None,
    said: reviewing.Said,
) -> None:
    with of_file("the files together"):
        found = chances.of_tokens(lists)
    told = write_and_tell(asked, lists, found, known, said)
    told |= telling_chances.of_lists(lists, digests)
    telling_chances.add_notices(told, salted=lists[0].salted)
    say(asked, told, headline(asked) + telling_chances.words(told))


def write_and_tell(
    asked: argparse.Namespace,
    lists: Sequence[TokenFile],
    begun: Chances,
    known: Known | None,
    said: reviewing.Said,
) -> telling_chances.Told:
    """Write what was asked for from probabilities, and give the numbers of it."""
    if said:
        with of_file(asked.reviewed):
            refuse(reviewing.unknown(said, begun, lists))
    found = chances.answered(begun, said)
    matched = chances.joined(lists, found, asked.probable)
    counts = matching.patterns(matched.people, len(lists))
    rows = reviewing.rows(lists, found, asked.possible, asked.probable)
    written = [_counts(asked.out, lists, counts)]
    written += [Written(asked.review, as_csv(rows))] if asked.review else []
    written += [_drawn(asked, lists, found)] if asked.drawn else []
    write_new(*written)
    told = telling_chances.matched(found, matched, counts, asked, len(rows) - 1)
    if said:
        told["reviewed"] = telling_chances.reviewed(begun, said)
    if known:
        truth, digest = known
        right = judging.judged(matched, truth, asked.probable)
        fitted = calibration.calibrated(found, truth)
        told["truth"] = telling_chances.judged(lists, truth, right, fitted) | {"sha256": digest}
    return told


def _drawn(asked: argparse.Namespace, lists: Sequence[TokenFile], found: Chances) -> Written:
    rows: list[Sequence[object]] = [(files.DRAW, *(each.house for each in lists), files.COUNT)]
    for number, counts in enumerate(drawing.tables(lists, found, asked.draws, asked.seed), 1):
        rows += [(number, *on, count) for on, count in counts.items()]
    return Written(asked.drawn, as_csv(rows), FOR_ALL)
