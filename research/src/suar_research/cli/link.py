"""`link`: find who is on several lists without names."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from suar_research import __version__
from suar_research.cli.options import AsJson, Run, Seed, choice, group, share, usage_error, whole
from suar_research.files import (
    FOR_ALL,
    FileError,
    OutputFile,
    Unreadable,
    csv_text,
    reading,
    refuse,
    rows_of,
    write_new,
)
from suar_research.linkage import (
    drawing,
    engines,
    evaluation,
    matching,
    probabilities,
    report,
    reviewing,
    schema,
)
from suar_research.linkage import tokens as token_files
from suar_research.linkage.probabilities import Chances
from suar_research.linkage.schema import CLEANED, Columns
from suar_research.linkage.tokens import FEWEST_FILLED, TokenFile, encode, enough
from suar_research.report import wrap

SURE, UNSURE, PROBABLE, POSSIBLE, DRAWS = 0.7, 0.62, 0.5, 0.05, 200
TOGETHER = "the files together"
Out = Annotated[str, typer.Option(metavar="FILE")]
Probable = Annotated[float | None, typer.Option(parser=share, help=f"probable enough to be one ({PROBABLE})")]
Possible = Annotated[float | None, typer.Option(parser=share, help=f"probable enough to look at ({POSSIBLE})")]
Counts = Annotated[str, typer.Option(metavar="FILE", help="counts by list, for `estimate mse`")]
Review = Annotated[str | None, typer.Option(metavar="FILE", help="pairs for the organisations to look at")]
Reviewed = Annotated[str | None, typer.Option(metavar="FILE", help="that file, with yes or no in `same`")]
KnownPairs = Annotated[str | None, typer.Option(metavar="FILE", help="known pairs, to judge the match")]
Drawn = Annotated[str | None, typer.Option(metavar="FILE", help="counts of many draws, for `mse --drawn`")]
Draws = Annotated[int, typer.Option(parser=whole(1), metavar="N", help="how many draws")]
SchemaFile = Annotated[str, typer.Option("--schema", metavar="FILE", help="the columns and their kinds")]


def app() -> typer.Typer:
    """Return the commands."""
    return group(
        "link",
        ("key", "make the key that the organisations of one linkage share", make_key),
        ("schema", "write a schema to begin with", make_schema),
        ("encode", "turn a list into tokens", encode_list),
        ("match", "find who is on several lists, from tokens alone", match),
        ("clear", "find who is on several lists whose words may be seen", clear),
    )


def make_key(
    run: Run, name: Annotated[str, typer.Argument(metavar="NAME", help="name of the linkage")], out: Out
) -> None:
    """Write a new key."""
    write_new(OutputFile(out, token_files.format_key(token_files.new_key(name))))


def make_schema(
    run: Run,
    out: Out,
    unsalted: Annotated[bool, typer.Option("--unsalted", help="find through slips in the year")] = False,
) -> None:
    """Write a schema."""
    agreed = schema.NAMES_AND_BIRTH if unsalted else schema.SALTED
    write_new(OutputFile(out, schema.format_schema(agreed), FOR_ALL))
    sys.stdout.write(wrap(report.schema_note(salted=not unsalted)) + "\n")


def encode_list(
    run: Run,
    people: Annotated[str, typer.Argument(metavar="PEOPLE.csv", help="CSV with the columns of the schema")],
    house: Annotated[str, typer.Option(help="the name of this list in the counts")],
    key: Annotated[str, typer.Option(metavar="FILE")],
    schema_file: SchemaFile,
    out: Annotated[str, typer.Option(metavar="FILE", help="tokens, to be given away")],
    rows: Annotated[str, typer.Option(metavar="FILE", help="codes and rows; they stay with you")],
) -> None:
    """Encode a list as tokens."""
    if problems := token_files.house_problems(house):
        raise usage_error(f"--house: {problems[0]}")
    with reading(key):
        secret = token_files.parse_key(run.inputs.read(key)[0])
    with reading(schema_file):
        agreed = schema.parse_schema(run.inputs.read(schema_file)[0])
    with reading(people):
        encoded = encode(run.inputs.read(people)[0], agreed, secret, house)
    codes = csv_text([("code", "row"), *encoded.rows])
    write_new(OutputFile(rows, codes), OutputFile(out, token_files.format_tokens(encoded.file)))
    run.answer(report.encoding_report(encoded, out, rows))


def match(
    run: Run,
    tokens: Annotated[list[str], typer.Argument(metavar="TOKENS", help="token files, one a list")],
    out: Counts,
    sure: Annotated[float | None, typer.Option(parser=share, help=f"alike enough to be one ({SURE})")] = None,
    unsure: Annotated[float | None, typer.Option(parser=share, help=f"alike enough to look at ({UNSURE})")] = None,
    probable: Probable = None,
    possible: Possible = None,
    review: Review = None,
    reviewed: Reviewed = None,
    truth: KnownPairs = None,
    drawn: Drawn = None,
    draws: Draws = DRAWS,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Match by likeness, or by probability with --probable."""
    if len(tokens) < 2:
        raise usage_error("at least two files of tokens are needed")
    if probable and (sure or unsure):
        raise usage_error("--probable takes the place of --sure and --unsure: say one or the other")
    if not probable and (needs := [name for name in ("possible", "reviewed", "drawn") if run.options[name]]):
        raise usage_error(f"--{needs[0]} needs --probable: a probability for each pair")
    sure, unsure = sure or SURE, unsure or UNSURE
    if unsure > sure:
        raise usage_error("--unsure is more than --sure: nothing would be left to look at")
    lists, digests = zip(*(_tokens(run, name) for name in tokens), strict=True)
    with reading(TOGETHER):
        token_files.check_together(lists, tokens)
    if not probable:
        known = _truth(run, truth, lists)
        _match_by_likeness(run, lists, digests, known, (unsure, sure))
        return
    with reading(TOGETHER):
        found = probabilities.of_tokens(lists)
    data = _match_by_chance(run, lists, found, probable)
    data |= report.tokens_json(lists, digests)
    inside = data["model"]["alike_inside"]
    salt_note = report.SALTED_MISSES if lists[0].salted else report.NOT_SALTED
    data["notices"] = [report.LEARNT, *([report.INSIDE.format(number=inside)] if inside else []), salt_note]
    run.answer(report.match_report(data))


