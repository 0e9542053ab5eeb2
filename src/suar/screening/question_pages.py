"""What the pages on a house's own questions show, in the language of the page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from suar.accounts import queries as accounts
from suar.screening import labels, rules
from suar.screening import question_shelf as shelf
from suar.screening.question_shelf import SHIPPED, Changed, Draft, InUse, OwnVersion
from suar.screening.rules.changes import Reworded
from suar.screening.rules.changing import question_of, runs, usual_words
from suar.screening.rules.checking import Fault, faults, themes_of
from suar.screening.rules.files import Raw
from suar.screening.rules.filing import NOT_EDITED
from suar.screening.rules.reading import text_of
from suar.screening.rules.setting import LATEST, LONGEST_FIRST
from suar.screening.rules.staying import Stays, why_stays
from suar.screening.speaking import code_words, say
from suar.screening.terms import Step


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of the house: since when it is or was used, and who took it into use."""

    id: UUID
    version: int
    at: datetime
    by: str
    in_use: bool
    changed: int


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form with what ships, what the house made of it, and its draft."""

    code: str
    title: str
    shipped: int
    since: datetime | None
    by: str
    own_in_use: bool
    versions: Sequence[VersionLine]
    draft: Draft | None
    drafted_by: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question of a draft: its words, what was done to it, and what may be done."""

    code: str
    words: str
    own: bool
    changed: bool
    left_out: bool
    wrong: bool
    stays: str | Promise
    may_rise: bool
    may_sink: bool


@dataclass(frozen=True, slots=True)
class Theme:
    """Rows under one heading, which may be empty; `takes_own` where a question may be added."""

    code: str
    label: str
    rows: Sequence[Row]
    takes_own: bool
    opened: bool

    @property
    def changed(self) -> int:
        """Count the questions that differ from what ships."""
        return sum(row.own or row.changed or row.left_out for row in self.rows)

    @property
    def wrong(self) -> bool:
        """Say whether something in it has to be mended."""
        return any(row.wrong for row in self.rows)


@dataclass(frozen=True, slots=True)
class StepPart:
    """A step of a draft; `stays` where one reason holds for all of its questions."""

    code: str
    title: str
    stays: str | Promise
    themes: Sequence[Theme]
    opened: bool

    @property
    def changed(self) -> int:
        """Count the questions that differ from what ships."""
        return sum(theme.changed for theme in self.themes)


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong in a draft: why, in which question ("" is the whole), and its words."""

    question: str
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft as whoever leads sees it."""

    draft: Draft
    title: str
    by: str
    steps: Sequence[StepPart]
    faults: Sequence[FaultLine]

    @property
    def is_as_shipped(self) -> bool:
        """Say whether nothing differs from what ships yet."""
        return not self.draft.changes.count


def forms(house: UUID) -> list[FormLine]:
    """Put together the forms of a house, the longest first."""
    used, drafts, own = shelf.in_use(house), shelf.drafts(house), shelf.own_versions(house)
    names = accounts.shown_names({each.by for each in (*used.values(), *drafts.values(), *own) if each.by})
    return [
        _form(used[form], [each for each in own if each.form == form], drafts.get(form), names)
        for form in LONGEST_FIRST
    ]


def title(form: str) -> str:
    """Give the title of a form."""
    return say(rules.instrument(form, LATEST[form]).title)


def draft_page(draft: Draft, *, at: str = "") -> DraftPage:
    """Put together a draft; `at` is the step or theme that stands open, else the one on signs."""
    wrong = faults(draft.raw, draft.changes)
    codes = {run.step: run.step for run in runs(draft.raw, draft.changes)}
    codes |= {run.theme: run.step for run in runs(draft.raw, draft.changes) if run.theme}
    usual = Step.SIGNS if Step.SIGNS in codes else Step.SIGNPOST
    at = at if at in codes else usual.value
    return DraftPage(
        draft,
        title(draft.form),
        accounts.shown_names([draft.by]).get(draft.by, ""),
        [_step(draft, each, wrong, at, opened=each["code"] == codes[at]) for each in draft.raw["steps"]],
        [fault_line(draft, each) for each in wrong],
    )


