"""Forms of the directory for its editors, and for a provider with a link."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from suar.directory import labels
from suar.directory.entry_fields import LINES, SPOKEN, WrittenField, fields_of
from suar.directory.rules import locations

LONGEST_NOTE = 500
OTHERS = _("Others")
FOLDED = {"types": labels.service_type_choices, "areas": labels.place_choices}
Group = tuple[bool, str, tuple[str, ...]]
SINGLE = ("status", "types", "areas")
DAYS_MISSING = _("Tick the days on which it is open at these times.")
NUMBER_MISSING = _("The number itself is missing.")
SHOWN = [
    ("", _("Those that the public finds")),
    ("ask", _("Ask soon or now, the oldest first")),
    ("now", _("Ask now")),
    ("hidden", _("Too old for the public")),
    ("closed", _("Closed or hidden by an editor")),
    ("drafts", _("With a draft that waits")),
    ("wrong", _("Said to be wrong")),
]


class EntriesForm(forms.Form):
    """Words to look for in the directory."""

    text = forms.CharField(label=_("Words, a place or a kind of help"), required=False, max_length=100)
    show = forms.ChoiceField(label=_("Which entries"), choices=SHOWN, required=False)


class EntryForm(forms.Form):
    """What an entry says, a field for each thing; a name holds `--` where a way holds a dot.

    `over` is the edition it was made from. With `whole` it also holds what only editors change.
    """

    use_required_attribute = False
    over = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, flat: Mapping[str, Any], whole: bool, spare: int = 1, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.flat = flat
        made = fields_of(flat, whole=whole, spare=spare)
        self.fields |= {named(way): field for way, field in made.items()}

    def clean(self) -> dict[str, Any]:
        """Refuse what would be let go of without a word: times without days, words alone."""
        said = self.cleaned_data
        for name in [each for each in said if each.startswith("hour-") and each.endswith("-days")]:
            if not said[name] and self._has_times(name):
                self.add_error(name, DAYS_MISSING)
        for name in [each for each in said if each.endswith("-number") and not said[each]]:
            row = name.removesuffix("number")
            if any(said.get(f"{row}{each}") for each in (*SPOKEN, "tested")):
                self.add_error(name, NUMBER_MISSING)
        return said

    def _has_times(self, days: str) -> bool:
        """Say whether times were typed in a row; those that stood there without days may stay."""
        rows, at = self.flat["hours"], int(days.split("-")[1])
        typed = [self.cleaned_data.get(days.replace("days", each)) for each in ("opens", "closes")]
        stood = [rows[at - 1][each] for each in ("opens", "closes")] if at <= len(rows) else []
        return any(typed) and typed != stood

    def told(self) -> dict[str, Any]:
        """Give what was filled in, by the way of each field."""
        said = self.cleaned_data
        ways = [name.replace("--", ".") for name in said if "--" in name or name in SINGLE]
        found = {way: _plain(said[named(way)], self.flat.get(way)) for way in ways if _is_own(way)}
        found["phones"] = _rows(said, "phone", self._phone)
        found["hours"] = _rows(said, "hour", self._hour)
        if "urgent-number" in said:
            found["urgent"] = self._urgent(said)
        return found

    def _urgent(self, said: Mapping[str, Any]) -> dict[str, Any] | None:
        if not said["urgent-number"]:
            return None
        before = (self.flat["urgent"] or {}).get("hours", {})
        kept = {tag: text for tag, text in before.items() if tag not in SPOKEN}
        told = {tag: said[f"urgent-{tag}"] for tag in SPOKEN if said[f"urgent-{tag}"]}
        tested = said["urgent-tested"]
        day = tested.isoformat() if tested else None
        return {"number": said["urgent-number"], "tested": day, "hours": {**kept, **told}}

    def _phone(self, said: Mapping[str, Any], at: int) -> dict[str, Any] | None:
        number = said.get(f"phone-{at}-number")
        words = {tag: said.get(f"phone-{at}-{tag}") for tag in SPOKEN}
        before = _words(self.flat["phones"], at)
        kept = {tag: text for tag, text in before.items() if tag not in SPOKEN}
        told = {tag: text for tag, text in words.items() if text}
        return {"number": number, "words": {**kept, **told}} if number else None

    def _hour(self, said: Mapping[str, Any], at: int) -> dict[str, Any] | None:
        days = [int(day) for day in said.get(f"hour-{at}-days") or ()]
        opens, closes = said.get(f"hour-{at}-opens"), said.get(f"hour-{at}-closes")
        words, rows = _words(self.flat["hours"], at), self.flat["hours"]
        if not days:
            only_words = at <= len(rows) and not rows[at - 1]["days"]
            return dict(rows[at - 1]) if only_words else None
        return {"days": days, "opens": opens or "", "closes": closes or "", "words": words}


class NoteForm(forms.Form):
    """A few words to the editor about the service, for what no field is for."""

    note = WrittenField(
        label=_("Anything else about the service?"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=LINES,
        help_text=_("For instance: we moved. Please write nothing about a person."),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a group; a long list of boxes has `folds`, each open where a box is ticked."""

    field: forms.BoundField
    folds: Sequence[tuple[str, Sequence[BoundWidget], bool]] = ()


def grouped(form: EntryForm, groups: Iterable[Group]) -> list[dict[str, Any]]:
    """Put the fields of a form into groups; one with a fault is open."""
    found, left = [], [each for each in form if not each.is_hidden]
    for first, title, starts in groups:
        own = [each for each in left if each.name.startswith(starts)]
        left = [each for each in left if each not in own]
        wrong = any(each.errors for each in own)
        parts = [Part(each, _folds(each)) for each in own]
        found.append({"title": title, "parts": parts, "open": first or wrong})
    return [group for group in found if group["parts"]]


def _folds(field: forms.BoundField) -> list[tuple[str, list[BoundWidget], bool]]:
    """Part the boxes of a long list as its choices are parted; others stand at the end."""
    if field.name not in FOLDED:
        return []
    left = {str(box.data["value"]): box for box in field}
    folds = []
    for title, pairs in FOLDED[field.name]():
        boxes = [left.pop(code) for code, _words in pairs if code in left]
        folds.append((title, boxes, any(box.data["selected"] for box in boxes)))
    last = list(left.values())
    folds.append((str(OTHERS), last, any(box.data["selected"] for box in last)))
    return [fold for fold in folds if fold[1]]


def naming_streets(form: EntryForm) -> dict[str, str]:
    """Give the fields whose words name a street, each with the first piece that does."""
    said = [(name, text) for name, text in form.cleaned_data.items() if isinstance(text, str)]
    return {name: found[0] for name, text in said if (found := locations.find_street_clues(text))}


def named(way: str) -> str:
    """Give the name of the form's field for a way."""
    return way.replace(".", "--")


def _is_own(way: str) -> bool:
    return way in SINGLE or way.partition(".")[0] in ("name", "description", "access", "let_in")


def _plain(value: Any, before: Any) -> Any:
    """Give None for what is not told, and the same codes in the order in which they stood."""
    if isinstance(value, list):
        return before if set(value) == set(before or ()) else sorted(value)
    return None if value == "" else value


def _rows(said: Mapping[str, Any], kind: str, read: Any) -> list[Any]:
    last = max(int(name.split("-")[1]) for name in said if name.startswith(f"{kind}-"))
    return [row for at in range(1, last + 1) if (row := read(said, at)) is not None]


def _words(rows: list[Mapping[str, Any]], at: int) -> dict[str, str]:
    return dict(rows[at - 1]["words"]) if at <= len(rows) else {}
