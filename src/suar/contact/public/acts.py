"""What the forms of the public door do: each takes what was sent and gives the page to show.

The door has taken the form's token before, and renders the page. Nothing here knows a session.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.contact import codes, enclosures, labels, labels_feedback, queries, tapped
from suar.contact.codes import NewCode
from suar.contact.forms import AskForm, CodeForm, ContactForm, WordsForm, code_form
from suar.contact.public import asking, hands
from suar.contact.public.asked import Asked
from suar.contact.public.pace import Wait
from suar.contact.public.sending import Page, Sent
from suar.contact.terms import CodeKind, DeskFacts, LetterKind, RequestKind, Said, Side
from suar.core.refusals import KeyNotTrusted, NotYours, Refused, TooBusy

LATE = 409
LONGEST_HOLD, LONGEST_KIND = 400, 10
ANSWERS = (LetterKind.ANSWER, LetterKind.DONE)
WRITTEN, WORDS = ("send", "write", "contact", "add_files"), ("words", "contact", "meeting")
BESIDE = ("file_code", "ask_to_remove", "ask_to_remove_all", "ask_to_take_away", "keep")
"""What may be pressed beside words that are not sent yet; nothing arrives by it."""


def ask(sent: Sent) -> Page:
    """Show who reads and the form to ask, or say that nobody reads now."""
    desks = queries.open_desks(at=sent.at)
    return _asking(AskForm(desks=queries.house_names(desks)), desks) if desks else closed()


def send(sent: Sent) -> Page:
    """Seal a request, and show its code, which is kept nowhere."""
    desks = queries.open_desks(at=sent.at)
    if not desks:
        return closed(typed=typed(sent))
    form = AskForm(sent.form, desks=queries.house_names(desks))
    if not form.is_valid():
        return _asking(form, desks, status=400)
    desk = next(each for each in desks if each.team == form.chosen)
    try:
        made = sent.ask("ask", desk, asked_in(form), kind=form.way_back)
    except Wait as wait:
        return _asking(form, desks, status=429, wait=wait)
    except KeyNotTrusted:
        sent.step_back("ask")
        return closed(status=503, typed=typed(sent))
    except TooBusy as busy:
        return _asking(form, desks, status=503, wait=sent.busy("ask", busy))
    return code_page(made, hold=hands.give(made.proof, at=sent.at)) if made else done(desk)


def kept(sent: Sent) -> Page:
    """Let the person type the code back before they leave; nothing is looked up or kept."""
    made, hold = codes.carried(sent.form.get("made", "")), sent.form.get("hold", "")[:LONGEST_HOLD]
    form = code_form(sent.form, kind=made.kind, expected=made.plain)
    return done(hold=hold) if form.is_valid() else code_page(made, form, status=400, hold=hold)


def back(sent: Sent) -> Page:
    """Show where a code is typed."""
    return _back(code_form())


def back_with_pictures(sent: Sent) -> Page:
    """Show the pictures to tap."""
    return _back(code_form(kind=CodeKind.PICTURES))


def read(sent: Sent) -> Page:
    """Open a request with its code, in this request only."""
    form = code_form(sent.form, kind=sent.form.get("kind", ""))
    if not form.is_valid():
        return _back(form, status=400)
    try:
        sent.step("code")
        thread = asking.come_back(form.read)
    except Wait as wait:
        return _back(form, status=429, wait=wait)
    except TooBusy as busy:
        return _back(form, status=503, wait=sent.busy("code", busy))
    except NotYours:
        form.add_error(form.first, labels.NOTHING_UNDER_IT)
        return _back(form, status=404)
    sent.step_back("code")
    said = [(labels.LETTERS[each.kind], shown(each)) for each in labels_feedback.in_order(thread.letters)]
    answered = any(each.kind in ANSWERS for each in thread.letters)
    many_files = sum(each.kind is LetterKind.FILE for each in thread.letters) > 1
    context = {
        "said": said,
        "answered": answered,
        "help": thread.kind is RequestKind.HELP,
        "kind_of_code": sent.form.get("kind", "")[:LONGEST_KIND],
        "many_files": many_files,
        **_own(hands.give(thread.proof, at=sent.at)),
    }
    return Page("contact/thread.html", context, for_writing=True)


def write(sent: Sent) -> Page:
    """Add one more letter to a request that was opened."""
    form = WordsForm(sent.form)
    return _added(sent, form, LetterKind.WORDS, "words")


def contact(sent: Sent) -> Page:
    """Put another safe way of contact in the place of the one before."""
    form = ContactForm(sent.form)
    return _added(sent, form, LetterKind.CONTACT, "contact")


def ask_to_take_away(sent: Sent) -> Page:
    """Ask once more before everything is deleted; words that were typed stay until the yes."""
    proof = held(sent)
    asking.request_of(proof)
    context = {"hold": hands.give(proof, at=sent.at), "rest": rest(sent)}
    return Page("contact/take_away.html", context, for_writing=True)


def keep(sent: Sent) -> Page:
    """Delete nothing, and give the words back that were typed before."""
    proof = held(sent)
    asking.request_of(proof)
    return unsent(sent, proof)


def take_away(sent: Sent) -> Page:
    """Delete the request and all letters; pressed twice, it is gone already."""
    proof = held(sent)
    try:
        asking.take_away(asking.request_of(proof), at=sent.at)
    except NotYours:
        if not sent.again:
            raise
    return Page("contact/gone.html")


ACTS: Mapping[str, Callable[[Sent], Page]] = {
    "ask": ask,
    "send": send,
    "kept": kept,
    "back": back,
    "pictures": back_with_pictures,
    "read": read,
    "write": write,
    "contact": contact,
    "ask_to_take_away": ask_to_take_away,
    "take_away": take_away,
    "keep": keep,
}


def late(sent: Sent) -> Page:
    """Give the words of a form that came too late back: they were not sent, and nobody has them."""
    desks = queries.open_desks(at=sent.at)
    if sent.form.get("do") != "send":
        words = typed(sent)
        context = {"form": code_form(), "late": bool(words), "typed": words}
        return Page("contact/back.html", context, status=LATE)
    if not desks:
        return closed(status=LATE, typed=typed(sent))
    form = AskForm(sent.form, desks=queries.house_names(desks))
    page = _asking(form, desks, status=LATE)
    return replace(page, context={**page.context, "late": True})


def asked_in(form: AskForm) -> Asked:
    """Read what was asked from a valid form, which takes a meeting only without a code."""
    said = form.cleaned_data
    return Asked(said["words"], said["contact"], said["meeting"])


def shown(letter: Said) -> Said:
    """Give a letter as a person reads it: what was tapped becomes words, and what a file is."""
    if letter.kind is LetterKind.FILE:
        return replace(letter, words=labels.file_told(enclosures.read(letter.words)))
    if letter.kind in labels.REMOVED:
        return replace(letter, words=str(labels.REMOVED[letter.kind][Side(letter.words)]))
    return replace(letter, words=labels_feedback.readable(letter, houses=_houses(letter)))


def closed(*, status: int = 200, typed: Sequence[str] = ()) -> Page:
    """Say that nobody reads letters now, and whom to call; what was typed stays on the page.

    So too where a letter would be sealed to a key that its house did not sign.
    """
    return Page("contact/closed.html", {"typed": typed}, status=status)


def _added(sent: Sent, form: WordsForm | ContactForm, kind: LetterKind, name: str) -> Page:
    """Seal what was written; where it cannot be taken now, it stays on the page."""
    proof, status, wait = held(sent), 400, None
    request = asking.request_of(proof)
    if form.is_valid():
        try:
            sent.write(request, kind, form.cleaned_data[name])
            if rest(sent, but=name):
                return unsent(sent, proof, but=name)
            more = kind is LetterKind.WORDS and asking.takes_files(request)
            return done(again=True, hold=hands.give(proof, at=sent.at) if more else "")
        except Wait as waits:
            status, wait = 429, waits
        except KeyNotTrusted:
            sent.step_back("write")
            return closed(status=503, typed=typed(sent))
        except Refused as refusal:
            form.add_error(name, labels.REFUSED.get(refusal.because, _("Please try again.")))
            status = 409
    go = "contact" if kind is LetterKind.CONTACT else "write"
    page = _again(form, proof, sent, go=go, status=status)
    return replace(page, context={**page.context, **waiting(wait)})


def unsent(sent: Sent, proof: bytes, *, but: str = "") -> Page:
    """Give what was typed before another button was pressed back, to be sent: words come first.

    What was typed in the field `but` has arrived.
    """
    names = list(rest(sent, but=but))
    if names and names[0] == "contact":
        page = _again(ContactForm(sent.form), proof, sent, go="contact", but=but)
    else:
        page = _again(WordsForm(sent.form), proof, sent, go="write", but=but)
    return replace(page, context={**page.context, "unsent": True, "arrived": bool(but)})


def rest(sent: Sent, *, but: str = "") -> dict[str, str]:
    """Give what was typed on the page that a code opens, by field, apart from the field `but`."""
    said = {name: sent.form.get(name, "") for name in ("words", "contact") if name != but}
    return {name: each for name, each in said.items() if each.strip()}


def _again(
    form: WordsForm | ContactForm,
    proof: bytes,
    sent: Sent,
    *,
    go: str,
    status: int = 200,
    but: str = "",
) -> Page:
    others = {name: each for name, each in rest(sent, but=but).items() if name not in form.fields}
    context = {"form": form, "hold": hands.give(proof, at=sent.at), "go": go, "rest": others}
    return Page("contact/again.html", context, status=status, for_writing=True)


def typed(sent: Sent) -> list[str]:
    """Give the words that a form brought, each as it was typed."""
    return [said for name in WORDS if (said := sent.form.get(name, "").strip())]


def _houses(letter: Said) -> dict[UUID, str]:
    house = tapped.read(letter.words).house if letter.kind is LetterKind.TAPS else None
    return accounts.organisation_names([house])


def held(sent: Sent) -> bytes:
    """Give what the hold of a page carries; raises NotYours for none."""
    return hands.take(sent.form.get("hold", "")[:LONGEST_HOLD], at=sent.at)


def _own(hold: str) -> dict[str, Any]:
    return {"hold": hold, "words": WordsForm(), "contact": ContactForm()}


def waiting(wait: Wait | None) -> dict[str, Any]:
    """Give what a page says of a wait, if there is one."""
    return {"wait": wait.seconds, "place": wait.place} if wait else {}


def _asking(form: AskForm, desks: list[DeskFacts], *, status: int = 200, wait: Wait | None = None) -> Page:
    names = queries.house_names(desks)
    told = [labels.reader(each, name=names[each.team]) for each in desks]
    context = {"form": form, "desks": told, **waiting(wait)}
    return Page("contact/ask.html", context, status=status, for_writing=True)


def code_page(made: NewCode, form: CodeForm | None = None, *, status: int = 200, hold: str = "") -> Page:
    """Show a code that was made, once, with the field in which it is typed back.

    With a `hold`, files may be added once it was.
    """
    form = form or code_form(kind=made.kind)
    context = {"code": made, "pictures": labels.pictures(made), "form": form, "hold": hold}
    return Page("contact/code.html", context, status=status)


def _back(form: CodeForm, *, status: int = 200, wait: Wait | None = None) -> Page:
    return Page("contact/back.html", {"form": form, **waiting(wait)}, status=status)


def done(desk: DeskFacts | None = None, *, again: bool = False, hold: str = "") -> Page:
    """Say what happened; where there is no code, `desk` says when its team reads.

    With a `hold`, files may be added.
    """
    told = desk and {"days": labels.weekdays(desk.days)}
    context = {"desk": told, "again": again, "hold": hold}
    return Page("contact/done.html", context, for_writing=True)
