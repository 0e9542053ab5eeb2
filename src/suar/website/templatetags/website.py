"""Tags that every app may use: fields, errors, lists, pictograms, languages, navigation, who answers now."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from suar.accounts.acting import FORM_ID
from suar.accounts.http import StaffRequest, StaffSiteRequest
from suar.accounts.roles import Permission, Viewer
from suar.accounts.rules import locks_after
from suar.accounts.sessions import SignedIn
from suar.cases import drafts, retention
from suar.consent.documents import Profile
from suar.contact import queries as contact
from suar.core import clock, i18n
from suar.core.codes import code_list
from suar.core.counting import count_rows
from suar.core.ids import new_id
from suar.directory import freshness, providers
from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.directory.facts import PersonFacts
from suar.directory.labels import served_text
from suar.directory.rules import input_text
from suar.feedback import queries as feedback
from suar.feedback import survey
from suar.feedback.public import PresentHandlers
from suar.referrals import packages, second_opinions
from suar.screening import queries as talks
from suar.screening import team_opinions
from suar.website import emergency, languages, texts
from suar.website.messages import read_messages
from suar.website.pages import is_opened_from_start, path_of
from suar.website.print import queries as booklets

register = template.Library()
SHIPS = ("SEC_FISHING", "SEC_SEAFARING")
PICTOGRAMS = Path(__file__).parent.parent / "static" / "website" / "pictograms"

NAVIGATION = read_messages("staff/navigation")
"""The main navigation of the staff site: page, permission, label, and other pages that belong to the entry."""

register.filter("in_words", i18n.format_day, expects_localtime=True)
register.filter("file_size", i18n.format_size)
register.filter("dialled", input_text.digits_to_dial)
register.filter("localized", i18n.localize)
register.simple_tag(languages.lang_attributes)
register.simple_tag(languages.is_draft)
register.simple_tag(languages.critical_language)
register.simple_tag(directory.country_lines)
register.simple_tag(contact.has_desks)
register.simple_tag(texts.has_check)
register.filter("served", served_text)


# Forms


@register.inclusion_tag("website/form_id.html", takes_context=True)
def form_id(context: template.Context, *, draft: str = "") -> dict[str, Any]:
    """Render the hidden id by which `accounts.acting` handles a form once, even if it is sent twice.

    With the name of the form as `draft`, what the worker types on a page of a record is sealed as a draft and
    comes back when they open the form again. A form that was sent and refused shows what was sent.
    """
    values: dict[str, Any] = {"name": FORM_ID, "id": new_id(), "form": ""}
    request: Any = context.get("request")
    match = getattr(request, "resolver_match", None)
    if not draft or not match or "record" not in match.kwargs or not getattr(request, "viewer", None):
        return values
    record = match.kwargs["record"]
    form = ":".join([draft, *(str(value) for name, value in match.kwargs.items() if name != "record")])
    values |= {"form": form, "at": reverse("save_draft", args=[record])}
    if request.method == "GET":
        return values | {"draft": drafts.read_draft(record, form, keys=request.keys, at=clock.now())}
    return values | {"refused": request.POST.get(drafts.FIELD) == form}


@register.filter
def as_json(fields: Mapping[str, Sequence[str]]) -> str:
    """Return the fields of a draft for the script that restores them."""
    return json.dumps(fields)


@register.inclusion_tag("website/field.html")
def field(field: BoundField, *, taps: bool = False, legend: str = "", optional: bool = True) -> dict[str, Any]:
    """Render any form field with its label, help and errors tied to it.

    `taps` turns radio buttons into large targets side by side; `legend` replaces the label;
    `optional=False` leaves the word "optional" out where a whole form is.
    """
    label = legend or field.label
    return {"field": field, "taps": taps, "label": label, "optional": optional and not field.field.required}


@register.inclusion_tag("website/problems.html")
def problems(form: BaseForm) -> dict[str, Any]:
    """List what is wrong in a form, each with a link to its field; a field without a label has its error alone."""
    rows: list[dict[str, Any]] = [{"words": error} for error in form.non_field_errors()]
    for name in form.errors:
        if name != "__all__":
            bound, label = form[name], form.fields[name].label
            target = "" if bound.is_hidden else f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id
            texts = [format_html("{} · {}", label, error) if label else error for error in bound.errors]
            rows += [{"target": target, "words": text} for text in texts]
    return {"listed": rows}


@register.inclusion_tag("website/feedback_invitation.html")
def feedback_invitation() -> dict[str, Any]:
    """Tell the person where they can say how each time was, every stage of it, and who reads that."""
    present = PresentHandlers.at(clock.now())
    return {
        "address": settings.SUAR_PUBLIC_ORIGIN.partition("//")[2],
        "stages": [stage.label for stage in survey.STAGES.members],
        "readers": present.describe(),
    }


@register.simple_tag(takes_context=True)
def providers_to_choose(context: template.Context, field: BoundField, typed: str) -> list[dict[str, Any]]:
    """Return the providers to choose in a field: those already chosen, then those that match the search."""
    chosen = [str(ident) for ident in field.value() or ()]
    names = providers.provider_names([UUID(ident) for ident in chosen if _is_id(ident)])
    own = getattr(context["request"].viewer, "organisation", None)
    names |= providers.find_providers(typed or "", apart_from=own)
    return [{"id": str(ident), "name": name, "tapped": str(ident) in chosen} for ident, name in names.items()]


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


# Parts of a page


@register.filter
def label(code: str, code_list_name: str) -> str:
    """Return the label of a code: `{{ need.urgency|label:"referrals.urgency" }}`."""
    return code_list(*code_list_name.split(".")).label(code)


@register.simple_tag
@cache
def pictogram(name: str) -> SafeString:
    """Return one of our own pictures; the text beside it says the same."""
    file = PICTOGRAMS / f"{name}.svg"
    if not name.replace("-", "").isalnum() or not file.is_file():
        return SafeString("")
    # Only our own files are read here, and a test looks at each of them.
    return mark_safe(file.read_text("utf-8").strip())  # noqa: S308 - our own file, not input


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
    *, page: "Page[Any] | None" = None, name: str = "page", show: str = "", earlier: str = "", later: str = ""
) -> dict[str, Any]:
    """Link to the pages before and after; without either, print nothing.

    The number of a `page` is in the address under the `name` of its list, which is also the anchor of the list; beside
    it stands the part of the list that is shown.
    """
    part = f"{urlencode({'show': show})}&" if show else ""
    if page and page.has_previous():
        earlier = f"?{part}{name}={page.previous_page_number()}#{name}"
    if page and page.has_next():
        later = f"?{part}{name}={page.next_page_number()}#{name}"
    return {"earlier": earlier, "later": later}


@register.inclusion_tag("website/saved.html", takes_context=True)
def saved(context: template.Context, part: str = "") -> dict[str, Any]:
    """Show what was saved in a part of this page, or on the page as a whole; only to somebody who is signed in."""
    request = context["request"]
    if not getattr(request, "viewer", None):
        return {"saved": ()}
    if not hasattr(request, "success_messages"):
        request.success_messages = list(get_messages(request))
    return {"saved": [message for message in request.success_messages if message.extra_tags == part]}


# Languages


@register.simple_tag(takes_context=True)
def address_language(context: template.Context) -> str:
    """Return the language of the address, which may differ from the language of the page."""
    return getattr(context.get("request"), "address_language", "") or i18n.active_language()


@register.inclusion_tag("website/languages_public.html", takes_context=True)
def public_languages(context: template.Context) -> dict[str, Any]:
    """Link to this page in every language, each named in its own script.

    A button sends the answers to a form again, so that they stay out of addresses. On the start page it sends what is
    chosen there.
    """
    request, current = context.get("request"), context.get("language") or ""
    path = "/"
    if request is not None and (request.method == "GET" or is_opened_from_start(request)):
        path = path_of(request)
    first, _, rest = path.lstrip("/").partition("/")
    rest = rest if first in dict(settings.LANGUAGES) else ""
    copy = getattr(request, "published", None)
    button = "lang" if "sent_values" in context else "speak" if "language_form" in context else "read" if rest else ""
    links = (
        copy.language_links(rest) if copy else [(code, name, f"/{code}/{rest}") for code, name in settings.LANGUAGES]
    )
    buttons, rows = bool(button and context.get("read_ticket") and not copy), []
    form = {"form": context.get("language_form", "reading"), "class": "plain", "name": button}
    for code, name, href in links:
        value = href if button == "read" else code
        attributes = {**form, "value": value} if buttons else {"href": href, "hreflang": code}
        mark = {"aria-current": "true"} if code == current else {}
        rows.append((name, flatatt(attributes) + languages.lang_attributes(code) + flatatt(mark)))
    return {
        "languages": rows if len(rows) > 1 else [],
        "current": current,
        "current_name": dict(settings.LANGUAGES).get(current, ""),
        "buttons": buttons,
        # Enter in a field presses the first button of the form.
        "default_button_of": context.get("language_form", "") if buttons else "",
    }


@register.simple_tag
def worker_languages() -> list[tuple[str, str]]:
    """List the languages of the staff site and the talk: code and own name."""
    codes = (*settings.SUAR_STAFF_LANGUAGES, *settings.SUAR_TALK_LANGUAGES)
    return [(code, name) for code, name in settings.LANGUAGES if code in codes]


# The public site


@register.simple_block_tag(takes_context=True)
def reading_link(
    context: template.Context,
    content: str,
    page: str | int,
    *,
    language: str = "",
    text_language: str = "",
    act: bool = False,
) -> SafeString:
    """Link to a reading page: a button of the form "reading" where there is one, else a link.

    A page is named by its number or path. `text_language` is the language of the link text; `act` makes it look like a
    button.
    """
    language = language or context.get("language") or i18n.active_language()
    path = f"/{language}/read/{page}" if isinstance(page, int) else f"/{language}/{page}"
    attributes = languages.lang_attributes(text_language) if text_language else ""
    content = SafeString(content)
    if not context.get("read_ticket") or getattr(context.get("request"), "published", None):
        look = SafeString(' class="act" data-quiet' if act else "")
        return format_html('<a{} href="{}"{}>{}</a>', look, path, attributes, content)
    look = SafeString('class="act" data-quiet' if act else 'class="plain"')
    button = '<button form="reading" {} name="read" value="{}"{}>{}</button>'
    return format_html(button, look, path, attributes, content)


@register.simple_tag
def booklets_available() -> bool:
    """Return True if there is a valid booklet."""
    return booklets.list_valid(on=clock.today()).exists()


@register.simple_tag(takes_context=True)
def who_answers(
    context: template.Context, services: Sequence[str], most: int = 3, whom: str = ""
) -> Sequence[ServiceCard]:
    """Return the services of these types that somebody answers now and that fit what is known of the person.

    `helped` in the context is a Profile; `whom` says who is to be helped instead of the person, such as CHILD.
    """
    return _lines_for(context, services, whom=whom, most=most) if services else []


@register.simple_tag(takes_context=True)
def who_answers_by_need(context: template.Context, needs: Sequence[Any]) -> list[tuple[Any, Sequence[ServiceCard]]]:
    """Return each need with the services that somebody answers now; `country` in the context are the country lines."""
    country = context.get("country")
    return [(line, _lines_for(context, line["services"], whom=line["need"].whom, country=country)) for line in needs]


def _lines_for(
    context: template.Context, services: Sequence[str], *, whom: str, most: int = 3, country: Any = None
) -> Sequence[ServiceCard]:
    helped = packages.facts_of_helped(_facts_of_helped(context), whom)
    if whom == packages.CHILD:
        return directory.child_lines(services, most=most, place=helped.place or "")
    is_far = bool(context.get("abroad")) or whom == packages.OTHER
    return directory.likely_lines(services, helped, country=country, most=most, remote=is_far)


def _facts_of_helped(context: template.Context) -> PersonFacts:
    """Return what is known of the person in a talk: age, sex, a ship as the place, the area of the team."""
    known = context.render_context.get("facts_of_helped")
    if isinstance(known, PersonFacts):
        return known
    profile, request = context.get("helped") or Profile(), context.get("request")
    organisation = request.viewer.organisation if request is not None and not context.get("elsewhere") else None
    person = PersonFacts(
        age_years=profile.age,
        age_status=profile.age_status,
        age_range=context.get("age_range"),
        sex=profile.sex or context.get("known_sex") or None,
        forms=frozenset(SHIPS) if context.get("at_sea") else None,
        place=(directory.province_of_organisation(organisation) if organisation else "") or None,
    )
    context.render_context["facts_of_helped"] = person
    return person


@register.simple_tag(takes_context=True)
def emergency_lines(context: template.Context, language: str = "") -> list[emergency.EmergencyNumber]:
    """Return the emergency numbers; for somebody who searches from abroad only those that can be dialled there."""
    numbers = emergency.list_numbers(language=language or i18n.active_language())
    return [line for line in numbers if line.number.startswith("+") or not context.get("calls_from_abroad")]


@register.simple_tag
def demo_world() -> bool:
    """Return True in the demonstration."""
    return bool(settings.SUAR_MODE == "demo")


@register.simple_tag(takes_context=True)
def exit_address(context: template.Context) -> str:
    """Return the address of the neutral page for the quick exit, in the language of the page that is left."""
    preferred, language = getattr(context.get("request"), "preferred_language", ""), context.get("language")
    own = f"/{language}" if preferred and language and language != preferred else ""
    return settings.SUAR_EXIT_URL or f"{own}/weather"


# The staff site


@register.simple_tag(takes_context=True)
def staff_nav(context: template.Context) -> list[dict[str, Any]]:
    """List the main navigation of this worker, with the current page marked.

    If something waits, every other page marks the entry of the day.
    """
    request: StaffSiteRequest | None = context.get("request")
    viewer: Viewer | None = getattr(request, "viewer", None)
    signed_in: SignedIn | None = getattr(request, "signed_in", None)
    if request is None or viewer is None:
        return []
    waits = bool(signed_in and signed_in.session.has_notice)
    items = []
    for entry in NAVIGATION:
        if viewer.may(Permission(entry["permission"])):
            href = reverse(entry["page"])
            current = any(_is_within(request.path, reverse(page)) for page in (entry["page"], *entry["also"]))
            marked = waits and entry["page"] == "day" and not current
            items.append({"href": href, "label": entry["label"], "current": current, "waits": marked})
    return items


def _is_within(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))


@register.simple_tag(takes_context=True)
def lock_after_seconds(context: template.Context) -> int:
    """Return after how many idle seconds the screen locks."""
    signed_in = getattr(context.get("request"), "signed_in", None)
    session = signed_in.session if signed_in else None
    shared, in_talk = (session.shared, session.in_talk) if session else (True, False)
    return int(locks_after(shared=shared, in_talk=in_talk).total_seconds())


@register.simple_tag(takes_context=True)
def count_waiting(context: template.Context, **listed: QuerySet[Any]) -> dict[str, int]:
    """Count what waits for this worker, by kind, also what the page `listed`; of erasures those of the organisation."""
    request: StaffRequest = context["request"]
    viewer = request.viewer
    return count_rows(
        **listed,
        letters=contact.unread_letters(viewer),
        feedback=feedback.unread_feedback(viewer),
        readings=team_opinions.waiting(viewer),
        for_partners=second_opinions.waiting(viewer, keys=request.keys, at=clock.now()),
        question_drafts=talks.drafts_to_confirm(viewer),
        erasures=retention.announced_in(viewer.organisation),
        erasure_asks=retention.asks_to(viewer.organisation),
    )


@register.inclusion_tag("cases/erasures_of_day.html", takes_context=True)
def erasures_of_day(context: template.Context, *, announced: int = 0, asked: int = 1) -> dict[str, Any]:
    """List the records of this worker that are erased soon, and cases that another organisation asks to erase.

    The numbers are those of the organisation: where there are none, nothing is looked up.
    """
    request: StaffRequest = context["request"]
    return retention.day_context(request.viewer, keys=request.keys, announced=announced > 0, asked=asked > 0)


@register.simple_tag(takes_context=True)
def entries_waiting(context: template.Context) -> int:
    """Count what waits in the directory for an editor: drafts, reports, entries to check now."""
    viewer = context["request"].viewer
    return sum(freshness.count_waiting().values()) if viewer.may(Permission.EDIT_DIRECTORY) else 0
