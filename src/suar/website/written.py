"""The form of the public door, written once for each language; what was chosen is marked there.

What is kept is the form before anybody chose, so nothing of a visitor stays behind.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from suar.website.forms import FindForm

TICKET = "the-ticket-of-each-page"
REST = "the-rest-of-an-address"
TYPED = 'name="text"'
MARKS = (" checked>", " selected>")


def find_form(form: FindForm, ticket: str, *, more_open: bool = False) -> SafeString:
    """Write the form as its template does, with this page's ticket and what was chosen.

    One with something wrong in it goes through the template: it is rare and says more.
    """
    language = get_language() or "en"
    if form.errors:
        return _whole(form, ticket, language, more_open=more_open)
    text = _unmarked(language, more_open=more_open)
    for mark, *way in _marks(form):
        text = _marked(text, mark, way)
    if form.is_bound and form.cleaned_data["text"]:
        typed = escape(form.cleaned_data["text"])
        text = text.replace(TYPED, f'{TYPED} value="{typed}"', 1)
    return SafeString(text.replace(TICKET, escape(ticket), 1))


def _whole(form: FindForm, ticket: str, language: str, *, more_open: bool) -> SafeString:
    told = {"form": form, "ticket": ticket, "language": language, "more_open": more_open}
    return render_to_string("website/find_form.html", told)


def forget() -> None:
    """Let go of what the templates wrote: other words are said from now on."""
    for each in (_unmarked, _tongues):
        each.cache_clear()


def tongues(here: str, rest: str, *, by_button: bool = False) -> SafeString:
    """Write the list of languages as its template does, each leading on to `rest` of an address."""
    text = _tongues(get_language() or "en", here, by_button=by_button)
    return SafeString(text.replace(REST, escape(rest)))


@cache
def _tongues(language: str, here: str, *, by_button: bool) -> str:
    """Let the template write the list once for the language of a page and that of its address."""
    ways = [(code, name, f"/{code}/{REST}") for code, name in settings.LANGUAGES]
    return list_of_tongues(ways, here, by_button=by_button)


def list_of_tongues(ways: Sequence[tuple[str, str, str]], here: str, *, by_button: bool = False) -> SafeString:
    """Let the template write a list of languages, given as code, name and address.

    A copy in one language has nothing to choose from, and no list.
    """
    if len(ways) < 2:
        return SafeString("")
    told = {
        "languages": ways,
        "here": here,
        "by_button": by_button,
        "own": dict(settings.LANGUAGES).get(here, ""),
    }
    return render_to_string("website/languages_public.html", told)


@cache
def _unmarked(language: str, *, more_open: bool) -> str:
    """Let the template write the form, without the marks of what is chosen from the start."""
    text: str = _whole(FindForm(), TICKET, language, more_open=more_open)
    for mark in MARKS:
        text = text.replace(mark, ">")
    return text


def _marks(form: FindForm) -> Iterator[tuple[str, ...]]:
    """Give each mark with the way to it through the text of the form."""
    said = form.cleaned_data if form.is_bound else {}
    for need in dict.fromkeys(said.get("needs", ())):
        yield "checked", f'name="needs" value="{need}"'
    for name in form.fields.keys() & {"who", "citizen", "papers"}:
        yield "checked", f'name="{name}" value="{said.get(name, "")}"'
    for name in ("place", "spoken"):
        yield "selected", f'<select name="{name}"', f'<option value="{said.get(name, "")}"'
    for name in ("now", "free", "children"):
        if said.get(name):
            yield "checked", f'name="{name}"'


def _marked(text: str, mark: str, way: list[str]) -> str:
    at = 0
    for step in way:
        at = text.index(step, at)
    end = text.index(">", at)
    return f"{text[:end]} {mark}{text[end:]}"
