"""Long lists to choose from that stay as they are while the process runs, written only once."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from suar.directory import catalogue

Choices = list[tuple[str, Any]]
Listed = Callable[[str], Choices]
"""Gives the choices in a language; asked once for each language, so nothing in it may change."""


@cache
def places(language: str) -> Choices:
    """List districts under their provinces, then wide places, in a language."""
    every = catalogue.places().values()
    named = {one.code: one.label(language) for one in every}
    districts: dict[str, Choices] = {}
    for one in every:
        if one.group:
            districts.setdefault(one.group, []).append((one.code, named[one.code]))
    others = [
        (one.code, named[one.code])
        for one in every
        if not one.group and one.code.isdigit() and one.code not in districts
    ]
    wide = [(code, named[code]) for code in ("ABROAD", "SEA") if code in named]
    with override(language):
        return [
            ("", anywhere()),
            *(
                (named[province], [(province, anywhere_in(named[province])), *_by_name(inside)])
                for province, inside in districts.items()
            ),
            (_("Other provinces"), _by_name(others)),
            (_("Elsewhere"), wide),
        ]


@cache
def languages(language: str) -> Choices:
    """List the languages by their names in a language."""
    named = [(one.code, one.label(language)) for one in catalogue.languages().values()]
    with override(language):
        return [("", _("Any")), *_by_name(named)]


def forget() -> None:
    """Let go of every list: other words are said from now on."""
    for each in (places, languages, _options, _values):
        each.cache_clear()


def anywhere() -> str:
    """Name all places together."""
    return _("Anywhere")


def anywhere_in(province: str) -> str:
    """Name the whole of a province; `province` is its name."""
    return _("Anywhere in %(province)s") % {"province": province}


class ListedSelect(forms.Select):
    """A list whose options are written once for each language; what was chosen is marked there."""

    def __init__(self, listed: Listed) -> None:
        super().__init__()
        self.listed = listed

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Write the list as Django would; a value that is none of the options marks nothing."""
        plain = f'<option value="{escape(value or "")}"'
        options = _options(self.listed, _language()).replace(f"{plain}>", f"{plain} selected>", 1)
        own = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}', name, own, SafeString(options))

    def use_required_attribute(self, initial: Any) -> bool:
        """Let a browser never insist: each list may be left at its first, empty choice."""
        return False


class ListedField(forms.ChoiceField):
    """One choice out of a long list."""

    def __init__(self, *, listed: Listed, **kwargs: Any) -> None:
        super().__init__(choices=lambda: listed(_language()), widget=ListedSelect(listed), **kwargs)
        self.listed = listed

    def valid_value(self, value: str) -> bool:
        """Say whether a value stands in the list."""
        return value in _values(self.listed, _language())


@cache
def _options(listed: Listed, language: str) -> str:
    """Let Django write all options, with the end of the list; the mark it sets is taken out."""
    whole = forms.Select(choices=listed(language)).render("", None)
    return whole.partition(">")[2].replace(" selected>", ">", 1)


@cache
def _values(listed: Listed, language: str) -> frozenset[str]:
    """Give every value that may be chosen; a group holds a list in place of words."""
    groups = [[each] if isinstance(each[1], str) else each[1] for each in listed(language)]
    return frozenset(value for group in groups for value, _words in group)


def _by_name(choices: Choices) -> Choices:
    return sorted(choices, key=lambda choice: choice[1])


def _language() -> str:
    return get_language() or "en"
