"""What the pages show of those who hear what people say of the help they got."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import QueryDict

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.contact import labels, labels_feedback, opening, queries, queries_feedback, tapped
from suar.contact.actions_feedback import HearingWords
from suar.contact.forms_feedback import HearingForm, OutsideForm
from suar.contact.models import Request
from suar.contact.opening import Opened
from suar.contact.rules import counting
from suar.contact.rules.counting import Counted
from suar.contact.terms import LetterKind, RequestKind, Tapped
from suar.core.ids import short_code
from suar.core.paging import Part


@dataclass(frozen=True, slots=True)
class Line:
    """One thread in a list."""

    id: UUID
    number: str
    kind: str
    at: datetime
    among_many: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What waits, complaints first, what goes on, and what is done."""

    complaints: Part[Line]
    feedback: Part[Line]
    going_on: Part[Line]
    done: Part[Line]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Counts of one quarter: by stage and dimension, by kind of complaint, by what was done.

    A number stands for "at least so many", None for "under five".
    """

    stages: Sequence[tuple[str, Sequence[tuple[str, Counted]]]]
    complaints: Sequence[tuple[str, int | None]]
    done: Sequence[tuple[str, int | None]]


def heard(viewer: Viewer, *, parts: Mapping[str, int]) -> Heard:
    """Make the lists of those who hear."""
    found = (
        queries_feedback.waiting(viewer, RequestKind.COMPLAINT, part=parts["complaint"]),
        queries_feedback.waiting(viewer, RequestKind.FEEDBACK, part=parts["feedback"]),
        queries_feedback.going_on(viewer, part=parts["going_on"]),
        queries_feedback.done(viewer, part=parts["done"]),
    )
    return Heard(*(each.said([_line(row) for row in each]) for each in found))


def letters(opened: Opened) -> list[tuple[str, str, datetime]]:
    """Give the letters of a thread with their headings, codes in words."""
    houses = accounts.organisation_names(
        [tapped.read(each.words).house for each in opened.letters if each.kind is LetterKind.TAPS]
    )
    return [
        (
            str(labels.LETTERS_STAFF[each.kind]),
            labels_feedback.readable(each, houses=houses),
            each.at,
        )
        for each in labels_feedback.in_order(opened.letters)
    ]


def days_for(opened: Opened) -> tuple[int, int] | None:
    """Say within how many days a complaint is to be acknowledged and answered."""
    for said in _tapped(opened):
        if row := tapped.asked().complaints.get(said.complaint):
            return row.acknowledge_days, row.answer_days
    return None


def numbers(viewer: Viewer, keys: Keys, quarter: tuple[int, int]) -> Numbers:
    """Count what was said in a quarter; it opens every thread, and so that is written down."""
    found = [
        opening.open_request(each, viewer=viewer, keys=keys)
        for each in queries_feedback.said_in(viewer.organisation, *quarter)
    ]
    said = [each for opened in found for each in _tapped(opened)]
    done = [each.words for opened in found for each in opened.letters if each.kind is LetterKind.DONE]
    asked = tapped.asked()
    complaints = Counter(each.complaint for each in said if each.complaint)
    return Numbers(
        stages=_stages([each for each in said if each.stage]),
        complaints=[
            (labels_feedback.said(asked.complaints[code].words), counting.at_least(many))
            for code, many in complaints.most_common()
            if code in asked.complaints
        ],
        done=[
            (labels_feedback.name_of(code, asked.done), counting.at_least(many))
            for code, many in Counter(done).most_common()
        ],
    )


def quarters(today: date) -> list[tuple[str, str]]:
    """Offer the quarters that are over, newest first."""
    return [
        (f"{year}-{number}", labels_feedback.months_of(year, number)) for year, number in counting.over_before(today)
    ]


def hearing_form(viewer: Viewer, typed: QueryDict | None = None) -> HearingForm:
    """Make the form about those of the own house who hear, filled with what is so now."""
    now = next((each for each in queries_feedback.hearings() if each.organisation == viewer.organisation), None)
    first = (
        {
            "switched_on": now.switched_on,
            "for_others": now.for_others,
            "who_en": now.who_en,
            "who_id": now.who_id,
            "days": list(now.days),
            "answers_within_days": now.answers_within_days,
        }
        if now
        else {"switched_on": True, "days": [1, 2, 3, 4, 5]}
    )
    return HearingForm(typed, initial=first)


def hearing_words(form: HearingForm) -> HearingWords:
    """Read what a valid form says of those who hear."""
    said = form.cleaned_data
    return HearingWords(**{**said, "days": tuple(said["days"])})


def outside_form(viewer: Viewer, typed: QueryDict | None = None) -> OutsideForm:
    """Make the form that names who outside takes complaints, among those who offer it."""
    offered = {
        each.organisation: each.name
        for each in queries_feedback.hearings()
        if each.for_others and each.switched_on and each.organisation != viewer.organisation
    }
    first = {"reader": queries_feedback.outside_of(viewer.organisation)}
    return OutsideForm(typed, offered=offered, initial=first)


def who_hears(viewer: Viewer) -> list[str]:
    """Name those of the viewer's house who may hear."""
    return sorted(accounts.shown_names(accounts.who_hears(viewer.organisation)).values())


def _tapped(opened: Opened) -> list[Tapped]:
    return [tapped.read(each.words) for each in opened.letters if each.kind is LetterKind.TAPS]


def _stages(said: Iterable[Tapped]) -> list[tuple[str, list[tuple[str, Counted]]]]:
    """Count people by stage and dimension; a row of none is left out."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    asked = tapped.asked()
    for each in said:
        own = counting.by_dimension(each.answers, asked.dimension_of(each.stage))
        for dimension, answer in own.items():
            found[each.stage][dimension].append(answer)
    return [
        (
            labels_feedback.said(stage.words),
            [
                (labels_feedback.said(each.words), counting.counted(found[stage.code][each.code]))
                for each in asked.dimensions
                if found[stage.code][each.code]
            ],
        )
        for stage in asked.stages
        if stage.code in found
    ]


def _line(row: Request) -> Line:
    return Line(
        row.id,
        short_code(row.id),
        str(labels_feedback.KINDS[RequestKind(row.kind)]),
        row.waits_since or row.said_at,
        queries.many_before(row),
    )
