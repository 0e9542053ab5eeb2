"""Forms of case work."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from suar.cases import codes, labels, rules
from suar.cases.documents import ClosingRequest
from suar.cases.fields_in_words import fact_label
from suar.cases.rules import Need
from suar.consent.codes import ContactRule
from suar.consent.documents import FactChange
from suar.core import clock
from suar.core.codes import CodeList
from suar.core.i18n import format_day
from suar.core.refusals import Conflict, Refused
from suar.directory.labels import language_choices, service_type_name
from suar.records.documents import Part
from suar.referrals.codes import EXPLOITATION, FORMAL_STATUS, PAPERS, SEXES

OFF = {"autocomplete": "off"}
NOT_BY_HAND = ("from_offer", "while_missing", "own_page")
"""Marks of kinds of tasks that only another page plans."""
Choices = CodeList | Iterable[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]
"""A code list, pairs of code and label, or a function that returns such pairs."""
Filled = TypeVar("Filled", bound=Part)
OLDEST_BIRTH = date(1900, 1, 1)


def text_field(label: Any, max_length: int, *, rows: int = 0, **options: Any) -> forms.CharField:
    """Return a field for one line, or for several `rows`, that no browser stores."""
    widget = forms.Textarea({"rows": rows, **OFF}) if rows else forms.TextInput(OFF)
    return forms.CharField(label=label, max_length=max_length, widget=widget, **{"required": False, **options})


def date_field(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a date, in the one format that a browser accepts in every language."""
    widget = forms.DateInput({"type": "date", **OFF}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **{"required": False, **options})


def choice_field(
    label: Any, choices: Choices, help_text: Any = "", *, empty: Any = None, radio: bool = False, **options: Any
) -> forms.ChoiceField:
    """Return a field for one of the choices; with `empty`, the label of none, it may stay open."""

    def all_choices() -> list[tuple[str, Any]]:
        first = [] if empty is None else [("", empty)]
        return [*first, *_listed(choices)]

    widget = forms.RadioSelect if radio else forms.Select
    options = {"required": empty is None, **options}
    return forms.ChoiceField(label=label, choices=all_choices, help_text=help_text, widget=widget, **options)


def choices_field(label: Any, choices: Choices = (), help_text: Any = "", **options: Any) -> forms.MultipleChoiceField:
    """Return a field for any number of the choices, each with a box to tick."""
    options = {"required": False, "widget": forms.CheckboxSelectMultiple, **options}
    return forms.MultipleChoiceField(label=label, choices=list(_listed(choices)), help_text=help_text, **options)


def _listed(choices: Choices) -> Iterable[tuple[str, Any]]:
    if isinstance(choices, CodeList):
        return choices.choices
    return choices() if callable(choices) else choices


class SavedForm(forms.Form):
    """A form whose act a rule may refuse: `with form.saving(): ...` makes the reason an error of the form."""

    problem_fields: ClassVar[Mapping[str, str]] = {}
    problem_field: ClassVar[str | None] = None
    """The field at which the reason of a refusal stands, for some reasons and for all others; None is the form."""
    shows_conflicts: ClassVar[bool] = False
    """True if the page shows what a colleague stored meanwhile beside what was typed."""
    closes_meanwhile: ClassVar[bool] = False
    """True if the page offers to open a case again that a colleague closed meanwhile."""
    is_overtaken = False
    refused = ""
    """The reason above the page if the case was closed meanwhile."""

    def saving(self) -> "Saving":
        """Return a block that saves a valid form; a conflict in it sets `is_overtaken` if the page shows conflicts."""
        return Saving(self)

    def refuse(self, because: str) -> None:
        """Add the reason of a refusal."""
        if self.closes_meanwhile and because == codes.Because.CLOSED_NOW:
            self.refused = labels.refusal("closed_meanwhile")
            return
        self.add_error(self.problem_fields.get(because, self.problem_field), labels.refusal(because))

    def show_again(self, **values: object) -> None:
        """Show what was typed once more with other values, such as the version that is stored now."""
        self.data = data = cast(QueryDict, self.data).copy()
        data.update({name: str(value) for name, value in values.items()})

    def to_part(self, kind: type[Filled], **values: Any) -> Filled:
        """Return a valid form as a document or a part of one: its filled fields of the same names, and other values."""
        filled = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        named = {name: value for name, value in filled.items() if name in kind.model_fields}
        return kind(**{**named, **values})

    @property
    def status(self) -> int:
        """The status of a page that shows the form."""
        return 409 if self.is_overtaken or self.refused else 400 if self.errors else 200