def fault_line(draft: Draft, fault: Fault) -> FaultLine:
    """Say what is wrong, with the words of its question."""
    there = words_of(draft, fault.question) if fault.question else None
    return FaultLine(fault.question if there else "", say(there and there.text), why(fault.code))


def why(code: str) -> str:
    """Say why a wording or a change may not be used."""
    if code in labels.WRONG:
        return str(labels.WRONG[code])
    never = next((each for each in rules.never_asked() if each.code == code), None)
    if never is None:
        return code_words(rules.instrument(), code)
    return f"{labels.NEVER_ASKED}: {say(never.label)}. {say(never.because)}"


def words_of(draft: Changed, code: str) -> Reworded | None:
    """Give the words of a question as a draft has them; None for one it does not have."""
    own = draft.changes.own(code)
    if own is not None:
        return Reworded(own.text, own.child)
    if code in draft.changes.wording:
        return draft.changes.wording[code]
    try:
        return usual_words(question_of(draft.raw, code))
    except KeyError:
        return None


def theme_label(raw: Raw, code: str) -> str:
    """Give the heading of a theme."""
    return next((say(text_of(each["label"])) for each in raw["themes"] if each["code"] == code), "")


def _form(used: InUse, own: Sequence[OwnVersion], draft: Draft | None, names: dict[UUID, str]) -> FormLine:
    versions = [
        VersionLine(
            each.id,
            each.version,
            each.at,
            names.get(each.by, ""),
            each.version == used.version,
            each.changes.count,
        )
        for each in own
    ]
    return FormLine(
        used.form,
        title(used.form),
        LATEST[used.form],
        used.at,
        names.get(used.by, "") if used.by else "",
        used.version != SHIPPED,
        versions,
        draft,
        names.get(draft.by, "") if draft else "",
    )


def _step(draft: Draft, step: Raw, wrong: Collection[Fault], at: str, *, opened: bool) -> StepPart:
    kinds = {each["code"]: each["kind"] for each in step["questions"]}
    themes: list[Theme] = []
    for run in runs(draft.raw, draft.changes):
        if run.step == step["code"]:
            shown = [code for code in run.questions if kinds.get(code) not in NOT_EDITED]
            rows = [_row(draft, code, shown, wrong) for code in shown]
            if run.theme or not themes or themes[-1].label:
                themes.append(_theme(draft, run.theme, rows, at))
            else:
                themes[-1] = replace(themes[-1], rows=[*themes[-1].rows, *rows])
    reasons = {row.stays for theme in themes for row in theme.rows}
    common = reasons.pop() if len(reasons) == 1 else ""
    return StepPart(step["code"], say(text_of(step["title"])), common, themes, opened)


def _theme(draft: Draft, code: str, rows: Sequence[Row], at: str) -> Theme:
    label, takes_own = theme_label(draft.raw, code), code in themes_of(draft.raw)
    return Theme(code, label, rows, takes_own, opened=code == at)


def _row(draft: Draft, code: str, run: Sequence[str], wrong: Collection[Fault]) -> Row:
    changes, own = draft.changes, draft.changes.own(code)
    shown = [each for each in run if each not in changes.left_out]
    place = shown.index(code) if code in shown else None
    stays = None if own else why_stays(draft.raw, code, changes.left_out - {code})
    words = words_of(draft, code)
    return Row(
        code,
        say(words and words.text),
        own is not None,
        code in changes.wording,
        code in changes.left_out,
        any(each.question == code for each in wrong),
        labels.STAYS[Stays(stays)] if stays else "",
        may_rise=place is not None and place > 0,
        may_sink=place is not None and place + 1 < len(shown),
    )
