"""The answers of record linkage: numbers, never who."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from suar_research.coverage import texts
from suar_research.linkage.evaluation import Truth
from suar_research.linkage.matching import Matched, counted
from suar_research.linkage.probabilities import Chances
from suar_research.linkage.tokens import Encoded, TokenFile
from suar_research.report import Block, Report, Section, Table

Data = dict[str, Any]
FULL = 0.4
MANY = 0.02
CROWD = 100
"""With this many people of one salt, tokens are read if some people are known; docs/linkage-attacks.md."""
ROWS_NAMED = 10
RATES = ("precision", "recall", "F1")
TEXTS = texts("linkage.report")


def schema_note(*, salted: bool) -> str:
    """Return what a schema costs, so that organisations can choose."""
    text: str = TEXTS["salted_finds_less" if salted else "not_salted"]
    return text


def encoding_report(encoded: Encoded, out: str, rows: str) -> Report:
    """Report what was encoded, and what must stay with the organisation."""
    data = {"people": len(encoded.file.codes), "left_out": encoded.left_out, "without_salt": encoded.without_salt}
    return Report("Encoded", tuple(_encoding(encoded, out, rows)), data)


def _encoding(encoded: Encoded, out: str, rows: str) -> Iterator[str]:
    yield f"{len(encoded.file.codes)} people are in {out}."
    yield f"{rows} tells which code is which row: it stays with you."
    yield "Give the tokens only to whoever matches them, who must never have the key."
    if not encoded.file.salted:
        yield TEXTS["not_salted"]
    if encoded.left_out:
        yield f"Left out, for they hold too little: row {_named(encoded.left_out)}."
    for column, wrong in encoded.no_dates:
        people = "1 person has" if len(wrong) == 1 else f"{len(wrong):,} people have"
        yield TEXTS["no_dates"].format(column=column, people=people, rows=_named(wrong))
    if encoded.without_salt:
        number = len(encoded.without_salt)
        people = "person" if number == 1 else "people"
        yield TEXTS["without_salt"].format(number=number, people=people, rows=_named(encoded.without_salt))
    if len(encoded.sparse) > MANY * len(encoded.rows):
        yield TEXTS["sparse"].format(number=len(encoded.sparse), rows=_named(encoded.sparse))
    if encoded.file.salted and encoded.most_of_a_salt >= CROWD:
        yield TEXTS["crowd"].format(number=encoded.most_of_a_salt, crowd=CROWD)
    full = float(counted(encoded.file.tokens).mean()) / encoded.file.length
    if full > FULL:
        yield f"Tokens are {full:.0%} full; above {FULL:.0%} they distinguish people badly."


def _named(rows: Sequence[int]) -> str:
    more = len(rows) - ROWS_NAMED
    return ", ".join(map(str, rows[:ROWS_NAMED])) + (f" and {more} more" if more > 0 else "")


def lists_json(lists: Sequence[TokenFile], digests: Sequence[str]) -> list[Data]:
    """Return the lists with their sizes and the digests of their files."""
    files = zip(lists, digests, strict=True)
    return [{"house": file.organisation, "people": len(file.codes), "sha256": digest} for file, digest in files]


def tokens_json(lists: Sequence[TokenFile], digests: Sequence[str]) -> Data:
    """Return which token files these were."""
    first = lists[0]
    about = {"key": first.key, "schema": first.schema, "salted": first.salted}
    return {**about, "lists": lists_json(lists, digests)}


def people_json(matched: Matched, counts: Mapping[tuple[int, ...], int]) -> Data:
    """Return how many people were found, and how many on several lists."""
    several = sum(count for on, count in counts.items() if sum(on) > 1)
    return {"people": len(matched.people), "on_several": several}


def truth_json(lists: Sequence[TokenFile], truth: Truth, digest: str) -> Data:
    """Return which lists known pairs are about."""
    return {"houses": [lists[at].organisation for at in truth.lists], "pairs": len(truth.pairs), "sha256": digest}


def model_json(chances: Chances, matched: Matched) -> Data:
    """Return the model of match probabilities, and how right the match is expected to be.

    Precision is of the pairs that were joined. Recall is of all two records of one person: three pairs for somebody
    on three lists, of which two were joined.
    """
    certain = sum(pair.alike for pair in matched.sure)
    person_of = {record: number for number, person in enumerate(matched.people) for record in person}
    found = sum(pair.alike for pair in chances.listed(0.0) if person_of[pair.first] == person_of[pair.second])
    return {
        "floor": chances.floor,
        "pairs": sum(len(item.chance) for item in chances.pairs),
        "matches": len(matched.sure),
        "expected_matches": round(chances.expected, 2),
        "expected_precision": round(certain / len(matched.sure), 4) if matched.sure else None,
        "expected_recall": round(found / chances.expected, 4) if chances.expected else None,
        "alike_inside": chances.alike_inside,
    }


def match_report(data: Data) -> Report:
    """Make the report of a match, by similarity or by probability."""
    return Report("Who is on several lists", tuple(_match(data)), data)


def _match(data: Data) -> Iterator[Block]:
    for file in data["lists"]:
        rows, double = file["people"], data.get("double_entries", {}).get(file["house"], 0)
        yield f"{file['house']}: " + (f"{rows} rows of {rows - double} people" if double else f"{rows} people")
    yield f"Together: {data['people']} different people, {data['on_several']} on several lists."
    if "model" in data:
        yield from _probable(data)
    else:
        yield f"{data['unsure_pairs']} pairs are alike, but not enough."
    yield Section("Notices", data["notices"])
    if "truth" in data:
        one, other = data["truth"]["houses"]
        yield f"{data['truth']['pairs']} pairs of {one} and {other} are known to be one person."
        if data.get("salted"):
            yield _share_lost(data["truth"])
        yield from _calibration(data["truth"], data["model"]["floor"]) if "model" in data else _thresholds(data)


def _share_lost(truth: Data) -> str:
    """Say which share of known pairs was not found, as `--lost` takes it."""
    recall = (truth.get("at_probable") or truth["at_sure"])["recall"]
    text: str = TEXTS["share_lost"].format(
        pairs=truth["pairs"], lost=1 - recall["value"], low=1 - recall["high"], high=1 - recall["low"]
    )
    return text


def _probable(data: Data) -> Iterator[Block]:
    model = data["model"]
    yield TEXTS["probable"].format(probable=data["probable"], **model)
    if model["expected_precision"] is not None:
        yield TEXTS["expected"].format(**model)
    yield f"{data['to_look_at']} pairs are possible but not probable: look at them."
    if "reviewed" in data:
        yield TEXTS["reviewed"].format(**data["reviewed"])


def _thresholds(data: Data) -> Iterator[Block]:
    rows = []
    for row in data["truth"]["thresholds"]:
        sure = max(f"{row['sure']:.2f}", f"{row['sure']:g}", key=len) + (" *" if row["sure"] == data["sure"] else "")
        rows.append((sure, row["found"], row["right"], *(_rate_words(row[name.lower()]) for name in RATES)))
    yield Table("", ("--sure", "found", "right", *RATES), tuple(rows), (data["truth"]["notice"],), left=3)


def _calibration(truth: Data, floor: float) -> Iterator[Block]:
    at = truth["at_probable"]
    rates = ", ".join(f"{name} {_rate_words(at[name.lower()])}" for name in RATES)
    yield f"{at['found']:,} found, {at['right']:,} right: {rates}"
    rows = tuple(
        (f"{band['low']:.2f} to {band['high']:.2f}", band["pairs"], f"{band['told']:.3f}", _rate_words(band["true"]))
        for band in truth["reliability"]
    )
    where = f"alike from {floor:.2f} on" if floor else "that agree on a rule"
    notes = (
        f"Expected matches {truth['expected']:,.1f}, true ones {truth['true']:,}. Brier score {truth['brier']:.4f}",
        TEXTS["only_candidates"].format(where=where, unseen=truth["unseen"], none=truth["brier_of_none"]),
    )
    yield Table("", ("probability", "pairs", "mean", "truly one"), rows, notes, left=1)


def _rate_words(rate: Mapping[str, float] | None) -> str:
    return f"{rate['value']:.3f} ({rate['low']:.3f}-{rate['high']:.3f})" if rate else "-"
