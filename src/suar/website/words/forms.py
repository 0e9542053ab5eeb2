"""Forms of the words: find a text, say it otherwise, bring a file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from suar.website.words import checking, files
from suar.website.words.catalogue import Word
from suar.website.words.files import Told

SHOWN = [
    ("", _("All texts")),
    ("missing", _("Only what is missing")),
    ("own", _("Only what this house says otherwise")),
]


class FindTextForm(forms.Form):
    """A few letters of a text, and which texts."""

    text = forms.CharField(
        label=_("Letters of the text, in English or in the language"),
        required=False,
        max_length=100,
    )
    show = forms.ChoiceField(label=_("Which texts"), choices=SHOWN, required=False)


class FileForm(forms.Form):
    """A file of words that a translator gives back."""

    use_required_attribute = False

    words = forms.FileField(
        label=_("File of words"),
        help_text=_("PO or XLIFF 2.0, as downloaded here. First you see what it would change."),
        widget=forms.FileInput({"accept": ".po,.xlf,.xliff"}),
        allow_empty_file=True,
    )

    def clean_words(self) -> files.TheirFile:
        """Read the file strictly."""
        file: UploadedFile[bytes] = self.cleaned_data["words"]
        if (file.size or 0) > files.MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 5 MB."))
        try:
            return files.read(file.read())
        except files.NotRead as refused:
            told = _now("This file cannot be read. %(why)s")
            raise forms.ValidationError(told % {"why": refused.words}) from None


class SayForm(forms.Form):
    """A text of a language, in each of its forms; `word` is what it is in English and now."""

    use_required_attribute = False

    said = forms.CharField(label=_("Text"))

    def __init__(self, *args: Any, word: Word, many: int, lang: str, rtl: bool, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.word = word
        written = {"lang": lang, "dir": "rtl" if rtl else "ltr", "rows": 4}
        field = self.fields.pop("said")
        for number in range(many):
            self.fields[f"said_{number}"] = forms.CharField(
                label=field.label if many == 1 else _form_of(number + 1, many),
                strip=False,
                max_length=5000,
                widget=forms.Textarea(written),
                error_messages={"required": _("One of its forms is missing.")},
            )

    @property
    def told(self) -> tuple[str, ...]:
        """Give the forms of the text; a browser ends lines as Windows does."""
        return tuple(self.cleaned_data[name].replace("\r\n", "\n") for name in self.fields)

    def clean(self) -> None:
        """Look whether it may stand in a page."""
        if self.errors:
            return
        one = Told(0, self.word.key, self.told)
        if because := checking.wrong(one, self.word):
            wrong = (
                n for n, said in enumerate(self.told) if checking.wrong(Told(0, self.word.key, (said,)), self.word)
            )
            self.add_error(f"said_{next(wrong, 0)}", _now(because))


def _form_of(number: int, many: int) -> str:
    return _now("Text, form %(number)s of %(many)s") % {"number": number, "many": many}
