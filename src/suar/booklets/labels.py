"""The words around the entries of a printed directory, in the language of the edition."""

from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, to_locale

from suar.booklets.terms import Form
from suar.core import i18n

WORDS = Path(__file__).parent / "locale"


def has_words(language: str) -> bool:
    """Say whether the words around the entries are there in a language."""
    return language == "en" or (WORDS / to_locale(language)).is_dir()


def words(*, number: int, day: date, until: date) -> dict[str, str]:
    """Give the words of cover, heads and feet; they say nothing about what stands inside."""
    return {
        "title": _("Addresses and numbers"),
        "card_title": pgettext("card", "Numbers"),
        "edition": _("Edition %(number)d") % {"number": number},
        "day": day_words(day),
        "mark": f"{number} · {day:%m/%Y}",
        "until": _("Use it until %(day)s. Ask for a new one then.") % {"day": day_words(until)},
        "contents": _("What is inside"),
        "draft": _("These words are a draft. Nobody who grew up with this language has checked them yet."),
        "how": _("How to use this booklet"),
        "numbers": numbers_head(),
        "lines": _("More people who answer now"),
        "also": pgettext("booklet", "Also for this, told in full elsewhere"),
        "by_place": _("Find by place"),
        "by_need": _("Find by kind of help"),
        "page": _("page"),
        "changes": _("What has changed"),
        "about": _("About this booklet"),
    }


def numbers_head() -> str:
    """Give the head of the page for somebody in danger now."""
    return _("Numbers to call now")


def how_to_use() -> list[str]:
    """Say how to use a booklet, and how to be safe with it."""
    return [
        _("Look for what you need under “What is inside”. At the end you find it by place."),
        _("Call before you go. You do not have to give your name."),
        _("You may say no to anything, ask for another person, or stop at any time."),
        _("Every entry says when a person last checked it. If nobody answers, try the next."),
        _("Keep this booklet only where it is safe. Whoever finds it can read what you have read."),
    ]


def about(*, count: int, within_days: int) -> list[str]:
    """Say what an edition holds, and who made it."""
    return [
        _("It holds %(count)d entries. A person confirmed each of them in the last %(days)d days.")
        % {"count": count, "days": within_days},
        _("Places that are kept secret to keep people safe stand here without an address."),
        _("The people who keep this directory made it. Tell whoever gave it to you what is wrong."),
    ]


def changed(*, first: bool, before: int) -> dict[str, str]:
    """Give the heads of the list of changes."""
    lead = _("This is the first edition.") if first else _("Compared with edition %(number)d:") % {"number": before}
    return {
        "lead": lead,
        "new": pgettext("entries of a booklet", "New"),
        "changed": pgettext("entries of a booklet", "Changed"),
        "gone": pgettext("entries of a booklet", "No longer here"),
        "none": _("Nothing has changed except the days on which entries were checked."),
    }


def form(each: Form) -> str:
    """Say in which form an edition is set."""
    return {
        Form.A5: _("Booklet, A5"),
        Form.LARGE: _("Large print, A4"),
        Form.COMPACT: _("Small booklet for a pocket or a phone, A6"),
        Form.CARD: _("One small card"),
    }[each]


def day_words(day: date) -> str:
    """Say a day."""
    return i18n.format_day(day)
