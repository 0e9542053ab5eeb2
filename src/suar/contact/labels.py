"""Words for the codes of asking for help."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from django.template.defaultfilters import filesizeformat
from django.utils import formats
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from suar.contact.codes import NewCode
from suar.contact.terms import CodeKind, FileFacts, FileKind, LetterKind, Side

KINDS = {
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
LETTERS_STAFF = {
    LetterKind.WORDS: _("What the person wrote"),
    LetterKind.MEETING: _("Agreed time and place"),
    LetterKind.ANSWER: _("Our answer"),
    LetterKind.TAPS: _("What the person tapped"),
    LetterKind.DONE: _("What was done"),
    LetterKind.REMOVED: _("A file was removed"),
    LetterKind.ALL_REMOVED: _("All files were removed"),
}
REMOVED = {
    LetterKind.REMOVED: {
        Side.TEAM: _("Those who read here removed it."),
        Side.PERSON: _("You removed it."),
    },
    LetterKind.ALL_REMOVED: {
        Side.TEAM: _("Those who read here removed them."),
        Side.PERSON: _("You removed them."),
    },
}
REMOVED_STAFF = {
    LetterKind.REMOVED: {
        Side.TEAM: _("Somebody of your team removed it."),
        Side.PERSON: _("The person removed it."),
    },
    LetterKind.ALL_REMOVED: {
        Side.TEAM: _("Somebody of your team removed them."),
        Side.PERSON: _("The person removed them."),
    },
}


class Spoken(Protocol):
    """Whoever says in two languages who reads."""

    who_en: str
    who_id: str


class Hears(Spoken, Protocol):
    """Whoever says as well on which days they read, and within how many days they answer."""

    days: tuple[int, ...]
    answers_within_days: int


REACHING = {
    "locked": _("No key of yours opens what was said about this. Do not try to reach the person."),
    "none_now": _("No way is safe now. Do not try to reach the person."),
    "never_given": _("No safe way was given. Do not try to reach the person."),
    "meeting_only": _("Only the agreed time and place below. Do not try to reach the person in any other way."),
}
THINGS = {
    "ant": pgettext_lazy("picture", "ant"),
    "bag": pgettext_lazy("picture", "bag"),
    "ball": pgettext_lazy("picture", "ball"),
    "bell": pgettext_lazy("picture", "bell"),
    "bird": pgettext_lazy("picture", "bird"),
    "boat": pgettext_lazy("picture", "boat"),
    "book": pgettext_lazy("picture", "book"),
    "bowl": pgettext_lazy("picture", "bowl"),
    "box": pgettext_lazy("picture", "box"),
    "chair": pgettext_lazy("picture", "chair"),
    "clock": pgettext_lazy("picture", "clock"),
    "cloud": pgettext_lazy("picture", "cloud"),
    "cup": pgettext_lazy("picture", "cup"),
    "door": pgettext_lazy("picture", "door"),
    "drop": pgettext_lazy("picture", "drop"),
    "egg": pgettext_lazy("picture", "egg"),
    "eye": pgettext_lazy("picture", "eye"),
    "fish": pgettext_lazy("picture", "fish"),
    "flag": pgettext_lazy("picture", "flag"),
    "flower": pgettext_lazy("picture", "flower"),
    "hat": pgettext_lazy("picture", "hat"),
    "house": pgettext_lazy("picture", "house"),
    "key": pgettext_lazy("picture", "key"),
    "kite": pgettext_lazy("picture", "kite"),
    "ladder": pgettext_lazy("picture", "ladder"),
    "leaf": pgettext_lazy("picture", "leaf"),
    "moon": pgettext_lazy("picture", "moon"),
    "mountain": pgettext_lazy("picture", "mountain"),
    "star": pgettext_lazy("picture", "star"),
    "table": pgettext_lazy("picture", "table"),
    "tree": pgettext_lazy("picture", "tree"),
    "wheel": pgettext_lazy("picture", "wheel"),
}
REFUSED = {
    "much_unread": _("Several of your letters have not been read yet. Please wait for an answer."),
    "neighbours": _("In this team each holds only their own. A letter would be read by all: choose another."),
    "no_code": _("Nobody would come back to read an answer: the person chose no code."),
    "other_code": _(
        "The key to this person's code is not the one that their letters name: somebody else may "
        "have put it there. No answer can be sent. Tell whoever looks after this Suar."
    ),
}
NOTHING_UNDER_IT = _("We keep nothing under this code. Look at it once more, sign by sign.")
UNREADABLE = _("This file is empty or cannot be read. Show a picture on the screen and send a screenshot.")
FILES = {
    FileKind.PICTURE: _("Picture"),
    FileKind.SOUND: _("Sound"),
    FileKind.PAPER: "PDF",
}
NOT_TAKEN = {
    "empty": UNREADABLE,
    "too_large": _("This file is too large: at most 5 MB."),
    "other_kind": _("This kind of file is not taken: only pictures (JPG, PNG), sound and PDF."),
    "broken": UNREADABLE,
    "busy": _("Please try again."),
    "no_room": _("There is no more room for files today. Words still arrive: write instead."),
    "room_full": _(
        "There is no more room for files here now. Your words are here, and words still arrive: write instead."
    ),
    "many_files": _("No more files fit here."),
    "much_unread": REFUSED["much_unread"],
}
NEWER = _(
    "Another letter came in the meantime, or a colleague answered. Nothing was sent and nothing is "
    "settled. Read everything below, then decide once more."
)
NEWER_FILES = _(
    "Something came in the meantime, or a colleague answered. No file was removed. Look at what is "
    "there now, then decide once more."
)
MONDAY = date(2024, 1, 1)


def weekday(number: int) -> str:
    """Name a day of the week, 1 for Monday."""
    return formats.date_format(MONDAY + timedelta(days=number - 1), "l")


def weekdays(numbers: Iterable[int]) -> str:
    """Name some days of the week, in their order."""
    comma = pgettext("between the words of a list", ", ")
    return comma.join(weekday(each) for each in sorted(numbers))


def who_reads(desk: Spoken) -> str:
    """Say in the house's own words who reads."""
    return desk.who_id if told_in() == "id" else desk.who_en


def told_in() -> str:
    """Give the language in which a house's own words stand for somebody who reads this one."""
    return "id" if get_language() == "id" else "en"


def usual_time(days: int) -> str:
    """Say how long an answer usually takes."""
    words = ngettext("within %(days)d of these days", "within %(days)d of these days", days)
    return words % {"days": days}


def file_told(facts: FileFacts) -> str:
    """Say what a file is, how much it weighs, and its name where it has one."""
    told = f"{FILES[facts.kind]} · {filesizeformat(facts.size)}"
    return f"{told} · {facts.name}" if facts.name else told


def place_of(number: int, *, of_thing: bool) -> str:
    """Name the question for one of the six pictures."""
    words = _("Picture %(number)d: which?") if of_thing else _("Picture %(number)d: how many?")
    return str(words % {"number": number})


def pictures(made: NewCode) -> list[tuple[str, range, str]]:
    """Give each picture of a code as it is drawn and as it is read aloud."""
    return [(thing, range(many), f"{THINGS[thing]} {many}") for thing, many in made.pictures]


def reader(desk: Hears, *, name: str) -> dict[str, str]:
    """Say who reads what is sent to a house, on which days, and how soon they answer."""
    return {
        "name": name,
        "who": who_reads(desk),
        "who_in": told_in(),
        "days": weekdays(desk.days),
        "time": usual_time(desk.answers_within_days),
    }
