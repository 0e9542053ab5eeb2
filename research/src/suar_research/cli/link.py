"""`link`: find who is on several lists without names."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from suar_research import __version__
from suar_research.cli.options import AsJson, Run, Seed, answering, choice, command, group, share, usage_error, whole
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
from suar_research.linkage import drawing, engines, evaluation, matching, probabilities, report, reviewing, schema
from suar_research.linkage import tokens as token_files
from suar_research.linkage.probabilities import Answers, Chances
from suar_research.linkage.report import TEXTS
from suar_research.linkage.schema import CLEANED, Columns
from suar_research.linkage.tokens import FEWEST_FILLED, TokenFile, encode, enough
from suar_research.report import Report

SURE, UNSURE, PROBABLE, POSSIBLE, DRAWS = 0.7, 0.62, 0.5, 0.05, 200
WORTH_CORRECTING, HOPELESS, FEWEST_EXPECTED = 0.03, 0.5, 20
LOOKED_AT = ("review", "reviewed", "drawn", "truth")
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
    commands = group(
        "link",
        ("key", "make the key that the organisations of one linkage share", make_key),
        ("schema", "write a schema to begin with", make_schema),
        ("encode", "turn a list into tokens", encode_list),
        shared=answering,
    )
    command(commands, "link match", "find who is on several lists, from tokens alone", match, matching_lists)
    command(commands, "link clear", "find who is on several lists whose words may be seen", clear, matching_lists)
    return commands


def matching_lists(
    run: Run,
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
    """Declare the options of both kinds of matching."""


def make_key(
    run: Run, name: Annotated[str, typer.Argument(metavar="NAME", help="name of the linkage")], out: Out
) -> None:
    """Write a new key."""
    key = token_files.new_key(name)
    write_new(OutputFile(out, token_files.format_key(key)))
    run.answer(Report("Key", (f"{out} is the key: give it to the organisations alone.",), {"key": key.mark}))


def make_schema(
    run: Run,
    out: Out,
    unsalted: Annotated[bool, typer.Option("--unsalted", help="find through slips in the year")] = False,
) -> None:
    """Write a schema."""
    agreed = schema.NAMES_AND_BIRTH if unsalted else schema.SALTED
    write_new(OutputFile(out, schema.format_schema(agreed), FOR_ALL))
    run.answer(Report("Schema", (report.schema_note(salted=not unsalted),), {"schema": agreed.mark}))


def encode_list(
    run: Run,
    people: Annotated[str, typer.Argument(metavar="PEOPLE.csv", help="CSV with the columns of the schema")],
    organisation: Annotated[str, typer.Option("--house", help="the name of this list in the counts")],
    key: Annotated[str, typer.Option(metavar="FILE")],
    schema_file: SchemaFile,
    out: Annotated[str, typer.Option(metavar="FILE", help="tokens, to be given away")],
    rows: Annotated[str, typer.Option(metavar="FILE", help="codes and rows; they stay with you")],
) -> None:
    """Encode a list as tokens."""
    if problems := token_files.name_problems(organisation):
        raise usage_error(f"--house: {problems[0]}")
    secret = run.inputs.parse(key, token_files.parse_key)
    agreed = run.inputs.parse(schema_file, schema.parse_schema)
    encoded = run.inputs.parse(people, lambda text: encode(text, agreed, secret, organisation))
    codes = csv_text([("code", "row"), *encoded.rows])
    write_new(OutputFile(rows, codes), OutputFile(out, token_files.format_tokens(encoded.file)))
    run.answer(report.encoding_report(encoded, out, rows))


def match(
    run: Run,
    tokens: Annotated[list[str], typer.Argument(metavar="TOKENS", help="token files, one a list")],
    out: Counts,
    sure: Annotated[float | None, typer.Option(parser=share, help=f"alike enough to be one ({SURE})")] = None,
    unsure: Annotated[float | None, typer.Option(parser=share, help=f"alike enough to look at ({UNSURE})")] = None,
    lost: Annotated[float, typer.Option(min=0, max=0.9, help="share of true pairs that the salt loses")] = 0.0,
) -> None:
    """Match by similarity, or by probability with --probable."""
    probable = run.options["probable"]
    if len(tokens) < 2:
        raise usage_error("at least two files of tokens are needed")
    if probable and (sure or unsure):
        raise usage_error("--probable takes the place of --sure and --unsure: say one or the other")
    if not probable and (needs := [name for name in ("possible", "reviewed", "drawn") if run.options[name]]):
        raise usage_error(f"--{needs[0]} needs --probable: a probability for each pair")
    sure, unsure = sure or SURE, unsure or UNSURE
    if unsure > sure:
        raise usage_error("--unsure is more than --sure: nothing would be left to look at")
    lists = [run.inputs.parse(name, token_files.parse_tokens) for name in tokens]
    digests = [run.inputs.digest(name) for name in tokens]
    with reading(TOGETHER):
        token_files.check_together(lists, tokens)
    data = report.tokens_json(lists, digests)
    salt_note = TEXTS["salted_misses" if lists[0].salted else "not_salted"]
    if lost:
        salt_note = TEXTS["lost"].format(lost=lost)
    if not probable:
        _match_by_similarity(run, lists, data | {"notices": [TEXTS["cannot_know"], salt_note]}, (unsure, sure))
        return
    with reading(TOGETHER):
        chances = probabilities.of_tokens(lists)
    data |= _match_by_probability(run, lists, chances, probable)
    data["notices"] = [TEXTS["learnt"], *data["notices"], salt_note]
    run.answer(report.match_report(data))


def _truth(run: Run, lists: Sequence[TokenFile]) -> tuple[evaluation.Truth, dict[str, Any]] | None:
    """Read known pairs, and which lists they are about."""
    if (name := run.options["truth"]) is None:
        return None
    truth = run.inputs.parse(name, lambda text: evaluation.read_known_pairs(text, lists))
    return truth, report.truth_json(lists, truth, run.inputs.digest(name))


def _match_by_similarity(
    run: Run, lists: Sequence[TokenFile], data: dict[str, Any], thresholds: tuple[float, float]
) -> None:
    (unsure, sure), known = thresholds, _truth(run, lists)
    with reading(TOGETHER):
        pairs = matching.compared(lists, unsure)
        double = sum(len(probabilities.alike_inside(item.tokens, sure)[0]) for item in lists)
    data["notices"] += [TEXTS["inside_sure"].format(number=double)] if double else []
    matched = matching.joined(lists, pairs, sure)
    counts = _corrected(run, matching.patterns(matched.people, len(lists)))
    outputs = [_counts_file(run, lists, counts)]
    if run.options["review"]:
        outputs.append(OutputFile(run.options["review"], csv_text(reviewing.unsure_rows(lists, matched))))
    write_new(*outputs)
    data |= {"version": __version__, "sure": sure, "unsure": unsure, "unsure_pairs": len(matched.unsure)}
    data |= report.people_json(matched, counts)
    if known:
        rows = list(evaluation.over_thresholds(lists, pairs, known[0], thresholds))
        at_sure = next(row for row in rows if row["sure"] == sure)
        data["truth"] = known[1] | {"at_sure": at_sure, "thresholds": rows, "notice": TEXTS["all_true"]}
    run.answer(report.match_report(data))


def _corrected(run: Run, counts: drawing.Counts) -> drawing.Counts:
    """Return counts corrected for links that the salt loses, where a share of them was given."""
    lost = run.options.get("lost")
    return matching.with_lost_links(counts, lost) if lost else counts


def _counts_file(run: Run, lists: Sequence[TokenFile], counts: drawing.Counts) -> OutputFile:
    name, lost = run.options["out"], _share_lost(run, lists)
    header = [*(file.organisation for file in lists), *lost, token_files.COUNT]
    rows = ([*on, *lost.values(), count] for on, count in counts.items())
    return OutputFile(name, csv_text([header, *rows]), FOR_ALL)


def _share_lost(run: Run, lists: Sequence[TokenFile]) -> dict[str, float]:
    """Return the column of counts from salted tokens, which tells `estimate mse` the share they are corrected for."""
    return {token_files.SALT_LOST: run.options["lost"]} if lists[0].salted else {}


def _match_by_probability(run: Run, lists: Sequence[TokenFile], before: Chances, probable: float) -> dict[str, Any]:
    """Write the files of a match by probability, and return its numbers."""
    options = run.options
    possible = options["possible"] or min(POSSIBLE, probable)
    if possible > probable:
        raise usage_error("--possible is more than --probable: nothing would be left to look at")
    known = _truth(run, lists)
    double, lists = before.double_entries(lists), before.first_records(lists)
    answers: Answers = {}
    if options["reviewed"]:
        answers = run.inputs.parse(options["reviewed"], lambda text: reviewing.read(text, lists, before))
    chances = probabilities.answered(before, answers)
    matched = probabilities.joined(lists, chances, probable)
    model = report.model_json(chances, matched)
    missed = _share_missed(run, model)
    counts = _corrected(run, matching.patterns(matched.people, len(lists)))
    rows = reviewing.rows(lists, chances, possible, probable)
    outputs = [_counts_file(run, lists, counts)]
    if options["review"]:
        outputs.append(OutputFile(options["review"], csv_text(rows)))
    if options["drawn"]:
        outputs.append(_draws_file(run, lists, chances))
    write_new(*outputs)
    data = {"version": __version__, "seed": options["seed"], "probable": probable, "possible": possible}
    data |= report.people_json(matched, counts)
    data |= {"to_look_at": len(rows) - 1, "draws": options["draws"] if options["drawn"] else 0}
    data |= {"model": model, "double_entries": double}
    inside = {"united": sum(double.values()), "inside": chances.alike_inside}
    data["notices"] = [TEXTS[name].format(number=number) for name, number in inside.items() if number]
    if options.get("lost") == 0 and missed >= WORTH_CORRECTING:
        data["notices"].append(TEXTS["missed"].format(missed=missed))
    if answers:
        expected = {(pair.first, pair.second): pair.alike for pair in before.listed(0.0)}
        expected_yes = round(sum(expected[pair] for pair in answers), 2)
        data["reviewed"] = {"pairs": len(answers), "yes": sum(answers.values()), "expected_yes": expected_yes}
    if known:
        truth = evaluation.of_people(known[0], before)
        scores = evaluation.judged(matched, truth, probable)
        data["truth"] = known[1] | {"at_probable": scores} | evaluation.calibrated(chances, truth)
    return data


def _share_missed(run: Run, model: Mapping[str, Any]) -> float:
    """Return the share of links that is not found; raises FileError if it is most of them and nobody looks at pairs."""
    missed: float = 0.0 if model["expected_recall"] is None else 1 - model["expected_recall"]
    if missed > HOPELESS and model["expected_matches"] >= FEWEST_EXPECTED and not any(map(run.options.get, LOOKED_AT)):
        raise FileError(TOGETHER, [TEXTS["hopeless"].format(missed=missed)])
    return missed


def _draws_file(run: Run, lists: Sequence[TokenFile], chances: Chances) -> OutputFile:
    lost = _share_lost(run, lists)
    rows: list[Sequence[object]] = [
        (token_files.DRAW, *(file.organisation for file in lists), *lost, token_files.COUNT)
    ]
    tables = drawing.tables(lists, chances, run.options["draws"], run.options["seed"])
    for number, counts in enumerate(tables, 1):
        rows += [(number, *on, *lost.values(), count) for on, count in _corrected(run, counts).items()]
    return OutputFile(run.options["drawn"], csv_text(rows), FOR_ALL)


def clear(
    run: Run,
    people: Annotated[list[str], typer.Argument(metavar="PEOPLE.csv", help="CSV, one a list, named for it")],
    schema_file: SchemaFile,
    out: Counts,
    on: Annotated[str, choice(*engines.ENGINES)] = "duckdb",
) -> None:
    """Match lists by the words themselves."""
    if len(people) < 2:
        raise usage_error("at least two lists are needed")
    if lacks := engines.missing(on):
        raise FileError(f"--on {on}", lacks)
    # Imported here: who matches tokens only does not need splink.
    from suar_research.linkage import clear as words

    agreed = run.inputs.parse(schema_file, schema.parse_schema)
    read = [run.inputs.parse(name, partial(_read_words, name, agreed)) for name in people]
    lists, columns = [file for file, _ in read], [cells for _, cells in read]
    with reading(TOGETHER):
        refuse(token_files.twice_problems(lists))
        rules = words.rules(columns)
    try:
        with engines.engine(on) as engine:
            chances = words.of_words(columns, agreed.features, rules, engine, run.options["seed"])
    except Unreadable as error:
        raise FileError(TOGETHER, error.problems) from error
    except (RuntimeError, OSError) as error:
        raise FileError(f"--on {on}", [f"it could not work: {error}"]) from error
    data = _match_by_probability(run, lists, chances, run.options["probable"] or PROBABLE)
    named = "; ".join(" and ".join(rule) for rule in rules)
    data |= {"on": on, "rules": [list(rule) for rule in rules]}
    data["lists"] = report.lists_json(lists, [run.inputs.digest(name) for name in people])
    data["notices"] = [TEXTS["words_seen"], TEXTS["blocked"].format(number=len(rules), rules=named), *data["notices"]]
    run.answer(report.match_report(data))


def _read_words(name: str, agreed: schema.Schema, text: str) -> tuple[TokenFile, Columns]:
    """Read a list: its people by row number, and their words by column; raises Unreadable."""
    title = Path(name).stem
    refuse(f"its name is that of the list: {problem}" for problem in token_files.name_problems(title))
    header, body = rows_of(text, agreed.columns)
    places = [header.index(column) for column in agreed.columns]
    rows = [(number, [row[at].strip() for at in places]) for number, row in body]
    used = [(number, row) for number, row in rows if enough(row, agreed)]
    refuse([] if used else [f"no row has words in {FEWEST_FILLED} of the columns"])
    words: Columns = {
        feature.column: [CLEANED[feature.kind](row[at]) for _, row in used]
        for at, feature in enumerate(agreed.features)
    }
    codes = tuple(str(number) for number, _ in used)
    return TokenFile(title, "", "", 0, codes, np.zeros((len(used), 0), np.uint8)), words
