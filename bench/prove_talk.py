"""`./suar prove talk`: score the rules of the talk on invented stories, into docs/talk-stories.md.

Two readers labelled each story without knowing the rules; others held the talk and tapped the answers. The rules before
and now suggest an outcome from the same answers. `--check` writes nothing and fails if a goal is missed.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.figures import DOCS, ROOT, run_facts
from suar.screening.codes import Outcome
from suar.screening.rules.answers import LATEST, Answers, definition_path, path_of
from suar.screening.rules.draft import read_draft
from suar.screening.rules.instrument import Instrument, instrument
from suar.screening.rules.outcomes import element_values, suggest
from suar.screening.rules.steps import final_stop_code

FOLDER, PAGE = ROOT / "tests" / "talks", DOCS / "talk-stories.md"
BEFORE = {"short": 2, "full": 1, "signpost": 1}
FLAGGED = frozenset({Outcome.PRESUMED_VICTIM, Outcome.POSSIBLE_AT_RISK})
WHEN = ("before", "now")
REPORTED = "reported by another person"
GOALS = {"acceptable": 0.95, "harmless": 0.09}
NEAREST = {
    "I_M_NO_WAY": "I_M_CONFINE",
    "I_M_WITHHELD": "I_P_LIVING",
    "I_M_EXAMPLE": "I_M_THREAT",
    "I_M_PAPERS_KEPT": "I_M_PAPERS",
    "I_N_PAPERS_BACK": "I_M_PAPERS",
    "I_P_OVERTIME": "I_P_HOURS",
    "I_P_BIRTH": "I_P_SERVE",
    "I_P_TARGET": "I_P_CRIME",
    "I_N_RAPE": "I_M_FORCE",
    "I_N_FRAUD": "I_M_DECEIVE_JOB",
    "I_N_FAMILY": "I_P_NO_PAY",
    "I_N_JOURNEY": "I_M_CONFINE",
}
"""The kind of sign of the earlier form that is nearest to a newer one."""
HEAD = """# The talk on {stories} invented stories

Written by `./suar prove talk` on {on} at commit {commit}. Eleven writers who did not know the rules invented
the people in eight rounds, {harmless} of them with harmless stories. In the first round two readers labelled
each story by what can be known in the talk; in the others a reader did, and the writer, who are one in round 4.
Others held the talks and tapped the answers, without knowing the rules. All of them were simulated: no
caseworker and nobody with lived experience has read these stories yet, and the agreement of the readers says
little. The earlier rules are scored on the same answers, with the nearest kind of sign that the earlier form
offered. {reports} stories of people who are reported about by others are not counted: the form for reports
suggests no outcome.

The rules were mended after each round, so only the first score of a round is a fair test:

| round | stories | outcome acceptable | harmless, suggested possible or higher | people with real signs found |
|---|---|---|---|---|
| 1, its last 20 stories | 20 | 17 | 1 of 8 | 10 of 11 |
| 2 | 40 | 36 | 7 of 18 | 13 of 16, the others after a stop |
| 3 | 20 | 18 | 2 of 9 | 8 of 8 |
| 4 | 24 | 21 | 3 of 12 | 10 of 10 |
| 5 | 24 | 21 | 2 of 10 | 10 of 10 |
| 6 | 24 | 18 | 2 of 10 | 10 of 10 |
| 7 | 20 | 15 | 1 of 9 | 8 of 9, the other after a stop |
| 8 | 18 | 18 | 0 of 8 | 10 of 10 |

A label says what the readers know of the person. After a stop the answers hold little of it. So on 1 December 2026 two
more readers were given {cut_short} talks as they were held, those that were stopped or only said where help is and one
that no label accepted: what was recorded, said without a question and seen, without the story, the labels or the
suggestion. Their first choices agree in {readers_agree}. The first goal counts their labels for these talks, and
those of the story for the others.

Ten talks each of rounds 7 and 8 were held on the screens as well; the answers that are scored are from a sheet of
questions, but for round 7. After round 2, kinds of sign that are none were added, and others, who knew neither rules
nor labels, tapped 22 stories again. On 30 November 2026 somebody who knew the labels tapped 9 again: in 05, 63, 70, 82,
103, 190 and 202 the person is held and not accused (05 and 70 now end as usual); in 95 and 224 an accused person has no
lawyer, so that only what was seen counts.

Harmless stories that are still suggested possible: {flagged}. A label accepts that for {accepted} of them.

In {same} of {stories} stories both labels begin with the same outcome; they have the same act, means and purpose in
{act}, {means} and {purpose}.

