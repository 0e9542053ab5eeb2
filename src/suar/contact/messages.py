"""Texts for the codes of requests and letters, and for what is refused."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from django.template.defaultfilters import filesizeformat
from django.utils import formats
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from suar.contact.documents import CodeKind, FileFacts, FileKind, LetterKind, Side
from suar.contact.return_codes import ReturnCode, things
from suar.core.i18n import localize, nearest

CODE_KINDS = {
    CodeKind.DIGITS: _("12 digits, like a telephone number"),
    CodeKind.PICTURES: _("6 pictures"),
    CodeKind.WORDS: _("5 words"),
    CodeKind.NONE: _("No code. We meet or speak at a time and place that I say"),
}
LETTERS = {
    LetterKind.WORDS: _("What you wrote"),
    LetterKind.CONTACT: _("How to reach you safely"),
    LetterKind.MEETING: _("Agreed time and place"),
    LetterKind.ANSWER: _("Answer"),
    LetterKind.TAPS: _("What you tapped"),
    LetterKind.DONE: _("What was done"),
    LetterKind.FILE: _("A file"),
    LetterKind.REMOVED: _("A file was removed"),
    LetterKind.ALL_REMOVED: _("All files were removed"),
}
LETTERS_STAFF = LETTERS | {
    LetterKind.WORDS: _("What the person wrote"),
    LetterKind.ANSWER: _("Our answer"),
    LetterKind.TAPS: _("What the person tapped"),
}
REMOVED = {
    (LetterKind.REMOVED, Side.TEAM): _("Those who read here removed it."),
    (LetterKind.REMOVED, Side.PERSON): _("You removed it."),
    (LetterKind.ALL_REMOVED, Side.TEAM): _("Those who read here removed them."),
    (LetterKind.ALL_REMOVED, Side.PERSON): _("You removed them."),
}
REMOVED_STAFF = {
    (LetterKind.REMOVED, Side.TEAM): _("Somebody of your team removed it."),
    (LetterKind.REMOVED, Side.PERSON): _("The person removed it."),
    (LetterKind.ALL_REMOVED, Side.TEAM): _("Somebody of your team removed them."),
    (LetterKind.ALL_REMOVED, Side.PERSON): _("The person removed them."),
}
CONTACT = {
    "locked": _("No key of yours opens what was said about this. Do not try to reach the person."),
    "none_now": _("No way is safe now. Do not try to reach the person."),
    "never_given": _("No safe way was given. Do not try to reach the person."),
    "meeting_only": _("Only the agreed time and place below. Do not try to reach the person in any other way."),
}
MEETING_WITH_CODE = _(
    "You chose a code: then nobody comes to a time and place. Empty this, or choose “No code”. "
    "You may also write it above, as a safe way to reach you."
)
REFUSED = {
    "much_unread": _("Several of your letters have not been read yet. Please wait for an answer."),
    "neighbours": _("In this team each holds only their own. A letter would be read by all: choose another."),
    "no_code": _("Nobody would come back to read an answer: the person chose no code."),
    "other_code": _(
        "The key to this person's code is not the one that their letters name: somebody else may "
        "have put it there. No answer can be sent. Tell whoever looks after this Suar."
    ),
}
UNKNOWN_CODE = _("We keep nothing under this code. Look at it once more, sign by sign.")
UNREADABLE_FILE = _("This file is empty or cannot be read. Show a picture on the screen and send a screenshot.")
FILE_KINDS = {FileKind.PICTURE: _("Picture"), FileKind.SOUND: _("Sound"), FileKind.PAPER: "PDF"}
FILE_REFUSED = {
    "empty": UNREADABLE_FILE,
    "too_large": _("This file is too large: at most 5 MB."),
    "other_kind": _("This kind of file is not taken: only pictures (JPG, PNG), sound and PDF."),
    "broken": UNREADABLE_FILE,
    "busy": _("Please try again."),
    "no_room": _("There is no more room for files today. Words still arrive: write instead."),
    "room_full": _(
        "There is no more room for files here now. Your words are here, and words still arrive: write instead."
    ),
    "many_files": _("No more files fit here."),
    "much_unread": REFUSED["much_unread"],
}
NEWER_LETTER = _(
    "Another letter came in the meantime, or a colleague answered. Nothing was sent and nothing is "
    "settled. Read everything below, then decide once more."
)
NEWER_FILES = _(
    "Something came in the meantime, or a colleague answered. No file was removed. Look at what is "
    "there now, then decide once more."
)
MONDAY = date(2024, 1, 1)


class Readers(Protocol):
    """A desk, or the complaint handlers of an organisation, as the public page describes them."""

    days: str
    answers_within_days: int
    who_en: str
    who_id: str


def weekday(number: int) -> str:
    """Name a day of the week, 1 for Monday."""
    return formats.date_format(MONDAY + timedelta(days=number - 1), "l")


def weekdays(days: Iterable[str]) -> str:
    """Name some days of the week, in their order."""
    comma = pgettext("between the words of a list", ", ")
    return comma.join(weekday(int(day)) for day in sorted(days))


def own_words(row: object, name: str) -> tuple[str, str]:
    """Return what an organisation wrote about itself in the language of the page, and that language."""
    texts = {column.removeprefix(name): text for column, text in vars(row).items() if column.startswith(name)}
    language = nearest(get_language() or "", texts) or next(iter(texts))
    return localize(texts, language), language


def describe_readers(readers: Readers, *, name: str) -> dict[str, str]:
    """Describe who reads what is sent to an organisation, on which days, and how soon they answer."""
    who, language = own_words(readers, "who_")
    within = ngettext("within %(days)d of these days", "within %(days)d of these days", readers.answers_within_days)
    return {
        "name": name,
        "who": who,
        "who_in": language,
        "days": weekdays(readers.days),
        "time": within % {"days": readers.answers_within_days},
    }


def describe_file(facts: FileFacts) -> str:
    """Describe a file by its kind, its size, and its name if it has one."""
    text = f"{FILE_KINDS[facts.kind]} · {filesizeformat(facts.size)}"
    return f"{text} · {facts.name}" if facts.name else text


def picture_question(number: int, *, of_thing: bool) -> str:
    """Return the question for one of the six pictures."""
    text = _("Picture %(number)d: which?") if of_thing else _("Picture %(number)d: how many?")
    return str(text % {"number": number})


def describe_pictures(code: ReturnCode) -> list[tuple[str, range, str]]:
    """Return each picture of a code as it is drawn and as it is read aloud."""
    return [(thing, range(count), f"{things().label(thing)} {count}") for thing, count in code.pictures]