@dataclass(frozen=True, slots=True)
class Saving:
    """The block that `SavedForm.saving` returns."""

    form: SavedForm

    def __enter__(self) -> None:
        """Begin to save."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        """Put a refusal or a conflict on the form; any other exception goes on."""
        if isinstance(error, Refused):
            self.form.refuse(error.because)
        elif isinstance(error, Conflict) and self.form.shows_conflicts:
            self.form.is_overtaken = True
        else:
            return False
        return True


class VersionedForm(SavedForm):
    """A form of something that a colleague may change meanwhile: `version` is what the page showed."""

    shows_conflicts = True

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    stored_version = 0


class WithdrawForm(forms.Form):
    """The reason for withdrawing a consent; the person need not give one."""

    reason = text_field(_("In the person's own words, if they want to say"), 500, rows=2)


class NoteForm(SavedForm):
    """A note, and how the person was reached if they were."""

    problem_field = "way"

    text = text_field(_("Note"), 5000, rows=3, required=True)
    way = choice_field(_("In touch with the person?"), codes.CONTACT_KINDS, empty=_("No"))


class CorrectionForm(SavedForm):
    """Another wording of a note, or the reason for striking it out; `seen` is the wording on the page."""

    shows_conflicts = True

    text = text_field(_("Note"), 5000, rows=4)
    reason = text_field(_("Reason for striking it out"), 200)
    seen = forms.CharField(required=False, max_length=6000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Require a reason for striking out, and else a wording."""
        data = super().clean() or {}
        needed = "reason" if "strike" in self.data else "text"
        if not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Enter this."))
        return data


class TaskForm(SavedForm):
    """A next step for the person with its day; ways that are not safe are not offered."""

    kind = forms.ChoiceField(label=_("What is next"))
    due = date_field(_("On or before"), required=True)
    text = text_field(_("In words, if needed"), 300)

    def __init__(self, *args: Any, unsafe: Collection[ContactRule] = (), **kwargs: Any) -> None:
        # The note on the same page has a field of the same name.
        super().__init__(*args, **{"auto_id": "id_task_%s", **kwargs})
        offered = [kind for kind in codes.TASK_KINDS.members if not any(map(kind.get, NOT_BY_HAND))]
        kinds = [(kind.code, kind.label) for kind in offered if kind.get("not_if") not in unsafe]
        cast(forms.ChoiceField, self.fields["kind"]).choices = kinds

    def clean_due(self) -> date:
        """Refuse a day that has passed."""
        due: date = self.cleaned_data["due"]
        decision = rules.may_plan_steps([due], today=clock.today())
        if not decision:
            raise forms.ValidationError(labels.refusal(decision.because))
        return due


class NameForm(forms.Form):
    """The name the person uses here, in the worker's own writing."""

    name = text_field(
        _("Name the person uses with us"),
        80,
        help_text=_("It stays when the person withdraws a consent. Empty: only the code is shown."),
    )