"""


@dataclass(frozen=True, slots=True)
class Scored:
    """A story with the outcome that the rules suggest before and now."""

    story: Mapping[str, Any]
    before: Outcome
    now: Outcome

    def is_acceptable(self, outcome: Outcome) -> bool:
        """Return True if one of the readers accepts this outcome."""
        return any(outcome in label["outcomes"] for label in self.story["labels"])

    @property
    def labels_as_recorded(self) -> Any:
        """Return the labels of readers who saw only what was recorded and said unasked, else those of the story."""
        return self.story.get("as_recorded", self.story["labels"])

    def is_acceptable_as_recorded(self, outcome: Outcome) -> bool:
        """Return True if one of these readers accepts this outcome."""
        return any(outcome in label["outcomes"] for label in self.labels_as_recorded)

    @property
    def is_cut_short(self) -> bool:
        """Return True if the talk was stopped, or only said where help is."""
        answers = answers_of(self.story["taps"], LATEST)
        return answers.instrument == "signpost" or final_stop_code(answers) is not None

    @property
    def has_real_signs(self) -> bool:
        """Return True if both labels say at least possible trafficking, and not both accept "no signs".

        Harmless stories never have real signs.
        """
        accepted = [set(label["outcomes"]) for label in self.story["labels"]]
        flagged = all(FLAGGED & outcomes for outcomes in accepted)
        open_to_none = all(Outcome.NOT_INDICATED in outcomes for outcomes in accepted)
        return self.story["group"] != "harmless" and flagged and not open_to_none


def main(words: list[str]) -> int:
    """Score all stories, print the figures, write the page, and return 1 if a goal is missed with `--check`."""
    parser = argparse.ArgumentParser(prog="./suar prove talk", description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(words)
    scored = score_all()
    tables = "\n".join([_summary(scored), _groups(scored), _misses(scored)])
    print(tables)
    if not options.check:
        PAGE.write_text(_head(scored) + tables, "utf-8")
    return int(options.check and bool(missed_goals(scored)))


def score_all() -> list[Scored]:
    """Return all stories in which the person is there, in order, scored."""
    return [Scored(story, _outcome(story, BEFORE), _outcome(story, LATEST)) for story in read_stories(reports=False)]


def read_stories(*, reports: bool) -> list[dict[str, Any]]:
    """Return the stories told by somebody else, or those of people who are there."""
    files = sorted(FOLDER.glob("*.json"), key=lambda file: int(file.stem))
    stories = [json.loads(file.read_text("utf-8")) for file in files]
    return [story for story in stories if (story["mode"] == REPORTED) is reports]


def missed_goals(scored: Iterable[Scored]) -> list[str]:
    """Return the goals that the rules of now miss; no group may find fewer people with real signs than before."""
    rows = list(scored)
    missed = (
        [] if _share(row.is_acceptable_as_recorded(row.now) for row in rows) >= GOALS["acceptable"] else ["acceptable"]
    )
    harmless = [row.now in FLAGGED for row in rows if row.story["group"] == "harmless"]
    missed += [] if _share(harmless) <= GOALS["harmless"] else ["harmless"]
    for name, group in _by_group([row for row in rows if row.has_real_signs]).items():
        if sum(row.now in FLAGGED for row in group) < sum(row.before in FLAGGED for row in group):
            missed.append(name)
    return missed


def answers_of(taps: Mapping[str, Any], versions: Mapping[str, int]) -> Answers:
    """Return the answers of a talk in one version of its form."""
    talk = instrument(taps["instrument"], versions[taps["instrument"]])
    draft = {key: taps[key] for key in ("instrument", "needs", "age", "stopped_by")}
    if versions is LATEST:
        draft |= {key: taps[key] for key in ("choices", "signs", "picked")}
        if taps["choices"].get("CU_HELD") == "NO_LAWYER":
            # Nothing was asked, and the note after this stop takes only what was seen.
            dropped = taps["signs"].keys() - {"SN_SEEN", "NT_SEEN"}
            for part in ("choices", "signs"):
                draft[part] = {code: taps[part][code] for code in taps[part].keys() - dropped}
    else:
        draft |= _as_before(taps, talk)
    return read_draft({**draft, "version": talk.version})


def _as_before(taps: Mapping[str, Any], talk: Instrument) -> dict[str, Any]:
    choices = {
        code: answer
        for code, answer in taps["choices"].items()
        if code in talk.questions and answer in {option.code for option in talk.questions[code].options}
    }
    signs = {}
    for question in taps["signs"].keys() & talk.questions.keys():
        offered = {line.sign for line in talk.lines if line.question == question}
        kinds = sorted({NEAREST.get(kind, kind) for kind in taps["signs"][question]} & offered)
        if kinds:
            signs[question] = kinds
        elif all(kind.startswith("I_N_") for kind in taps["signs"][question]):
            choices[question] = "NO"
    needs = {code: need for code, need in taps["needs"].items() if code in talk.needs}
    return {"choices": choices, "signs": signs, "picked": {}, "needs": needs}


def _outcome(story: Mapping[str, Any], versions: Mapping[str, int]) -> Outcome:
    answers = answers_of(story["taps"], versions)
    talk = instrument(answers.instrument, answers.version)
    elements = element_values(answers, path_of(answers))
    return suggest(elements, definition_path(answers), final_stop_code(answers), talk=talk).outcome


def _share(flags: Iterable[bool]) -> float:
    known = list(flags)
    return sum(known) / len(known) if known else 0.0


def _by_group(rows: Iterable[Scored]) -> dict[str, list[Scored]]:
    groups: dict[str, list[Scored]] = {}
    for row in rows:
        age = row.story["age"]
        band = "age unknown" if age is None else "under 12" if age < 12 else "12 to 17" if age < 18 else "18 or over"
        for name in (row.story["sex"], band, f"form: {row.story['taps']['instrument']}"):
            groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items()))


def _summary(rows: list[Scored]) -> str:
    lines = ["| stories | | before | now | goal |", "|---|---|---|---|---|"]
    parts = {
        "all": rows,
        "talked to the end": [row for row in rows if not row.is_cut_short],
        "stopped, or only where help is": [row for row in rows if row.is_cut_short],
        **{f"round {n}": [row for row in rows if row.story["round"] == n] for n in range(1, 9)},
    }
    for name, part in parts.items():
        harmless = [row for row in part if row.story["group"] == "harmless"]
        real = [row for row in part if row.has_real_signs]
        for what, group, goal, flag in (
            (
                "outcome acceptable to a reader of the talk as it was held",
                part,
                "95%",
                Scored.is_acceptable_as_recorded,
            ),
            ("outcome acceptable to a reader of the whole story", part, "", Scored.is_acceptable),
            ("harmless, suggested possible or higher", harmless, "at most 9%", _is_flagged),
            ("real signs, suggested possible or higher", real, "not lower", _is_flagged),
        ):
            counts = [sum(flag(row, outcome) for row, outcome in _outcomes(group, when)) for when in WHEN]
            cells = " | ".join(f"{count} of {len(group)}" for count in counts)
            lines.append(f"| {name} | {what} | {cells} | {goal} |")
    return "\n".join(lines) + "\n"


def _is_flagged(_row: Scored, outcome: Outcome) -> bool:
    return outcome in FLAGGED


def _outcomes(rows: Iterable[Scored], when: str) -> list[tuple[Scored, Outcome]]:
    return [(row, getattr(row, when)) for row in rows]


def _groups(rows: list[Scored]) -> str:
    lines = [
        "| group | stories | acceptable before | now | real signs found before | now |",
        "|---|---|---|---|---|---|",
    ]
    for name, group in _by_group(rows).items():
        real = [row for row in group if row.has_real_signs]
        good = [
            sum(row.is_acceptable(outcome) for row, outcome in _outcomes(group, when)) for when in ("before", "now")
        ]
        flagged = [sum(outcome in FLAGGED for _, outcome in _outcomes(real, when)) for when in WHEN]
        cells = [len(group), *good, *(f"{count} of {len(real)}" for count in flagged)]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def _misses(rows: list[Scored]) -> str:
    lines = ["Stories whose outcome no reader of the talk as it was held accepts now:", ""]
    for row in rows:
        if not row.is_acceptable_as_recorded(row.now):
            wanted = sorted({outcome for label in row.labels_as_recorded for outcome in label["outcomes"]})
            lines.append(f"- {row.story['id']} ({row.story['kind']}): {row.now}; readers: {', '.join(wanted)}")
    whole = ", ".join(row.story["id"] for row in rows if not row.is_acceptable(row.now))
    return "\n".join([*lines, "", f"No reader of the whole story accepts those of {whole}."]) + "\n"


def _head(rows: list[Scored]) -> str:
    same: Counter[str] = Counter()
    for row in rows:
        first, second = row.story["labels"]
        same["same"] += first["outcomes"][0] == second["outcomes"][0]
        for element in ("act", "means", "purpose"):
            same[element] += first[element] == second[element]
    flagged = [row for row in rows if row.story["group"] == "harmless" and row.now in FLAGGED]
    recorded = [row.labels_as_recorded for row in rows if "as_recorded" in row.story]
    return HEAD.format(
        **run_facts(),
        stories=len(rows),
        harmless=sum(row.story["group"] == "harmless" for row in rows),
        reports=len(read_stories(reports=True)),
        flagged=", ".join(row.story["id"] for row in flagged),
        accepted=sum(row.is_acceptable(row.now) for row in flagged),
        cut_short=len(recorded),
        readers_agree=sum(first["outcomes"][0] == second["outcomes"][0] for first, second in recorded),
        **{key: same[key] for key in ("same", "act", "means", "purpose")},
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
