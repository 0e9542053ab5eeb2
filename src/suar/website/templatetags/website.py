"""Parts of a page that every stage may use: fields, errors, lists, pictograms, addresses."""

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from suar.accounts.acting import FORM_ID
from suar.accounts.roles import Permission
from suar.accounts.rules import locks_after
from suar.contact import queries as contact
from suar.core import i18n
from suar.core.codes import code_list
from suar.core.ids import new_id
from suar.directory import freshness, providers
from suar.directory.rules import input_text
from suar.feedback import queries as feedback
from suar.website import languages, nav, texts
from suar.website.pages import page_of, through_the_start

register = template.Library()
PICTOGRAMS = Path(__file__).parent.parent / "static" / "website" / "pictograms"
STAFF = settings.SUAR_STAFF_LANGUAGES


register.filter("in_words", i18n.format_day, expects_localtime=True)
register.filter("dialled", input_text.digits_to_dial)
register.filter("localized", i18n.localize)


@register.simple_tag
def form_id() -> SafeString:
    """Write the hidden field that lets `core.acts` handle a form once, however often it is sent."""
    return format_html('<input type="hidden" name="{}" value="{}">', FORM_ID, new_id())


@register.filter
def code_label(code: str, code_list_name: str) -> str:
    """Return the label of a code, such as `{{ plan.result|code_label:"cases/follow_ups" }}`."""
    return code_list(*code_list_name.split("/")).label(code)


@register.simple_tag
def demo_world() -> bool:
    """Return True in the demonstration."""
    return getattr(settings, "SUAR_MODE", "") == "demo"


@register.simple_tag(takes_context=True)
def bodies_to_tap(context: template.Context, field: BoundField, typed: str) -> list[dict[str, Any]]:
    """List the bodies of the directory to tap in a field: those tapped, then those found."""
    tapped = [str(each) for each in field.value() or ()]
    there = providers.provider_names([UUID(each) for each in tapped if _is_id(each)])
    house = getattr(context["request"].viewer, "organisation", None)
    found = there | providers.find_providers(typed or "", apart_from=house)
    return [{"id": str(key), "name": name, "tapped": str(key) in tapped} for key, name in found.items()]


@register.simple_tag(takes_context=True)
def letters_waiting(context: template.Context) -> int:
    """Count the letters of the public door that nobody of this worker's teams has read."""
    viewer = context["request"].viewer
    return contact.count_unread(viewer) if viewer.may(Permission.ANSWER_REQUESTS) else 0


@register.simple_tag(takes_context=True)
def heard_waiting(context: template.Context) -> int:
    """Count what people said to those who hear in this house and nobody has read."""
    viewer = context["request"].viewer
    return feedback.count_unread(viewer) if viewer.may(Permission.HEAR_FEEDBACK) else 0


@register.simple_tag(takes_context=True)
def entries_waiting(context: template.Context) -> int:
    """Count what waits in the directory for an editor: drafts, reports, entries to check now."""
    viewer = context["request"].viewer
    return sum(freshness.count_waiting().values()) if viewer.may(Permission.EDIT_DIRECTORY) else 0


@register.simple_tag
@cache
def pictogram(name: str) -> SafeString:
    """Return one of our own pictures; the text beside it says the same."""
    file = PICTOGRAMS / f"{name}.svg"
    if not name.replace("-", "").isalnum() or not file.is_file():
        return SafeString("")
    # Only our own files are read here, and a test looks at each of them.
    return mark_safe(file.read_text("utf-8").strip())  # noqa: S308 - our own file, not input


@register.simple_tag(takes_context=True)
def check_offered(context: template.Context) -> bool:
    """Return True if the self-check may be shown in the language of this page."""
    language = context.get("language") or languages.now()
    return texts.has_check(language)


@register.inclusion_tag("website/field.html")
def field(field: BoundField, *, taps: bool = False, legend: str = "", optional: bool = True) -> dict[str, Any]:
    """Render any form field with its label, help and errors tied to it.

    `taps` turns radio buttons into large targets side by side; `legend` replaces the label;
    `optional=False` leaves the word "optional" out where a whole form is.
    """
    kind = _kind(field)
    described = [f"{field.auto_id}-help"] if field.help_text else []
    described += [f"{field.auto_id}-error"] if field.errors else []
    attrs: dict[str, Any] = {}
    if described and kind != "group":
        attrs["aria-describedby"] = " ".join(described)
    if field.errors and kind != "group":
        attrs["aria-invalid"] = "true"
    widget = "" if kind == "group" else field.as_widget(attrs=attrs)
    if field.field.show_hidden_initial:
        widget += field.as_hidden(only_initial=True)
    return {
        "field": field,
        "kind": kind,
        "taps": taps,
        "label": legend or field.label,
        "described": " ".join(described),
        "widget": widget,
        "optional": optional and not field.field.required,
    }


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, CheckboxInput) else "line"