def _tokens(run: Run, name: str) -> tuple[TokenFile, str]:
    with reading(name):
        text, digest = run.inputs.read(name)
        return token_files.parse_tokens(text), digest


def _truth(run: Run, name: str | None, lists: Sequence[TokenFile]) -> tuple[evaluation.Truth, str] | None:
    """Read known pairs and the digest of their file."""
    if name is None:
        return None
    with reading(name):
        text, digest = run.inputs.read(name)
        return evaluation.read_known_pairs(text, lists), digest


def _match_by_likeness(
    run: Run,
    lists: Sequence[TokenFile],
    digests: Sequence[str],
    known: tuple[evaluation.Truth, str] | None,
    thresholds: tuple[float, float],
) -> None:
    unsure, sure = thresholds
    with reading(TOGETHER):
        pairs = matching.compared(lists, unsure)
    matched = matching.joined(lists, pairs, sure)
    counts = matching.patterns(matched.people, len(lists))
    outputs = [_counts_file(run.options["out"], lists, counts)]
    if run.options["review"]:
        outputs.append(OutputFile(run.options["review"], csv_text(_review_rows(lists, matched))))
    write_new(*outputs)
    data = {"version": __version__, **report.tokens_json(lists, digests), "sure": sure, "unsure": unsure}
    data |= report.found_json(matched, counts) | {"unsure_pairs": len(matched.unsure)}
    data["notices"] = [report.CANNOT_KNOW, report.SALTED_MISSES if lists[0].salted else report.NOT_SALTED]
    if known:
        judged = list(evaluation.over_thresholds(lists, pairs, known[0], (unsure, sure)))
        data["truth"] = report.truth_json(lists, *known) | report.thresholds_json(judged, sure)
    run.answer(report.match_report(data))


def _counts_file(name: str, lists: Sequence[TokenFile], counts: drawing.Counts) -> OutputFile:
    header = [*(each.house for each in lists), token_files.COUNT]
    return OutputFile(name, csv_text([header, *([*on, count] for on, count in counts.items())]), FOR_ALL)


def _review_rows(lists: Sequence[TokenFile], matched: matching.Matched) -> list[Sequence[object]]:
    """Name pairs by organisation and code only: each looks its own codes up in its own list."""
    rows: list[Sequence[object]] = [("house", "code", "other_house", "other_code", "alike")]
    for pair in matched.unsure:
        (one, row), (other, other_row) = pair.first, pair.second
        codes = lists[one].house, lists[one].codes[row], lists[other].house, lists[other].codes[other_row]
        rows.append((*codes, f"{pair.alike:.6f}"))
    return rows


