"""Forms on a house's own questions: the words of one in each language, and an act on a draft."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from suar.screening.labels_files import file_problem
from suar.screening.rules.changes import Reworded
from suar.screening.rules.checking import CHILD, LONGEST, TEXT, Fault
from suar.screening.rules.file_text import MOST_BYTES, Unusable
from suar.screening.rules.shapes import Text

MOST_KEPT = 4 * LONGEST
"""Signs that a draft keeps at all; what is longer than may be used is kept up to here."""
ACTS = ("up", "down", "leave_out", "put_back", "throw_away")
Choices = Collection[tuple[str, Any]]


def _words(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=MOST_KEPT, widget=forms.Textarea({"rows": 2}))


class ActForm(forms.Form):
    """One act on a draft, seen at an edition."""

    edition = forms.IntegerField(min_value=1)
    act = forms.ChoiceField(choices=[(each, each) for each in ACTS])
    question = forms.SlugField(required=False)


class EditionForm(forms.Form):
    """The edition of a draft that somebody saw."""

    edition = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class FileForm(forms.Form):
    """A question file: its size is looked at before a byte of it is read."""

    file = forms.FileField(
        label=_("Question file"),
        help_text=_("A file that was saved from a draft or a version."),
        widget=forms.FileInput({"accept": ".json"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse what is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(file_problem(Unusable.TOO_BIG, MOST_BYTES // 1000))
        return file


class TakeOverForm(forms.Form):
    """A file as it was read, the edition of the draft that stood there (0 is none), and a yes."""

    told = forms.CharField(max_length=MOST_BYTES, strip=False, widget=forms.HiddenInput)
    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    replace = forms.BooleanField(required=False, label=_("Put the file in place of this draft"))


class WordsForm(EditionForm):
    """The words of a question; `sign` for one of the house's own."""

    use_required_attribute = False

    text_id = _words(_("In Indonesian"))
    text_en = _words(_("In English"))
    child_id = _words(_("To a child, in Indonesian"))
    child_en = _words(_("To a child, in English"))
    sign = forms.ChoiceField(
        label=_("Which sign does a yes point to?"),
        required=False,
        help_text=_("It then counts in the sum-up like this sign. Without one it is only noted."),
        error_messages={"invalid_choice": _("There is no such sign. Choose another one, or none.")},
    )

    def __init__(self, *args: Any, child: bool, signs: Choices = (), **kwargs: Any) -> None:
        """Leave the fields for a child or for a sign away where the question has none."""
        super().__init__(*args, **kwargs)
        if not child:
            del self.fields["child_id"], self.fields["child_en"]
        if signs:
            self.fields["sign"].choices = [("", _("None")), *signs]
        else:
            del self.fields["sign"]

    def words(self, *, child_may_miss: bool) -> Reworded:
        """Give the words as they were typed; two empty ones for a child are none where allowed."""
        found = {name: str(self.data.get(name, "")).strip() for name in self.fields}
        child = Text(found.get("child_en", ""), found.get("child_id", ""))
        has_child = "child_en" in self.fields and not (child_may_miss and not child.en and not child.id)
        return Reworded(Text(found["text_en"], found["text_id"]), child if has_child else None)

    def say_faults(self, found: Iterable[Fault], why: Any) -> None:
        """Set what is wrong beside its field."""
        for fault in found:
            name = fault.field if fault.field in self.fields else None
            self.add_error(name, why(fault.code))


def typed(words: Reworded, *, edition: int, sign: str = "") -> Mapping[str, Any]:
    """Give words as the form would send them."""
    parts = {TEXT: words.text, CHILD: words.child or Text("", "")}
    said = {
        f"{name}_{language}": text.in_language(language) for name, text in parts.items() for language in ("en", "id")
    }
    return {**said, "sign": sign, "edition": edition}
