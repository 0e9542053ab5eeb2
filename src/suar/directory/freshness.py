"""Entries that need confirmation, providers to ask, and work that waits for editors.

Suar sends nothing. It records every request, so that no provider is asked twice a week.
Source: docs/decisions/directory-upkeep.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db.models import F, Max, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.i18n import OFFICIAL_LANGUAGES, SOURCE_LANGUAGE
from suar.core.refusals import Refused
from suar.directory import error_reports, proposals, provider_links, queries, revisions, snapshots
from suar.directory.cards import ServiceCard
from suar.directory.codes import UNKNOWN_LANGUAGE, AskingState, How, Status, Texts
from suar.directory.models import ConfirmationRequest, Edition, EntryLink, Proposal, Service, Upload
from suar.directory.rules import freshness, input_text
from suar.directory.search import ResultPage, SearchQuery

ENTRIES_PER_PAGE, MAX_DIGITS = 50, 6


def list_entries(show: str, *, text: str = "", after: str = "") -> ResultPage:
    """Return a page of entries for an editor: by words, the oldest first, or those with something that waits."""
    ids: Any
    if show == "drafts":
        ids = list(dict.fromkeys(row.service_id for row in proposals.list_waiting() if row.service_id))
    elif show == "wrong":
        ids = list(dict.fromkeys(row.service_id for row in error_reports.list_open_reports()))
    elif show:
        ids = entries_by_age(show).values_list("id", flat=True)
    else:
        return queries.search_services(SearchQuery(text=text, after=after))
    start = int(after) if after.isdecimal() and len(after) <= MAX_DIGITS else 0
    page = list(ids[start : start + ENTRIES_PER_PAGE + 1])
    cards = queries.cards_by_id(page[:ENTRIES_PER_PAGE])
    more = str(start + ENTRIES_PER_PAGE) if len(page) > ENTRIES_PER_PAGE else ""
    return ResultPage(tuple(cards[id_] for id_ in page[:ENTRIES_PER_PAGE]), more)


def entries_by_age(show: str) -> "QuerySet[Service]":
    """Return entries by the day they were last confirmed, unconfirmed ones first."""
    today = clock.today()
    filters = {
        "ask": Q(searchentry__ask_from__lte=today),
        "now": Q(searchentry__due_from__lte=today),
        "hidden": Q(searchentry__shown_until__lt=today),
        "closed": ~Q(status=Status.ACTIVE),
    }
    return Service.objects.filter(filters[show]).order_by(F("confirmed").asc(nulls_first=True), "id")


def count_waiting() -> dict[str, int]:
    """Count proposals, uploaded files, error reports, and entries to confirm now."""
    return {
        "drafts": len(proposals.list_waiting()),
        "imports": Upload.objects.count(),
        "wrong": len(error_reports.list_open_reports()),
        "now": entries_by_age("now").count(),
    }


def list_uploads() -> list[Upload]:
    """List the uploaded files that wait for a second editor, the oldest first."""
    return list(Upload.objects.defer("content").order_by("at"))


@dataclass(frozen=True, slots=True)
class DueProvider:
    """A provider with its due entries, the oldest first, and how it was asked before.

    `unanswered` counts the requests without an answer.
    """

    services: list[Service]
    last_request: ConfirmationRequest | None
    unanswered: int
    state: AskingState

    @property
    def id(self) -> UUID:
        """Return the id of the first entry, which identifies the group."""
        return self.services[0].id

    @property
    def email(self) -> str:
        """Return the mail address of the provider."""
        return self.services[0].provider.email if self.services[0].provider else ""


def list_due_providers(*, at: datetime, service: UUID | None = None) -> list[DueProvider]:
    """Return the providers with due entries, those with the oldest first; with `service`, its own only.

    An entry of which its provider sent a change that waits for an editor is not due.
    """
    answered = Proposal.objects.filter(by=None, service__isnull=False, state__in=proposals.WAITING)
    due = entries_by_age("ask").exclude(id__in=answered.values("service")).select_related("provider")
    if service is not None:
        due = due.filter(_same_provider(service))
    groups: dict[UUID, list[Service]] = defaultdict(list)
    for row in due:
        groups[row.provider_id or row.id].append(row)
    requests: dict[UUID, list[ConfirmationRequest]] = defaultdict(list)
    concerned = Q(service__in=due.values("id")) | Q(service__provider__in=due.values("provider"))
    for request in ConfirmationRequest.objects.filter(concerned).select_related("service").order_by("at"):
        requests[request.service.provider_id or request.service_id].append(request)
    answers = dict(Proposal.objects.filter(by=None).values_list("service").annotate(Max("at")))
    return [_due_provider(rows, requests[key], answers, at=at) for key, rows in groups.items()]


@act("ask_provider", needs=Permission.EDIT_DIRECTORY)
def ask_provider(service: UUID, *, by: Acting) -> tuple[DueProvider, dict[UUID, str]]:
    """Create a link for each due entry of a provider; return the tokens, which are not stored.

    Raises NotYours, and Refused if nothing is due or somebody asked within a week.
    """
    provider = _record_request(service, by=by)
    return provider, {row.id: provider_links.replace_link(row.id, by=by) for row in provider.services}


@act("ask_provider", needs=Permission.EDIT_DIRECTORY)
def record_unanswered_call(service: UUID, *, by: Acting) -> None:
    """Record a call without an answer; raises as `ask_provider` does."""
    _record_request(service, by=by)


@act("take_asking_back", needs=Permission.EDIT_DIRECTORY)
def withdraw_request(service: UUID, *, by: Acting) -> None:
    """Delete the last request to a provider because it was not sent. Its links end.

    Raises Refused for everybody except the author of the request.
    """
    Edition.locked()
    of_provider = Service.objects.filter(_same_provider(service))
    requests = ConfirmationRequest.objects.filter(service__in=of_provider)
    last = requests.order_by("-at").first()
    if last is None or last.by != by.worker:
        raise Refused("not_asked_by_you")
    together = requests.filter(at=last.at, by=by.worker)
    by.entry.about += together.values_list("service_id", flat=True)
    EntryLink.objects.filter(service__in=by.entry.about, made_at=last.at, ended_at=None).update(ended_at=by.at)
    together.delete()


@act("confirm_service", needs=Permission.EDIT_DIRECTORY)
def confirm_entry(service: UUID, *, by: Acting) -> None:
    """Record that an editor asked the provider today and the entry is correct.

    Raises Refused for an editor who proposed its unconfirmed contact data.
    """
    Edition.locked()
    revisions.may_confirm_entry(service, by.worker).enforce()
    revisions.confirm(service, how=How.EDIT, by=by)


def build_messages(
    provider: DueProvider, links: Mapping[UUID, str], *, organisation: str, until: datetime
) -> list[dict[str, Any]]:
    """Write the message to a provider in each language of the staff site, its own first."""
    documents = snapshots.load_services(links).values()
    own = provider_language(text for document in documents for text in (document.name, document.description))
    languages = sorted(settings.SUAR_STAFF_LANGUAGES, key=lambda language: language != own)
    return [_build_message(language, provider, links, organisation, until) for language in languages]


def provider_language(texts: Iterable[Texts]) -> str:
    """Return the staff language of all entries of a provider, or else the official language of the country."""
    official = OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, SOURCE_LANGUAGE)
    used = {language for text in texts for language, words in text.items() if words} - {UNKNOWN_LANGUAGE}
    return used.pop() if len(used) == 1 and used <= {*settings.SUAR_STAFF_LANGUAGES} else official


def telephone_numbers(cards: Iterable[ServiceCard]) -> list[str]:
    """Return the numbers of entries without repeats."""
    return list(dict.fromkeys(phone.number for card in cards for phone in card.phones))


def _build_message(
    language: str, provider: DueProvider, links: Mapping[UUID, str], organisation: str, until: datetime
) -> dict[str, Any]:
    """Return a message in one language with links that open it as mail or as SMS."""
    cards = queries.cards_by_id(links, language=language)
    rows = [{"card": cards[id_], "link": link} for id_, link in links.items()]
    context = {"first": rows[0]["card"], "rows": rows, "organisation": organisation, "until": clock.local_date(until)}
    with translation.override(language):
        text = render_to_string("directory/message.txt", context).strip()
        subject = _("Is your entry still correct?")
    body, mail = quote(text.replace("\n", "\r\n")), ""
    if "@" in provider.email:
        mail = f"mailto:{quote(provider.email, safe='@')}?subject={quote(subject)}&body={body}"
    numbers = telephone_numbers(cards.values())
    sms = [(number, f"sms:{input_text.digits_to_dial(number)}?body={quote(text)}") for number in numbers]
    return {"language": language, "text": text, "mail": mail, "sms": sms, "lines": text.count("\n") + 8}


def _same_provider(service: UUID) -> Q:
    """Filter the services of the provider of an entry, or the entry alone if it has none."""
    provider = Service.objects.filter(id=service).values_list("provider_id", flat=True).first()
    return Q(provider=provider) if provider else Q(id=service)


def _due_provider(
    services: list[Service], requests: list[ConfirmationRequest], answers: Mapping[UUID, datetime], *, at: datetime
) -> DueProvider:
    unanswered = max(
        freshness.count_unanswered(
            [(clock.local_date(request.at), request.at) for request in requests if request.service_id == service.id],
            confirmed=service.confirmed,
            proposed=answers.get(service.id),
        )
        for service in services
    )
    last = requests[-1] if requests else None
    state = freshness.asking_state(last.at if last else None, unanswered=unanswered, at=at)
    return DueProvider(services, last, unanswered, state)


def _record_request(service: UUID, *, by: Acting) -> DueProvider:
    """Record that a provider is asked about all that is due of it; editors act one after the other."""
    Edition.locked()
    queries.service_card(service)
    provider = next(iter(list_due_providers(at=by.at, service=service)), None)
    if provider is None:
        raise Refused("nothing_due")
    last = provider.last_request
    freshness.may_ask(last.at if last else None, at=by.at).enforce()
    by.entry.about += [row.id for row in provider.services]
    requests = [ConfirmationRequest(service=row, at=by.at, by=by.worker) for row in provider.services]
    ConfirmationRequest.objects.bulk_create(requests)
    return provider