class DetailsForm(forms.Form):
    """Facts about the person, all or those of one part; each is stored only if it is needed."""

    name = text_field(
        _("Name the person uses with us"),
        80,
        help_text=_("It stays when the person withdraws a consent. Empty: only the code is shown."),
    )
    aliases = text_field(fact_label("aliases"), 200, help_text=_("Separate them with commas."))
    legal_name = text_field(_("Full name as in papers"), 120)
    phone = text_field(_("Safe number"), 80)
    hours = text_field(_("Safe hours"), 120)
    no_calls = forms.BooleanField(label=fact_label("no_calls"), required=False)
    no_messages = forms.BooleanField(label=fact_label("no_messages"), required=False)
    no_visits = forms.BooleanField(label=fact_label("no_visits"), required=False)
    if_answered = text_field(
        _("If somebody else answers"),
        200,
        help_text=_("What to say, or to hang up. This goes with the number to everybody who gets it."),
    )
    place = text_field(
        _("Where the person is now"), 200, help_text=_("Only as precise as needed for somebody to reach the person.")
    )
    do_not = text_field(_("What nobody must do"), 500, rows=2, help_text=_("Whom not to involve, what not to mention."))
    wish = text_field(_("What the person wants, in their own words"), 500, rows=2)
    age = forms.IntegerField(
        label=fact_label("age"), required=False, min_value=0, max_value=120, widget=forms.NumberInput(OFF)
    )
    born = date_field(_("Date of birth"))
    sex = choice_field(_("Sex or gender"), SEXES, empty=_("Not asked"))
    language = choice_field(_("Language"), language_choices, empty=_("Not asked"))
    papers = choice_field(_("Identity papers"), PAPERS, empty=_("Not asked"))
    family = text_field(_("Children, family and others who depend on them"), 1000, rows=3)
    form = choice_field(_("Kind of exploitation"), EXPLOITATION, empty=_("Not asked"))
    formal = choice_field(_("Formal status"), FORMAL_STATUS, empty=_("Not asked"))
    health = text_field(_("Health"), 1000, rows=3, help_text=_("What the person wants a clinic to know."))

    def __init__(self, *args: Any, part: str = "", **kwargs: Any) -> None:
        """`part` is a code of codes/fact_parts.json; without it all facts are on the page."""
        super().__init__(*args, **kwargs)
        self.parts = [codes.FACT_PARTS[part]] if part else list(codes.FACT_PARTS.members)
        names = [name for member in self.parts for name in member["facts"]]
        self.fields = {name: self.fields[name] for name in names}
        for form_field in self.fields.values():
            form_field.show_hidden_initial = True

    def groups(self, changes: Sequence[FactChange]) -> list[dict[str, Any]]:
        """Return the fields of each part on the page, each with its earlier values, newest first."""
        former: dict[str, list[Any]] = {}
        for change in changes:
            if change.fact in self.fields:
                [(_label, old)] = self.in_words({change.fact: change.old})
                former.setdefault(change.fact, []).append({"old": old, "change": change})
        return [
            {"part": part, "rows": [(self[name], former.get(name, [])) for name in part["facts"]]}
            for part in self.parts
        ]

    def details_on_page(self) -> dict[str, Any]:
        """Return the details as the page showed them, before anything was typed."""
        return {
            name: form_field.to_python(self.data.get(self.add_initial_prefix(name), ""))
            for name, form_field in self.fields.items()
        }

    @property
    def changes(self) -> dict[str, Any]:
        """The details of a valid form that differ from what the page showed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def clean(self) -> dict[str, Any] | None:
        """Refuse a page whose shown details cannot be read."""
        self.details_on_page()
        return super().clean()

    def in_words(self, details: Mapping[str, object]) -> list[tuple[Any, object]]:
        """Return facts with the labels of their fields, and codes with theirs."""
        return [(self.fields[name].label, self._value_in_words(name, value)) for name, value in details.items()]

    def _value_in_words(self, name: str, value: Any) -> Any:
        if isinstance(self.fields[name], forms.BooleanField):
            return _("Yes") if value else _("No")
        if isinstance(self.fields[name], forms.DateField) and (day := parse_date(str(value or ""))):
            return format_day(day)
        return dict(getattr(self.fields[name], "choices", ())).get(value, value)

    def show_stored(self, stored: Mapping[str, object]) -> None:
        """Show the details that are stored now; changed fields keep what was typed."""
        texts = {name: "" if value is None else str(value) for name, value in stored.items()}
        unchanged = {name: text for name, text in texts.items() if name not in self.changed_data}
        initial_texts = {self.add_initial_prefix(name): text for name, text in texts.items()}
        self.data = dict(self.data.items()) | initial_texts | unchanged

    def clean_born(self) -> date | None:
        """Refuse a date of birth in the future or before anybody alive was born."""
        born: date | None = self.cleaned_data["born"]
        if born and not OLDEST_BIRTH <= born <= clock.today():
            raise forms.ValidationError(_("Enter a date of birth in the past."))
        return born


class ClosingForm(SavedForm):
    """The reason and day of closing, what was agreed, whom to call later, and what became of each need."""

    shows_conflicts = True

    reason = choice_field(_("Reason for closing"), codes.CLOSURE_REASONS, radio=True)
    confirmed = forms.MultipleChoiceField(choices=codes.CONFIRMATIONS.choices, required=False)
    review_1 = date_field(_("First day"))
    review_2 = date_field(_("Second day"))
    on = date_field(
        _("Date on which it ends"),
        required=True,
        initial=clock.today,
        help_text=_("Today, or up to 60 days from now: then the second person is asked in time."),
    )
    agreed = text_field(_("What you agreed with the person"), 1000, rows=3)
    call = text_field(
        _("Who the person can call later"),
        200,
        help_text=_("A role and a number are enough. The person may come back without giving a reason."),
    )

    after_care = choices_field(
        _("Follow-ups that the person still wants after closing"),
        help_text=_("Ask the person. Without a tick nobody contacts them."),
    )

    def __init__(self, *args: Any, needs: Sequence[Need], dues: Sequence[rules.Due] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(due.code, labels.follow_up_on(due)) for due in dues]
        cast(forms.MultipleChoiceField, self.fields["after_care"]).choices = choices
        self.needs = {f"need-{need.service_type}": need for need in needs}
        for name, need in self.needs.items():
            label = service_type_name(need.service_type)
            self.fields[name] = choice_field(label, codes.NEED_ENDS, radio=True, initial="open")

    @property
    def need_fields(self) -> list[forms.BoundField]:
        """The questions about what became of each need."""
        return [self[name] for name in self.needs]

    def clean(self) -> dict[str, Any]:
        """Require what was agreed and whom to call, unless nobody could be asked."""
        data = super().clean() or {}
        reason = data.get("reason")
        if reason and rules.asks_the_person(codes.ClosureReason(reason)):
            for name in ("agreed", "call"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter this."))
        return data

    def to_request(self, *, by: UUID, at: datetime) -> ClosingRequest:
        """Return a valid form as a request to close; of needs only how many ended how."""
        data, reason = self.cleaned_data, codes.ClosureReason(self.cleaned_data["reason"])
        reviews = (data["review_1"], data["review_2"]) if reason is codes.ClosureReason.GOALS else ()
        ends = {name: data[name] for name in self.needs}
        return self.to_part(
            ClosingRequest,
            confirmed=tuple(sorted({*data["confirmed"]} & {*rules.confirmations(reason)})),
            reviews=tuple(day for day in reviews if day),
            open_urgent=sum(need.is_urgent for name, need in self.needs.items() if ends[name] == "open"),
            needs=dict(Counter(ends.values())),
            asked_by=by,
            asked_at=at,
        )


class LogForm(forms.Form):
    """The worker whose acts a privacy officer reads, perhaps only the denied ones."""

    use_required_attribute = False

    worker = forms.TypedChoiceField(label=_("Worker"), required=False, coerce=UUID, empty_value=None)
    refused = forms.BooleanField(label=_("Only denied access: not permitted or not existing"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=10**17, widget=forms.HiddenInput)

    def __init__(self, *args: Any, workers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the workers of the organisation."""
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["worker"]).choices = [("", _("Everybody")), *workers]


class CaseloadForm(forms.Form):
    """Filters of the caseload: team or worker, and what is due."""

    team = forms.BooleanField(required=False)
    due = choice_field("", codes.CASELOAD, empty="")
    worker = forms.UUIDField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)


class FindForm(forms.Form):
    """A name as heard."""

    name = forms.CharField(
        label=_("Name or code"),
        max_length=100,
        help_text=_("Spell it as you heard it. An approximate spelling is enough."),
        widget=forms.TextInput(OFF),
    )

    def __init__(self, *args: Any, beside_list: bool = False, **kwargs: Any) -> None:
        """Leave the help out beside a list of people."""
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "" if beside_list else self.fields["name"].help_text
