"""The answer of network scale-up: both ways, their assumptions, and known groups as a check."""

from collections.abc import Sequence

from suar_research.answers import Answer
from suar_research.nsum.panel import ASSUMPTIONS, Known
from suar_research.nsum.survey import Survey
from suar_research.report import Lines, Report, Section, Table, answer_json, people, plain
from suar_research.texts import texts

TEXTS = texts("nsum.report")
METHODS: dict[str, str] = TEXTS["methods"]


def report_of(survey: Survey, answers: Sequence[Answer], known: Sequence[Known], notices: Sequence[str]) -> Report:
    """Make the report of a survey."""
    rows = tuple(
        (each.name, people(each.estimate), f"{people(each.shown.low)} - {people(each.shown.high)}", each.model)
        for each in answers
    )
    blocks = (
        f"{len(survey.target):,} respondents, {len(survey.groups)} groups of known size.",
        Table("", ("method", "people", "95% between", "model"), rows, left=1),
        Section("Notices", notices),
        Section("What the methods take for true", ASSUMPTIONS),
        Section("What each method does", [f"{name}: {text}" for name, text in METHODS.items()]),
        Lines(
            "Groups that are known, estimated from the others",
            [f"  {each.name}: {each.known:,.0f}, {people(each.estimate)}" for each in known],
        ),
    )
    data = {
        "respondents": len(survey.target),
        "methods": [answer_json(each) for each in answers],
        "notices": list(notices),
        "assumptions": list(ASSUMPTIONS),
        "known_groups": plain(list(known)),
    }
    return Report("How many there may be", blocks, data)