def _match_by_chance(run: Run, lists: Sequence[TokenFile], before: Chances, probable: float) -> dict[str, Any]:
    """Write what was asked for from probabilities, and return its numbers."""
    options = run.options
    possible = options["possible"] or min(POSSIBLE, probable)
    if possible > probable:
        raise usage_error("--possible is more than --probable: nothing would be left to look at")
    known = _truth(run, options["truth"], lists)
    answers: reviewing.Said = {}
    if options["reviewed"]:
        with reading(options["reviewed"]):
            answers = reviewing.read(run.inputs.read(options["reviewed"])[0], lists)
            refuse(reviewing.unknown(answers, before, lists))
    found = probabilities.answered(before, answers)
    matched = probabilities.joined(lists, found, probable)
    counts = matching.patterns(matched.people, len(lists))
    rows = reviewing.rows(lists, found, possible, probable)
    outputs = [_counts_file(options["out"], lists, counts)]
    if options["review"]:
        outputs.append(OutputFile(options["review"], csv_text(rows)))
    if options["drawn"]:
        outputs.append(_draws_file(run, lists, found))
    write_new(*outputs)
    data = {"version": __version__, "seed": options["seed"], "probable": probable, "possible": possible}
    data |= report.found_json(matched, counts)
    data |= {"to_look_at": len(rows) - 1, "draws": options["draws"] if options["drawn"] else 0}
    data["model"] = report.model_json(found, matched)
    if answers:
        data["reviewed"] = report.reviewed_json(before, answers)
    if known:
        judged = evaluation.judged(matched, known[0], probable)
        fitted = evaluation.calibrated(found, known[0])
        data["truth"] = report.truth_json(lists, *known) | report.calibration_json(judged, fitted)
    return data


def _draws_file(run: Run, lists: Sequence[TokenFile], found: Chances) -> OutputFile:
    rows: list[Sequence[object]] = [(token_files.DRAW, *(each.house for each in lists), token_files.COUNT)]
    tables = drawing.tables(lists, found, run.options["draws"], run.options["seed"])
    for number, counts in enumerate(tables, 1):
        rows += [(number, *on, count) for on, count in counts.items()]
    return OutputFile(run.options["drawn"], csv_text(rows), FOR_ALL)


def clear(
    run: Run,
    people: Annotated[list[str], typer.Argument(metavar="PEOPLE.csv", help="CSV, one a list, named for it")],
    schema_file: SchemaFile,
    out: Counts,
    on: Annotated[str, choice(*engines.ENGINES)] = "duckdb",
    probable: Probable = None,
    possible: Possible = None,
    review: Review = None,
    reviewed: Reviewed = None,
    truth: KnownPairs = None,
    drawn: Drawn = None,
    draws: Draws = DRAWS,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Match lists by the words themselves."""
    if len(people) < 2:
        raise usage_error("at least two lists are needed")
    if lacks := engines.missing(on):
        raise FileError(f"--on {on}", lacks)
    # Imported here: whoever has tokens only does not need splink.
    from suar_research.linkage import clear as words

    with reading(schema_file):
        agreed = schema.parse_schema(run.inputs.read(schema_file)[0])
    read = [_read_words(run, name, agreed) for name in people]
    lists, columns, digests = (list(each) for each in zip(*read, strict=True))
    with reading(TOGETHER):
        refuse(token_files.twice_problems(lists))
        rules = words.rules(columns)
    try:
        with engines.engine(on) as engine:
            found = words.of_words(columns, agreed.features, rules, engine, seed)
    except Unreadable as error:
        raise FileError(TOGETHER, error.problems) from error
    except (RuntimeError, OSError) as error:
        raise FileError(f"--on {on}", [f"it could not work: {error}"]) from error
    data = _match_by_chance(run, lists, found, probable or PROBABLE)
    named = "; ".join(" and ".join(rule) for rule in rules)
    data |= {"on": on, "rules": [list(rule) for rule in rules], "lists": report.lists_json(lists, digests)}
    data["notices"] = [report.WORDS_SEEN, report.BLOCKED.format(number=len(rules), rules=named)]
    run.answer(report.match_report(data))


def _read_words(run: Run, name: str, agreed: schema.Schema) -> tuple[TokenFile, Columns, str]:
    """Read a list: its people by row number, their words, and the digest of the file."""
    with reading(name):
        text, digest = run.inputs.read(name)
        house = Path(name).stem
        refuse(f"its name is that of the list: {problem}" for problem in token_files.house_problems(house))
        header, body = rows_of(text, agreed.columns)
        places = [header.index(column) for column in agreed.columns]
        rows = [(number, [row[at].strip() for at in places]) for number, row in body]
        used = [(number, row) for number, row in rows if enough(row, agreed)]
        refuse([] if used else [f"no row has words in {FEWEST_FILLED} of the columns"])
    words: Columns = {
        of.column: [CLEANED[of.kind](row[at]) for _, row in used] for at, of in enumerate(agreed.features)
    }
    codes = tuple(str(number) for number, _ in used)
    return TokenFile(house, "", "", 0, codes, np.zeros((len(used), 0), np.uint8)), words, digest
