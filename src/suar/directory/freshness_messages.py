"""The message that an editor sends to a provider: to copy, print, mail or text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from suar.core import clock
from suar.core.i18n import OFFICIAL_LANGUAGES, SOURCE_LANGUAGE, format_day
from suar.directory import queries, snapshots
from suar.directory.codes import UNKNOWN_LANGUAGE, Texts
from suar.directory.freshness import DueProvider
from suar.directory.rules import input_text


@dataclass(frozen=True, slots=True)
class Message:
    """A message in one language, and where it can be opened: by mail, or as an SMS."""

    language: str
    text: str
    mail: str
    sms: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> int:
        """Return how many lines a field for it should show."""
        return self.text.count("\n") + 8


def build_messages(group: DueProvider, links: Mapping[UUID, str], *, house: str, until: datetime) -> list[Message]:
    """Write the message in each language of the staff site, the provider's own first."""
    there = snapshots.load_services(links).values()
    own = provider_language(text for each in there for text in (each.name, each.description))
    every = sorted(settings.SUAR_STAFF_LANGUAGES, key=lambda each: each != own)
    return [_build_message(each, group, links, house=house, until=until) for each in every]


def provider_language(texts: Iterable[Texts]) -> str:
    """Return the language in which a provider's entries are written, of those we can write.

    Where they are written in several, or nobody knows, that of the country's offices.
    """
    official = OFFICIAL_LANGUAGES.get(settings.SUAR_COUNTRY, SOURCE_LANGUAGE)
    told = {language for text in texts for language, said in text.items() if said}
    told -= {UNKNOWN_LANGUAGE}
    ours = told.intersection(settings.SUAR_STAFF_LANGUAGES)
    return ours.pop() if len(ours) == 1 and told == ours else official


def _build_message(
    language: str, group: DueProvider, links: Mapping[UUID, str], *, house: str, until: datetime
) -> Message:
    cards = queries.cards_by_id(links, language=language)
    told = "\n".join(f"{cards[each].name}: {link}" for each, link in links.items())
    name = next(iter(cards.values())).provider_name or group.name
    with translation.override(language):
        text = "\n\n".join(
            [
                _("To: %(provider)s") % {"provider": name},
                _(
                    "People look for help in the directory of %(organisation)s and trust what it says about you. Is "
                    "it still correct?"
                )
                % {"organisation": house},
                _(
                    "Please open each link. Confirm with one click that all is correct, or write what has changed. "
                    "You need no account. It takes two minutes."
                ),
                told,
                _(
                    "The links work until %(day)s. Please do not pass them on. If you are not sure that this "
                    "message is from us, call us first on a number that you know."
                )
                % {"day": format_day(clock.local_date(until))},
            ]
        )
        subject = _("Is your entry still correct?")
    sms = tuple((each, f"sms:{input_text.digits_to_dial(each)}?body={quote(text)}") for each in group.numbers)
    return Message(language, text, _mailto(group.email, subject, text), sms)


def _mailto(address: str, subject: str, text: str) -> str:
    """Return an address that opens the message in a mail program; "" where there is no address."""
    if "@" not in address:
        return ""
    body = quote(text.replace("\n", "\r\n"))
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={body}"
