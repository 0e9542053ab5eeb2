"""Forms of exchange: a file of HTCDS in and out, and people from a spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from suar.cases import labels
from suar.cases.codes import EXPORT_PURPOSES, SHEET_COLUMNS, SHEET_REFUSALS
from suar.cases.forms import NoteForm, SavedForm, choice_field
from suar.cases.forms.facts import DetailsForm
from suar.cases.imports import NewPerson, UploadedSheet
from suar.cases.rules import imports as rules
from suar.core.files.sheets import MAX_SHEET_BYTES
from suar.core.i18n import staff_languages
from suar.directory.labels import language_choices


class ImportForm(SavedForm):
    """A file, and the team that gets its people. `checked` is a digest of the file that was checked last."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("CSV or XLSX in the layout of HTCDS. At most 10 MB."),
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
        error_messages={"required": _("Choose a file. A browser does not keep the one you chose before.")},
    )
    team = forms.ChoiceField(label=_("Team that gets these people"))
    checked = forms.CharField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, *args: Any, teams: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, choices={"team": teams.items()}, **kwargs)
        if len(teams) == 1:
            self.fields["team"].initial = next(iter(teams))

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_SHEET_BYTES:
            raise forms.ValidationError(SHEET_REFUSALS.label("too_large"))
        return file


WITHOUT_IDENTITY, COMPLETE = "without_identity", "complete"


class ExportForm(SavedForm):
    """The purpose, the content and the format of a file."""

    purpose = choice_field(
        _("What is the file for?"), EXPORT_PURPOSES, radio=True, error_messages={"required": _("Choose one.")}
    )
    content = choice_field(
        _("What is in it?"),
        [
            (WITHOUT_IDENTITY, _("Without names, numbers, addresses, birth dates and notes")),
            (COMPLETE, _("Everything that the standard has a field for, with names and notes")),
        ],
        radio=True,
        initial=WITHOUT_IDENTITY,
    )
    kind = choice_field(
        _("Kind of file"), [("xlsx", _("Spreadsheet (XLSX)")), ("csv", _("Text (CSV)"))], radio=True, initial="xlsx"
    )
    sure = forms.BooleanField(
        label=_("The receiver may have the file: the person agrees, or the law requires it"),
        error_messages={"required": _("Make sure of this first, then tick it.")},
    )

    use_required_attribute = False


COLUMN_OF = {column["fact"]: column.code for column in SHEET_COLUMNS.members if "fact" in column.extra}
SAMPLES = 3
MAX_STEP = 300


class SheetForm(forms.Form):
    """The spreadsheet."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("XLSX or CSV, at most 300 people. The first row holds the headings."),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
    )


class ColumnsForm(forms.Form):
    """The meaning of each column; a guess is preselected."""

    use_required_attribute = False

    def __init__(self, *args: Any, sheet: UploadedSheet, teams: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, (heading, guess) in enumerate(zip(sheet.header, sheet.columns, strict=True)):
            samples = list(dict.fromkeys(row[number] for _number, row in sheet.rows if row[number]))[:SAMPLES]
            self.fields[f"column-{number}"] = choice_field(
                heading or gettext("Column %(number)s without a heading") % {"number": number + 1},
                SHEET_COLUMNS,
                " · ".join(sample[:60] for sample in samples),
                empty=gettext("Do not import"),
                initial=guess,
            )
        self.fields["with_others"] = forms.BooleanField(
            label=gettext("Keep the other columns in the first note"), required=False, initial=sheet.with_others
        )
        team_choices = [(str(ident), name) for ident, name in teams.items()]
        chosen = sheet.team or team_choices[0][0]
        self.fields["team"] = choice_field(gettext("For which team?"), team_choices, initial=chosen)
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The fields of the columns."""
        return [self[name] for name in self.fields if name.startswith("column-")]

    @property
    def columns(self) -> list[str]:
        """The meaning of each column, in their order."""
        return [self.cleaned_data[bound.name] for bound in self.column_fields]

    def clean(self) -> dict[str, Any]:
        """Require a name, and each meaning once; several columns may be notes."""
        data = super().clean() or {}
        chosen = [data.get(bound.name, "") for bound in self.column_fields]
        twice = {code for code in chosen if code not in ("", "NOTE", "NEXT_STEP") and chosen.count(code) > 1}
        for code in sorted(twice):
            self.add_error(None, gettext("Only one column can be: %(what)s.") % {"what": SHEET_COLUMNS.label(code)})
        if {"PHONE", "SAFE_PHONE"} <= set(chosen):
            self.add_error(None, gettext("Choose one column with a number. Keep the other one in the note."))
        if not {"NAME", "ALIASES"} & set(chosen):
            self.add_error(None, gettext("Choose which column is the name."))
        return data


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of a sheet: the person it makes, or what is wrong with it in plain words."""

    number: int
    cells: Sequence[str]
    name: str
    person: NewPerson | None
    problems: Sequence[str] = ()


def check_rows(sheet: UploadedSheet, *, today: date) -> list[CheckedRow]:
    """Return each row of a sheet with the person it makes, or its problems by the rules of the forms for facts."""
    languages, blank, checked = language_codes(), dict.fromkeys(DetailsForm().fields, ""), []
    for number, cells in sheet.rows:
        read = rules.read_row(
            sheet.header, cells, sheet.columns, languages=languages, with_others=sheet.with_others, today=today
        )
        details = DetailsForm({**blank, **read.facts}, initial=blank)
        note = NoteForm({"text": "\n".join(filter(None, (gettext("From a spreadsheet, row %s.") % number, read.note)))})
        problems = [f"{SHEET_COLUMNS.label(code)}: {labels.refusal(why)}" for code, why in read.problems.items()]
        problems += list(_problems(details)) + list(_problems(note))
        name = read.facts.get("name") or read.facts.get("aliases", "")
        if not name:
            problems.append(gettext("There is no name in this row."))
        if len(read.next_step) > MAX_STEP:
            problems.append(f"{SHEET_COLUMNS.label('NEXT_STEP')}: {gettext('at most 300 characters')}")
        person = None
        if not problems:
            facts = {fact: details.cleaned_data[fact] for fact in read.facts}
            person = NewPerson(number, facts, note.cleaned_data["text"], read.next_step)
        checked.append(CheckedRow(number, cells, name, person, problems))
    return checked


def language_codes() -> dict[str, str]:
    """Return the codes of languages by their names in the languages of the staff site, and by themselves."""
    codes: dict[str, str] = {}
    for language in staff_languages():
        with override(language.code):
            codes |= {rules.plain_words(name): code for code, name in language_choices()}
            codes |= {rules.plain_words(name).removeprefix("bahasa "): code for code, name in language_choices()}
    return codes | {rules.plain_words(code): code for code, _name in language_choices()}


def _problems(form: forms.Form) -> Iterator[str]:
    """Yield the errors of a form, each with the label of its column or field."""
    for name, errors in form.errors.items():
        label = SHEET_COLUMNS.label(COLUMN_OF[name]) if name in COLUMN_OF else form.fields[name].label
        yield from (f"{label}: {error}" for error in errors)
