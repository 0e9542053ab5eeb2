"""Pydantic models of the data files of a talk.

An instrument is one version of a question set with everything it uses. Source: docs/decisions/talk.md.
"""

from collections import ChainMap
from collections.abc import Iterable
from functools import cached_property, lru_cache

from pydantic import Field, field_validator, model_validator

from suar.core.urgency import Urgency
from suar.screening.codes import Outcome, Step, Strength, Value
from suar.screening.rules.answers import LATEST, AgeBand, Answers, Element, Path
from suar.screening.rules.data_files import Data, Raw, load_file, load_set

ANY, LISTS = "ANY", {"settings": "SETTING", "barriers": "BARRIERS", "missed": "MISSED"}
"""Any value of a table, and the data files whose codes are used as an answer set."""

Wording = dict[str, str]  # text by language


class Option(Data):
    """An answer option."""

    code: str
    text: Wording


class Question(Data):
    """A question or prompt; docs/decisions/talk.md describes the kinds.

    `optional_set`: its set of prompts for some people, or None. `groups`: the groups of needs that a list shows;
    empty for all. `usual`: the answer of "none of this"; `well`: that of "all else is well".
    `well_says`: the words of that answer on the button.
    `why_bad`: why a bad answer blocks. `later`: the wording for a talk that is written up afterwards.
    """

    code: str
    kind: str
    to: str
    text: Wording
    child: Wording | None = None
    options: tuple[Option, ...] = ()
    bad: frozenset[str] = frozenset()
    paths: frozenset[Path] = frozenset(Path)
    theme: str | None = None
    asks: frozenset[Element] = frozenset()
    raises: str | None = None
    reminder: Wording | None = None
    standard: tuple[str, ...] = ()
    optional_set: str | None = Field(None, alias="set")
    groups: frozenset[str] = frozenset()
    usual: str = ""
    well: str = ""
    well_says: Wording | None = None
    why_bad: Wording | None = None
    later: Wording | None = None
    only_later: bool = False

    def wording(self, path: Path) -> Wording:
        """Return the wording for this path."""
        return self.child if self.child is not None and path is Path.CHILD else self.text


class StepSlot(Data):
    """A step of a talk with its questions; `part` is before, during or after.

    `also`: questions of the next step that its page asks too. `well`: what one button says about all open questions.
    """

    code: Step
    part: str
    title: Wording
    later: Wording | None = None
    why: Wording
    questions: tuple[Question, ...]
    standard: tuple[str, ...]
    also: frozenset[str] = frozenset()
    well: Wording | None = None


class Trigger(Data):
    """An answer that triggers a stop rule; a path of None means both paths."""

    question: str | None = None
    need: str | None = None
    path: Path | None = None
    values: frozenset[str] = Field(alias="is")


class Help(Data):
    """The service types that help, best first.

    `child_services`: those for a child, if they differ. `whom` is to be helped instead of the person: CHILD or OTHER;
    FOREIGNER if the need shows it. `without_testimony`: one that asks for testimony is offered only if no other is.
    """

    services: tuple[str, ...]
    child_services: tuple[str, ...] = ()
    whom: str = ""
    without_testimony: bool = False

    def services_for(self, path: Path) -> tuple[str, ...]:
        """Return the service types for a child or for others."""
        return self.child_services if path is Path.CHILD and self.child_services else self.services


class Ending(Data):
    """A rule that ends the talk or its questions: where it is offered, what to do now, what to say to the person."""

    code: str
    offered_at: frozenset[Step]
    label: Wording
    what: Wording
    now: tuple[Wording, ...]
    say: Wording
    child: Wording


class Stop(Ending, Help):
    """A stop rule: what triggers it, how the talk ends, and what is stored. `in_custody`: words to read in custody."""

    ask: Wording | None = None
    in_custody: Wording | None = Field(None, alias="held")
    triggers: tuple[Trigger, ...] = Field(alias="pressed_by")
    ends_as: Outcome
    keeps: str
    level: Urgency | None

    @model_validator(mode="before")
    @classmethod
    def _offer_always(cls, raw: Raw) -> Raw:
        return {**raw, "offered_at": list(Step)} if raw["offered_at"] == "ALWAYS" else raw