@register.inclusion_tag("website/problems.html")
def problems(form: BaseForm) -> dict[str, Any]:
    """List what is wrong in a form, each with a link to its field."""
    listed = [
        {"target": _first_target(form[name]), "label": form[name].label, "words": error}
        for name in form.errors
        if name != "__all__"
        for error in form[name].errors
    ]
    whole = [{"target": "", "label": "", "words": error} for error in form.non_field_errors()]
    return {"listed": whole + listed}


def _first_target(field: BoundField) -> str:
    return f"{field.auto_id}_0" if _kind(field) == "group" else field.auto_id


@register.inclusion_tag("website/answers.html")
def answers(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """List answers to be checked; each row has `question`, `answer` and perhaps `change` (href)."""
    return {"rows": rows}


@register.inclusion_tag("website/empty.html")
def empty(words: str, *, hint: str = "", href: str = "", act: str = "") -> dict[str, Any]:
    """Show that a list is empty, and what can be done next."""
    return {"words": words, "hint": hint, "href": href, "act": act}


@register.inclusion_tag("website/paging.html")
def paging(
    *, page: "Page[Any] | None" = None, name: str = "page", earlier: str = "", later: str = ""
) -> dict[str, Any]:
    """Link to the pages before and after; without either, print nothing.

    The number of a `page` stands in the address under the `name` of its list, which is also its place on the page.
    """
    if page and page.has_previous():
        earlier = f"?{name}={page.previous_page_number()}#{name}"
    if page and page.has_next():
        later = f"?{name}={page.next_page_number()}#{name}"
    return {"earlier": earlier, "later": later}


@register.inclusion_tag("website/steps.html")
def steps(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Show where one is: each step has `label`, `done`, `current` and perhaps `href`."""
    return {"steps": steps}


@register.simple_tag
def exit_address() -> str:
    """Return the address of the neutral page for the quick exit."""
    return getattr(settings, "SUAR_EXIT_URL", "") or "/weather"


@register.simple_tag
def address_of(name: str) -> str:
    """Return the address of a page without arguments, or an empty string if no app has it."""
    return nav.address_of(name)


@register.filter
def way(ident: UUID, name: str) -> str:
    """Return the address of a page about one record; faster than `url` for long lists."""
    return nav.way_to(name).replace(nav.ANY, str(ident))


@register.simple_tag(takes_context=True)
def staff_nav(context: template.Context) -> list[dict[str, Any]]:
    """List where this worker may go; a view may hand over its own list as `nav`."""
    request = context.get("request")
    if "nav" in context or request is None:
        return context.get("nav") or []
    signed = getattr(request, "signed", None)
    waits = bool(signed and signed.has_notice())
    return nav.ways_of(getattr(request, "viewer", None), request.path, waits=waits)


@register.inclusion_tag("website/leave_public.html")
def public_leave() -> dict[str, Any]:
    """Show the quick exit of the public site."""
    return {"exit": exit_address()}


@register.inclusion_tag("website/leave_staff.html", takes_context=True)
def staff_leave(context: template.Context) -> dict[str, Any]:
    """Show the quick exit of the staff site, which also ends the session."""
    action = nav.address_of("leave") if context.get("csrf_token") else ""
    return {"exit": exit_address(), "action": action, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("website/languages_public.html", takes_context=True)
def public_languages(context: template.Context) -> dict[str, Any]:
    """Link to this page in every language, each named in its own script."""
    request = context.get("request")
    is_address = request is not None and (request.method == "GET" or through_the_start(request))
    first, _, rest = (page_of(request) if is_address else "/").lstrip("/").partition("/")
    rest = rest if first in dict(settings.LANGUAGES) else ""
    here = context.get("language") or ""
    if published := getattr(request, "published", None):
        links = published.language_links(settings.LANGUAGES, rest)
    else:
        links = [(code, name, f"/{code}/{rest}") for code, name in settings.LANGUAGES]
    return {
        "languages": links if len(links) > 1 else [],
        "here": here,
        "own": dict(settings.LANGUAGES).get(here, ""),
        "by_button": bool(rest and context.get("read_ticket")) and not published,
    }


@register.simple_tag
def worker_languages() -> list[tuple[str, str]]:
    """List the languages that workers' pages and the talk speak: code and own name."""
    codes = (*STAFF, *settings.SUAR_TALK_LANGUAGES)
    return [each for each in settings.LANGUAGES if each[0] in codes]


@register.inclusion_tag("website/languages_staff.html", takes_context=True)
def staff_languages(context: template.Context) -> dict[str, Any]:
    """Offer the other languages of the staff site."""
    request = context.get("request")
    return {
        "languages": worker_languages(),
        "action": nav.address_of("language"),
        "here": request.path if request is not None and request.method == "GET" else "/",
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def quiet_s(context: template.Context) -> int:
    """Return after how many idle seconds this screen locks."""
    signed = getattr(context.get("request"), "signed", None)
    shared, in_talk = (signed.shared, signed.in_talk) if signed else (True, False)
    return int(locks_after(shared=shared, in_talk=in_talk).total_seconds())


@register.simple_tag(takes_context=True)
def sign_out_address(context: template.Context) -> str:
    """Return the address of signing out, if somebody is signed in."""
    request = context.get("request")
    return nav.address_of("sign_out") if getattr(request, "viewer", None) else ""
