"""Views behind the letter forms of the public site. The site has already used the form's token."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse

from suar.contact import messages, queries, return_codes
from suar.contact.documents import CodeKind, FileFacts, LetterContent, LetterKind, NewRequest, RequestKind, Thread
from suar.contact.forms import AskForm, CodeForm, ContactForm, FilesForm, WordsForm, code_form
from suar.contact.models import Desk, Request
from suar.contact.public import actions
from suar.contact.public.submission import CONFLICT, Submission
from suar.contact.rules import files as rules
from suar.core import ratelimit
from suar.core.files import clamav, downloads, kinds, redrawing
from suar.core.files.clamav import Scan
from suar.core.files.kinds import FileKind
from suar.core.refusals import KeyNotTrusted, NotYours, Refused, TooBusy, uuid_or_refuse

Opened = TypeVar("Opened")
MAX_TOKEN_CHARACTERS, MAX_KIND_CHARACTERS, UUID_CHARACTERS = 400, 10, 36
FILES = "files"

DESCRIBE: dict[LetterKind, Callable[[LetterContent], str]] = {}
"""Functions that describe letters with codes; the app that owns the codes registers its own."""


def ask(submission: Submission, form: AskForm | None = None, *, status: int = 200, **extra: Any) -> HttpResponse:
    """Show who reads and the form to ask, or that nobody reads now."""
    desks = queries.open_desks(at=submission.at)
    if not desks:
        return show_closed(submission, status=status)
    names = queries.organisation_names(desks)
    readers = [messages.describe_readers(desk, name=names[desk.team]) for desk in desks]
    context = {"form": form or AskForm(desks=names), "readers": readers, **extra}
    return submission.writing_page("contact/ask.html", context, status=status)


def send(submission: Submission) -> HttpResponse:
    """Seal a request and show its code, which is stored nowhere."""
    desks = queries.open_desks(at=submission.at)
    if not desks:
        return show_closed(submission)
    form = AskForm(submission.form, _sent_files(submission), desks=queries.organisation_names(desks))

    def act() -> HttpResponse:
        desk = next(desk for desk in desks if desk.team == form.team)
        new = NewRequest(RequestKind.HELP, desk.organisation, desk.team, form.letters)
        code = submission.create_request("ask", new, kind=CodeKind(form.cleaned_data["kind"]))
        results = _take_first_files(submission, form.cleaned_data["files"], code)
        if code is None:
            return show_done(submission, desk, results=results)
        return submission.code_page(code, resume_token=submission.new_token(code.proof), results=results)

    return submission.handle(form, act, partial(ask, submission), purpose="ask")


def check_code(submission: Submission) -> HttpResponse:
    """Let the person type the code back before they leave; nothing is looked up or stored."""
    code = return_codes.parse_code(submission.form.get("new_code", ""))
    resume_token = submission.form.get("resume_token", "")[:MAX_TOKEN_CHARACTERS]
    form = code_form(submission.form, kind=code.kind, expected=code.plain)
    if form.is_valid():
        return show_done(submission, resume_token=resume_token)
    return submission.code_page(code, form, status=400, resume_token=resume_token)


def enter_code(
    submission: Submission, form: CodeForm | None = None, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """Show the form for a code."""
    return submission.page("contact/enter_code.html", {"form": form or code_form(), **extra}, status=status)


def read(submission: Submission) -> HttpResponse:
    """Open a request with its code, in this request only."""

    def show(thread: Thread) -> HttpResponse:
        answers = [letter for letter in thread.letters if letter.kind in (LetterKind.ANSWER, LetterKind.DONE)]
        last_answer = answers[-1:]
        letters = [*last_answer, *(letter for letter in thread.letters if letter not in last_answer)]
        context = {
            "letters": [(messages.LETTERS.label(letter.kind), describe(letter)) for letter in letters],
            "answered": bool(answers),
            "thread": thread,
            "help": thread.kind is RequestKind.HELP,
            "may_write": thread.kind is not RequestKind.SUMMARY,
            "kind_of_code": submission.form.get("kind", "")[:MAX_KIND_CHARACTERS],
            "many_files": sum(letter.kind is LetterKind.FILE for letter in letters) > 1,
            "resume_token": submission.new_token(thread.proof),
            "words": WordsForm(),
            "contact": ContactForm(),
        }
        return submission.writing_page("contact/thread.html", context)

    return _open_with_code(submission, actions.open_thread, partial(enter_code, submission), show)


def confirm_delete(submission: Submission) -> HttpResponse:
    """Ask for confirmation before everything is deleted; words that were typed stay until then."""
    submission.resumed_request()
    context = {"resume_token": submission.new_token(), "rest": _unsent(submission)}
    return submission.writing_page("contact/confirm_delete.html", context)


def delete(submission: Submission) -> HttpResponse:
    """Delete the request and all letters; a repeated form finds them gone already."""
    try:
        actions.delete_request(submission.resumed_request().id, at=submission.at)
    except NotYours:
        if not submission.repeated:
            raise
    return submission.page("contact/deleted.html")


def choose_files(submission: Submission) -> HttpResponse:
    """Show where files are chosen; unsent words come first.

    If none fits now, the page says so before anybody sends one over a slow network.
    """
    request = submission.writable_request()
    if request.kind != RequestKind.HELP:
        raise NotYours
    if _unsent(submission):
        return show_unsent(submission)
    try:
        actions.check_files(request, files=1, at=submission.at)
    except Refused as refusal:
        context = {"why": messages.REFUSALS.label(refusal.because)}
        return submission.page("contact/files.html", context, status=CONFLICT)
    return _files_page(submission, FilesForm())


def attach(submission: Submission) -> HttpResponse:
    """Seal the files that came; each is checked by itself, and the page says why one was not taken."""
    request = submission.writable_request()
    form = FilesForm(submission.form, _sent_files(submission))

    def act() -> HttpResponse:
        submission.count("write")
        results, busy = _take_files(request, form.cleaned_data["files"], submission)
        if busy and all(result.why for result in results):
            form.results = results
            raise busy
        return _files_page(submission, FilesForm(), results)

    return submission.handle(form, act, partial(_files_page, submission), purpose="write", field="files")


def confirm_remove(submission: Submission) -> HttpResponse:
    """Ask for confirmation before one file or all are removed; unsent words come first."""
    submission.resumed_request()
    if _unsent(submission):
        return show_unsent(submission)
    file = submission.form.get("remove", "")
    context = {"resume_token": submission.new_token(), "file": file and uuid_or_refuse(file)}
    return submission.page("contact/confirm_remove.html", context)


def remove(submission: Submission) -> HttpResponse:
    """Remove one file, or all at once; the words stay."""
    file = uuid_or_refuse(submission.form.get("remove", "")) if submission.form["do"] == "remove" else None
    actions.remove_files(submission.resumed_request().id, file=file, at=submission.at)
    return submission.page("contact/removed.html", {"all": file is None})


def enter_file_code(
    submission: Submission, form: CodeForm | None = None, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """Show the form for the code again: the page before opened nothing but words. Unsent words come first."""
    if form is None and _unsent(submission):
        return show_unsent(submission)
    form = form or code_form(kind=submission.form.get("kind", ""))
    context = {"form": form, "file": submission.form.get("file", "")[:UUID_CHARACTERS], **extra}
    return submission.page("contact/open_file.html", context, status=status)


def open_file(submission: Submission) -> HttpResponse:
    """Open one file with the code: a picture on a page, anything else to save."""

    def show(opened: tuple[FileFacts, bytes]) -> HttpResponse:
        facts, content = opened
        if facts.kind is not FileKind.PICTURE:
            return downloads.save_file(content, extension=kinds.recognise(content)[1])
        context = {"name": facts.name, "picture": base64.b64encode(content).decode("ascii")}
        return downloads.PicturePage(submission.request, "contact/picture.html", context)

    def open_with(code: str) -> tuple[FileFacts, bytes]:
        return actions.open_file(code, uuid_or_refuse(submission.form.get("file", "")))

    return _open_with_code(submission, open_with, partial(enter_file_code, submission), show)


def show_expired(submission: Submission) -> HttpResponse:
    """Show the text of a form whose token has expired; it was not sent."""
    if submission.form.get("do") != "send":
        texts = list(submission.texts().values())
        context = {"form": code_form(), "expired": bool(texts), "typed": texts}
        return submission.page("contact/enter_code.html", context, status=CONFLICT)
    desks = queries.open_desks(at=submission.at)
    if not desks:
        return show_closed(submission, status=CONFLICT)
    form = AskForm(submission.form, _sent_files(submission), desks=queries.organisation_names(desks))
    return ask(submission, form, status=CONFLICT, expired=True)


def describe(letter: LetterContent) -> LetterContent:
    """Return a letter as a person reads it: codes become words, and a file is described."""
    words = letter.words
    if letter.kind is LetterKind.FILE:
        words = messages.describe_file(FileFacts.model_validate_json(words))
    elif letter.kind in (LetterKind.REMOVED, LetterKind.ALL_REMOVED):
        words = messages.removed_by(letter.kind, words)
    elif letter.kind in DESCRIBE:
        words = DESCRIBE[letter.kind](letter)
    return replace(letter, words=words)


def show_closed(submission: Submission, *, status: int = 200) -> HttpResponse:
    """Show that nobody reads letters now, and whom to call; what was typed stays on the page.

    Also shown if a letter would be sealed to a key that its organisation did not sign.
    """
    context = {"typed": list(submission.texts().values())}
    return submission.page("contact/closed.html", context, status=status)


def show_done(
    submission: Submission, desk: Desk | None = None, *, again: bool = False, resume_token: str = "", **extra: Any
) -> HttpResponse:
    """Show what happened; without a code, when the team of `desk` reads. With a `resume_token`, files may be added."""
    days = desk and {"days": messages.weekdays(desk.days)}
    context = {"desk": days, "again": again, "resume_token": resume_token, **extra}
    return submission.writing_page("contact/done.html", context)


def show_unsent(submission: Submission, *, sent: str = "") -> HttpResponse:
    """Show texts that were typed before another button was pressed, words first; the field `sent` has arrived."""
    contact_only = list(_unsent(submission, sent=sent)) == ["contact"]
    form = ContactForm(submission.form) if contact_only else WordsForm(submission.form)
    return _write_page(submission, form, sent=sent, unsent=True, arrived=bool(sent))


def _add_letter(submission: Submission, form: WordsForm | ContactForm, kind: LetterKind) -> HttpResponse:
    """Seal what was written; what cannot be taken now stays on the page."""
    request, name = submission.writable_request(), str(kind)

    def act() -> HttpResponse:
        submission.write_again(request, kind, form.cleaned_data[name])
        if _unsent(submission, sent=name):
            return show_unsent(submission, sent=name)
        takes_files = kind is LetterKind.WORDS and request.kind == RequestKind.HELP
        return show_done(submission, again=True, resume_token=submission.new_token() if takes_files else "")

    return submission.handle(form, act, partial(_write_page, submission), purpose="write", field=name)


def _open_with_code(
    submission: Submission,
    open_with: Callable[[str], Opened],
    show_form: Callable[..., HttpResponse],
    show: Callable[[Opened], HttpResponse],
) -> HttpResponse:
    """Open something with the code that was typed, and show it."""
    form = code_form(submission.form, kind=submission.form.get("kind", ""))

    def act() -> HttpResponse:
        submission.count("code")
        opened = open_with(form.plain)
        submission.uncount("code")
        return show(opened)

    return submission.handle(form, act, show_form, purpose="code", field=form.first_field)


def _write_page(
    submission: Submission, form: WordsForm | ContactForm, *, sent: str = "", status: int = 200, **extra: Any
) -> HttpResponse:
    rest = {name: text for name, text in _unsent(submission, sent=sent).items() if name not in form.fields}
    button = "contact" if isinstance(form, ContactForm) else "write"
    context = {"form": form, "resume_token": submission.new_token(), "button": button, "rest": rest, **extra}
    return submission.writing_page("contact/write_again.html", context, status=status)


def _unsent(submission: Submission, *, sent: str = "") -> dict[str, str]:
    return submission.texts([name for name in ("words", "contact") if name != sent])


@dataclass(slots=True)
class FileResult:
    """One file of a form: its content as it will be sealed, or the reason `why` it was not taken."""

    name: str
    why: str = ""
    kind: FileKind = FileKind.PAPER
    content: bytes = field(default=b"", repr=False)
    scanned: bool = False

    def refuse(self, code: str) -> None:
        """Store why the file is not taken."""
        self.why = messages.REFUSALS.label(code)


def _sent_files(submission: Submission) -> "dict[str, list[UploadedFile[bytes]]]":
    return {"files": submission.request.FILES.getlist("files")}


def _take_first_files(
    submission: Submission, files: Sequence["UploadedFile[bytes]"], code: return_codes.ReturnCode | None
) -> list[FileResult]:
    """Seal files that came with the first letter, once; whatever stops them, the letter itself has arrived."""
    if not files or submission.repeated:
        return []
    try:
        request = actions.get_request(submission.form_secret)
        if code:
            actions.check_receiver(request, code.proof)
        return _take_files(request, files, submission)[0]
    except (Refused, NotYours, TooBusy, KeyNotTrusted) as stopped:
        reason = stopped.because if isinstance(stopped, Refused) and stopped.because in messages.REFUSALS else "busy"
        why = messages.REFUSALS.label(reason)
        return [FileResult(kinds.readable_name(file.name or ""), why=why) for file in files]


def _take_files(
    request: Request, files: Sequence["UploadedFile[bytes]"], submission: Submission
) -> tuple[list[FileResult], TooBusy | None]:
    """Check, scan and redraw the files, and seal what is left; return also what had no capacity.

    The caller's hourly limit is used last, and given back if nothing is sealed. Raises NotYours, Refused and
    KeyNotTrusted.
    """
    results = [_check_file(file, submission) for file in files]
    if accepted := sum(not result.why for result in results):
        actions.check_files(request, files=accepted, at=submission.at)
    harmful, busy, ready, used = _scan(results), _redraw(results), [], 0
    for result in results:
        pieces = rules.count_pieces(len(result.content))
        if result.why:
            continue
        if ratelimit.use(FILES, submission.address, limit=rules.PIECES_AN_HOUR, amount=pieces, at=submission.at):
            facts = FileFacts(kind=result.kind, size=len(result.content), name=result.name, scanned=result.scanned)
            ready.append((facts, result.content))
            used += pieces
        else:
            result.refuse("no_room")
    try:
        if ready or harmful:
            actions.add_files(request.id, ready, harmful=harmful, at=submission.at)
    except Exception:
        # Whatever stopped the files gives the limit back, and goes on to the page that answers it.
        ratelimit.give_back(FILES, submission.address, amount=used, at=submission.at)
        raise
    return results, busy


def _check_file(file: "UploadedFile[bytes]", submission: Submission) -> FileResult:
    """Check one file; of one that is too large only the size came."""
    content, size = file.read(), file.size or 0
    kind, _ = kinds.recognise(content)
    result = FileResult(kinds.readable_name(file.name or ""), kind=kind or FileKind.PAPER, content=content)
    decision = kinds.may_be_uploaded(size, kind if content else FileKind.PAPER)
    if not decision or kind is None:
        result.refuse(decision.because)
    elif not ratelimit.has_left(FILES, submission.address, limit=rules.PIECES_AN_HOUR, at=submission.at):
        result.refuse("no_room")
    return result


def _scan(results: Sequence[FileResult]) -> int:
    """Let the virus scanner look at each file, refuse harmful ones, and return how many there are."""
    accepted, harmful = [result for result in results if not result.why], 0
    for result in accepted:
        scan = clamav.scan(result.content)
        result.scanned = scan is Scan.CLEAN
        if scan is Scan.HARMFUL:
            result.refuse("harmful")
            harmful += 1
    return harmful


def _redraw(results: Sequence[FileResult]) -> TooBusy | None:
    """Redraw all files, sounds in a queue of their own. Return the failure for lack of capacity."""
    accepted = [result for result in results if not result.why]
    sounds = [result for result in accepted if result.kind is FileKind.SOUND]
    pictures = [result for result in accepted if result.kind is not FileKind.SOUND]
    failures = [_redraw_in_turn(files) for files in (pictures, sounds)]
    return next(filter(None, failures), None)


def _redraw_in_turn(files: Sequence[FileResult]) -> TooBusy | None:
    """Redraw files; after one that failed, no more of them. Return the failure for lack of capacity.

    So a form costs the machine no more than its first harmful picture and its first harmful sound.
    """
    for number, file in enumerate(files):
        try:
            file.content = redrawing.redraw(file.content)
        except (Refused, TooBusy) as error:
            for later in files[number:]:
                later.refuse("busy")
            if isinstance(error, TooBusy):
                return error
            file.refuse(error.because)
            return None
    return None


def _files_page(
    submission: Submission, form: FilesForm, results: Sequence[FileResult] = (), *, status: int = 200, **extra: Any
) -> HttpResponse:
    results = results or form.results
    context = {
        "files": form,
        "results": results,
        "all_arrived": not any(result.why for result in results),
        "resume_token": submission.new_token(),
        **extra,
    }
    return submission.writing_page("contact/files.html", context, status=status)


VIEWS: Mapping[str, Callable[[Submission], HttpResponse]] = {
    "ask": ask,
    "send": send,
    "check_code": check_code,
    "enter_code": enter_code,
    "pictures": lambda submission: enter_code(submission, code_form(kind=CodeKind.PICTURES)),
    "read": read,
    "write": lambda submission: _add_letter(submission, WordsForm(submission.form), LetterKind.WORDS),
    "contact": lambda submission: _add_letter(submission, ContactForm(submission.form), LetterKind.CONTACT),
    "confirm_delete": confirm_delete,
    "delete": delete,
    "keep": show_unsent,
    "add_files": choose_files,
    "attach": attach,
    "file_code": enter_file_code,
    "file": open_file,
    "confirm_remove": confirm_remove,
    "remove": remove,
    "confirm_remove_all": confirm_remove,
    "remove_all": remove,
}
WRITING = ("send", "write", "contact", "add_files")
"""Forms with words that somebody typed."""
WITH_TEXT = (*WRITING, "file_code", "confirm_remove", "confirm_remove_all", "confirm_delete", "keep")
"""Also the buttons beside typed text that do not send it."""
REPEATABLE = ("send", "write", "contact", "delete")
"""Forms that are handled once; if they are sent twice, both get the same response."""
FILE_BUTTONS = {"file": "file_code", "remove": "confirm_remove"}