class EarlyEnd(Ending):
    """A rule that ends the questions but not the talk; it leads to another step."""

    when: str
    leads_to: Step


class Need(Help):
    """A need. `folded`: it is listed behind "More". `may_wait`: an adult may agree to help in the next three days."""

    code: str
    level: Urgency
    folded: bool = False
    may_wait: bool = False
    text: Wording


class Sign(Data):
    """A sign. One with a strength of None is shown but not scored.

    `by`: it is a means only if done by somebody who recruited, moved, hired, housed or profited. `neutral`: an answer
    that is recorded and is no sign, such as papers that were given back. `frees`: it says that the person could leave;
    `at_home`: the work was in the own home or family. `beside_strong`: its strength beside a strong one that holds.
    `raises`: the need that it raises instead of the one of its question.
    """

    code: str
    element: Element | None
    observed: bool
    strength: dict[Path, Strength | None]
    conditions: bool
    holds: bool
    by: bool = False
    neutral: bool = False
    frees: bool = False
    at_home: bool = False
    raises: str | None = None
    beside_strong: dict[Path, Strength] = {}
    text: Wording
    reminder: Wording | None = None

    @field_validator("strength", "beside_strong", mode="before")
    @classmethod
    def _by_path(cls, raw: Raw) -> dict[str, str | None]:
        return {path.upper(): strength for path, strength in raw.items()}


class Threshold(Data):
    """Counts of signs that support an element when all are reached."""

    strong: int
    medium: int
    weak: int


class MapLine(Data):
    """A mapping from a question to a sign, with the reason."""

    question: str
    sign: str
    paths: frozenset[Path] = frozenset(Path)
    because: Wording


class Row(Data):
    """A row of a decision table. Elements not in `when` may have any value.

    `only`: only if these facts are known. With HURT_ONLY nothing else raises it.
    """

    code: str
    when: dict[Element, frozenset[Value]]
    only: frozenset[str] = frozenset()
    suggest: Outcome
    because: Wording
    notes: tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _conditions(cls, raw: Raw) -> Raw:
        when = {element: raw[element.lower()] for element in Element if raw.get(element.lower(), ANY) != ANY}
        return {**raw, "when": when}


class Minimum(Data):
    """A rule that raises a suggestion to at least this outcome."""

    code: str
    when: str
    paths: frozenset[Path]
    at_least: Outcome
    because: Wording


class Precondition(Data):
    """A condition for the outcome "no signs"; one that is `not_later` does not hold for a talk that is written up."""

    code: str
    not_later: bool = False
    any_answered: tuple[str, ...] = ()
    all_good: tuple[str, ...] = ()
    all_yes: tuple[str, ...] = ()
    text: Wording


class OutcomeWords(Data):
    """The texts of an outcome for worker and person, and its rank. `next_child`: added unless an adult is meant."""

    code: Outcome
    rank: int
    label: Wording
    say: Wording
    child: Wording
    next: Wording
    next_child: Wording | None = None


class ReasonWords(Data):
    """A reason for an outcome, and the relations to the suggestion it fits: LOWER, SAME, HIGHER."""

    code: str
    fits: frozenset[str]
    text: Wording


class OutcomeTables(Data):
    """The tables that lead from elements to an outcome."""

    outcomes: dict[Outcome, OutcomeWords]
    rows: dict[Path, tuple[Row, ...]]
    minimums: tuple[Minimum, ...] = Field(alias="lifts")
    preconditions: tuple[Precondition, ...] = Field(alias="gates")
    notes: dict[str, Wording]
    reasons: dict[str, ReasonWords]

    @model_validator(mode="before")
    @classmethod
    def _index(cls, raw: Raw) -> Raw:
        return {
            **raw,
            "outcomes": _by_code(raw["outcomes"]),
            "reasons": _by_code(raw["reasons"]),
            "rows": {path: raw[path.lower()] for path in Path},
            "notes": _wording_by_code(raw["notes"]),
        }


class RetentionRow(Data):
    """A row of the retention table; an outcome of None means any."""

    code: str
    stop_keeps: str
    outcome: Outcome | None
    facts: frozenset[str]
    wish: str
    because: Wording

    @field_validator("outcome", mode="before")
    @classmethod
    def _any(cls, raw: str) -> str | None:
        return None if raw == ANY else raw


class Closing(Data):
    """A sentence or action after the outcome is chosen; `to` is "person" or "worker"."""

    code: str
    to: str
    standard: str
    text: Wording
    child: Wording | None = None


class Band(Data):
    """Guidance for a talk with a child of this age. Empty `prompts` allow all of the child path."""

    band: AgeBand
    because: str
    minutes: int
    pause_every: int
    asks_experience: str
    prompts: tuple[str, ...]
    how: tuple[Wording, ...]


class Instrument(Data):
    """One version of a question set. `beside`: the theme of the page. `places`: where a set comes, `before` a theme."""

    code: str
    version: int
    minutes: int
    minutes_child: int
    title: Wording
    uses: dict[str, str]
    answer_sets: dict[str, tuple[Option, ...]]
    themes: dict[str, Wording]
    beside: dict[str, str] = {}
    optional_sets: dict[str, Wording]
    places: dict[str, frozenset[str]] = {}
    before: dict[str, str] = {}
    steps: tuple[StepSlot, ...]
    closing: tuple[Closing, ...] = ()
    stops: dict[str, Stop]
    early_ends: dict[str, EarlyEnd]
    levels: dict[Urgency, Wording]
    who_answers: Wording
    needs: dict[str, Need]
    signs: dict[str, Sign]
    thresholds: tuple[Threshold, ...]
    lines: tuple[MapLine, ...]
    unmapped: dict[str, Wording]
    tables: OutcomeTables
    keeping: tuple[RetentionRow, ...]
    draft_days: int
    codes_months: int
    words: dict[str, Wording]
    bands: dict[AgeBand, Band]

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Return all questions by code."""
        return {question.code: question for step in self.steps for question in step.questions}

    @cached_property
    def order(self) -> tuple[Step, ...]:
        """Return the codes of the steps in order."""
        return tuple(slot.code for slot in self.steps)

    def step(self, code: Step) -> StepSlot:
        """Return a step; raise StopIteration if this talk does not have it."""
        return next(slot for slot in self.steps if slot.code is code)

    def words_of(self, code: str) -> Wording:
        """Return the wording of a reason, note, value, stop rule, sign, need or level; raise KeyError if unknown."""
        return self._all_words[code]

    @cached_property
    def prompts(self) -> dict[Path, tuple[Question, ...]]:
        """Return the prompts about signs on each path.

        Source: data/instrument-short-1.json.
        """
        signs = [question for question in self.questions.values() if question.kind == "sign"]
        return {path: tuple(question for question in signs if path in question.paths) for path in Path}

    def signs_of(self, question: str, path: Path) -> tuple[Sign, ...]:
        """Return the signs that can be ticked under a question on this path, in the order of the map.

        Source: data/map-short-1.json.
        """
        return self._signs_by_question[path].get(question, ())

    @cached_property
    def has_no_sign(self) -> bool:
        """Return True if the tables tell an element without any sign from one that the person did not answer about."""
        return any(Value.NO_SIGN in allowed for row in self.tables.rows[Path.ADULT] for allowed in row.when.values())

    @cached_property
    def _signs_by_question(self) -> dict[Path, dict[str, tuple[Sign, ...]]]:
        kinds: dict[Path, dict[str, tuple[Sign, ...]]] = {path: {} for path in Path}
        for line in self.lines:
            for path in line.paths:
                kinds[path][line.question] = (*kinds[path].get(line.question, ()), self.signs[line.sign])
        return kinds

    @cached_property
    def _all_words(self) -> ChainMap[str, Wording]:
        tables = self.tables
        return ChainMap(
            self.words,
            {row.code: row.because for rows in tables.rows.values() for row in rows},
            {minimum.code: minimum.because for minimum in tables.minimums},
            {row.code: row.text for row in tables.preconditions},
            {row.code: row.because for row in self.keeping},
            tables.notes,
            {reason.code: reason.text for reason in tables.reasons.values()},
            {outcome: words.label for outcome, words in tables.outcomes.items()},
            {stop.code: stop.label for stop in self.stops.values()},
            {sign.code: sign.text for sign in self.signs.values()},
            {need.code: need.text for need in self.needs.values()},
            {level.value: label for level, label in self.levels.items()},
            self.themes,
        )


@lru_cache(maxsize=32)
def instrument(code: str = "short", version: int = 0) -> Instrument:
    """Return one version of a question set, 0 for the latest shipped one; raise Unreadable if there is none.

    Source: data/instrument-short-1.json and the files it names; docs/decisions/talk.md.
    """
    return build_instrument(load_set(code, version or LATEST.get(code, 0)))


def instrument_of(answers: Answers) -> Instrument:
    """Return the question set that the answers were begun with.

    Source: own design, docs/decisions/talk.md.
    """
    return instrument(answers.instrument, answers.version)


def build_instrument(raw: Raw) -> Instrument:
    """Build an instrument from a raw question set. Its `own_lines` map an organisation's own questions to signs.

    Source: own design, docs/decisions/talk.md.
    """
    files = {kind: load_file(name) for kind, name in raw["uses"].items()}
    needs, signs, keeping, mapped = files["needs"], files["signs"], files["keeping"], files.get("map", {})
    lists = {name: [_as_option(row) for row in files[kind][kind]] for kind, name in LISTS.items() if kind in files}
    sets = {**raw["answer_sets"], **lists, "BY_SIGNS": [_as_option(row) for row in signs["signs"] if row.get("by")]}
    return Instrument.model_validate(
        {
            **raw,
            "minutes_child": raw.get("minutes_child", raw["minutes"]),
            "answer_sets": sets,
            "themes": _wording_by_code(raw["themes"], "label"),
            "beside": {row["code"]: row["beside"] for row in raw["themes"] if "beside" in row},
            "places": {row["code"]: row.get("places", ()) for row in raw.get("sets", ())},
            "before": {row["code"]: row["before"] for row in raw.get("sets", ()) if "before" in row},
            "optional_sets": _wording_by_code(raw.get("sets", ()), "label"),
            "steps": [_with_options(step, sets) for step in raw["steps"]],
            "stops": _by_code(files["stops"]["stops"]),
            "early_ends": _by_code(files["stops"].get("turns", ())),
            "levels": _wording_by_code(needs["levels"], "label"),
            "who_answers": needs["who_answers"],
            "needs": _by_code({**row, "text": row.get(raw["code"], row["text"])} for row in needs["needs"]),
            "signs": _by_code(signs["signs"]),
            "thresholds": signs["thresholds"],
            "lines": [*mapped.get("lines", ()), *raw.get("own_lines", ())],
            "unmapped": _wording_by_code(mapped.get("unmapped", ()), "because"),
            "tables": files["outcomes"],
            "keeping": [{**row, "facts": keeping["facts"][row["facts"]]} for row in keeping["rows"]],
            **{name: keeping[name] for name in ("draft_days", "codes_months")},
            "words": _wording_by_code(files["words"]["words"]),
            "bands": {row["band"]: row for row in files.get("children", {"bands": ()})["bands"]},
        }
    )


def _by_code(rows: Iterable[Raw]) -> dict[str, Raw]:
    return {row["code"]: row for row in rows}


def _wording_by_code(rows: Iterable[Raw], key: str = "text") -> dict[str, Wording]:
    return {row["code"]: row[key] for row in rows}


def _as_option(row: Raw) -> Raw:
    return {"code": row["code"], "text": row.get("label") or row["text"]}


def _with_options(step: Raw, sets: Raw) -> Raw:
    questions = [{**question, "options": sets.get(question.get("options", ""), ())} for question in step["questions"]]
    return {**step, "questions": questions}
