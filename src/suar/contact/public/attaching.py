"""Files that a person adds to their letter, and opens again with their code.

Each is looked at by itself: what is taken stays, and the page says of each why it was not.
"""

import base64
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from suar.contact import labels, redrawing
from suar.contact.forms import CodeForm, code_form
from suar.contact.forms_files import AttachForm
from suar.contact.public import acts, asking, hands, pace, removing
from suar.contact.public.pace import Wait
from suar.contact.public.sending import Page, Sent
from suar.contact.rules import files as rules
from suar.contact.terms import Brought, FileFacts, FileKind
from suar.core.refusals import KeyNotTrusted, NotYours, Refused, TooBusy


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one file: `why` it does not arrive, or what is kept of it."""

    name: str
    why: object = ""
    kind: FileKind = FileKind.PAPER
    content: bytes = field(default=b"", repr=False)
    busy: TooBusy | None = None

    @property
    def pieces(self) -> int:
        """Count the pieces that its content fills; none where it does not arrive."""
        return 0 if self.why else rules.pieces_of(len(self.content))


def add(sent: Sent) -> Page:
    """Show where files are chosen; words that were typed beside the button are to be sent first.

    Where none fits now, the page says so before anybody sends one over a slow network.
    """
    proof = acts.held(sent)
    request = asking.request_of(proof)
    if not asking.takes_files(request):
        raise NotYours
    if acts.rest(sent):
        return acts.unsent(sent, proof)
    try:
        asking.check_files(request, many=1, free_bytes=_free_bytes(), at=sent.at)
    except Refused as refusal:
        why = labels.NOT_TAKEN[refusal.because]
        return Page("contact/attached.html", {"why": why}, status=409)
    return _attaching(sent, proof, AttachForm())


def ask_to_remove(sent: Sent) -> Page:
    """Ask once more before a file is removed; words that were typed are to be sent first."""
    proof = acts.held(sent)
    asking.request_of(proof)
    if acts.rest(sent):
        return acts.unsent(sent, proof)
    context = {"hold": hands.give(proof, at=sent.at), "file": str(_letter(sent, "remove"))}
    return Page("contact/remove.html", context)


def remove(sent: Sent) -> Page:
    """Remove one file; what else was written and sent stays."""
    removing.remove_file(asking.request_of(acts.held(sent)), _letter(sent, "remove"), at=sent.at)
    return Page("contact/removed.html")


def ask_to_remove_all(sent: Sent) -> Page:
    """Ask once more before all files are removed; words that were typed are to be sent first."""
    proof = acts.held(sent)
    asking.request_of(proof)
    if acts.rest(sent):
        return acts.unsent(sent, proof)
    return Page("contact/remove.html", {"hold": hands.give(proof, at=sent.at)})


def remove_all(sent: Sent) -> Page:
    """Remove all files at once; the words stay."""
    removing.remove_all_files(asking.request_of(acts.held(sent)), at=sent.at)
    return Page("contact/removed.html", {"all": True})


def attach(sent: Sent) -> Page:
    """Seal the files that came, as the letter was sealed; its words lie there already."""
    proof = acts.held(sent)
    request = asking.request_of(proof)
    form = AttachForm(sent.form, {"files": list(sent.files)})
    if not form.is_valid():
        return _attaching(sent, proof, form, status=400)
    try:
        sent.step("write")
        lines = _taken(request, form.cleaned_data["files"], sent)
    except Wait as wait:
        return _attaching(sent, proof, form, status=429, wait=wait)
    except KeyNotTrusted:
        sent.step_back("write")
        return acts.closed(status=503)
    except Refused as refusal:
        form.add_error("files", labels.NOT_TAKEN.get(refusal.because, _("Please try again.")))
        return _attaching(sent, proof, form, status=409)
    busy = next((each.busy for each in lines if each.busy), None)
    if busy and all(each.why for each in lines):
        wait = sent.busy("write", busy)
        return _attaching(sent, proof, AttachForm(), lines=lines, status=503, wait=wait)
    return _attaching(sent, proof, AttachForm(), lines=lines)


def ask_for_code(sent: Sent) -> Page:
    """Show where the code is typed to open a file: the page before opened nothing but words.

    Words that were typed beside the button are to be sent first.
    """
    if acts.rest(sent):
        return acts.unsent(sent, acts.held(sent))
    return _code(code_form(kind=sent.form.get("kind", "")), sent)


def open_file(sent: Sent) -> Page:
    """Open one file with the code: a picture on a page, anything else to be taken along."""
    form = code_form(sent.form, kind=sent.form.get("kind", ""))
    if not form.is_valid():
        return _code(form, sent, status=400)
    try:
        sent.step("code")
        facts, content = asking.open_file(form.read, _letter(sent, "file"))
    except Wait as wait:
        return _code(form, sent, status=429, wait=wait)
    except TooBusy as busy:
        return _code(form, sent, status=503, wait=sent.busy("code", busy))
    except NotYours:
        form.add_error(form.first, labels.NOTHING_UNDER_IT)
        return _code(form, sent, status=404)
    sent.step_back("code")
    if facts.kind is not FileKind.PICTURE:
        return Page("", taken=(rules.ending_of(content), content))
    context = {"name": facts.name, "picture": base64.b64encode(content).decode("ascii")}
    return Page("contact/picture.html", context, picture=True)


ACTS: Mapping[str, Callable[[Sent], Page]] = {
    "add_files": add,
    "attach": attach,
    "file_code": ask_for_code,
    "file": open_file,
    "ask_to_remove": ask_to_remove,
    "remove": remove,
    "ask_to_remove_all": ask_to_remove_all,
    "remove_all": remove_all,
}


def _taken(request: UUID, files: Sequence[Brought], sent: Sent) -> list[Line]:
    """Look at the files and at the letters they go to, draw pictures anew, and seal what is left.

    Room is taken last, and given back where nothing is sealed. Raises NotYours, Refused and
    KeyNotTrusted.
    """
    lines = [_looked_at(each, sent) for each in files]
    free = _free_bytes()
    many = sum(not each.why for each in lines)
    if many:
        asking.check_files(request, many=many, free_bytes=free, at=sent.at)
    drawn = list(_drawn(lines))
    lines = [_with_room(each, sent) for each in drawn]
    ready = [(FileFacts(each.kind, len(each.content), each.name), each.content) for each in lines if not each.why]
    try:
        if ready:
            asking.bring(request, ready, free_bytes=free, at=sent.at)
    except Exception:
        # Whatever kept files out gives their room back, and goes on to whoever answers it.
        pace.give_room(sent.address, sum(each.pieces for each in lines), at=sent.at)
        raise
    return lines


def _looked_at(brought: Brought, sent: Sent) -> Line:
    """Look at one file, and whether anything more of this caller fits; nothing is taken yet."""
    name, kind = rules.readable_name(brought.name), rules.kind_of(brought.content)
    decision = rules.may_be_brought(brought.size, kind if brought.content else FileKind.PAPER)
    if not decision or kind is None:
        return Line(name, labels.NOT_TAKEN[decision.because])
    if not pace.has_room(sent.address, 1, at=sent.at):
        return Line(name, labels.NOT_TAKEN["no_room"])
    return Line(name, kind=kind, content=brought.content)


def _drawn(lines: Iterable[Line]) -> Iterator[Line]:
    """Draw pictures anew; after one that could not be drawn, no more of the same form.

    So a form costs no more of the machine than its first picture that does harm.
    """
    stopped = False
    for line in lines:
        if line.why or line.kind is not FileKind.PICTURE:
            yield line
        elif stopped:
            yield replace(line, why=labels.NOT_TAKEN["busy"])
        else:
            drawn = _redrawn(line)
            stopped = bool(drawn.why)
            yield drawn


def _redrawn(line: Line) -> Line:
    try:
        return replace(line, content=redrawing.redrawn(line.content))
    except Refused as refusal:
        return replace(line, why=labels.NOT_TAKEN[refusal.because])
    except TooBusy as busy:
        return replace(line, why=labels.NOT_TAKEN["busy"], busy=busy)


def _with_room(line: Line, sent: Sent) -> Line:
    if line.why or pace.take_room(sent.address, line.pieces, at=sent.at):
        return line
    return replace(line, why=labels.NOT_TAKEN["no_room"])


def _free_bytes() -> int:
    return shutil.disk_usage(Path(settings.SUAR_DATA)).free


def _letter(sent: Sent, name: str) -> UUID:
    try:
        return UUID(sent.form.get(name, ""))
    except ValueError:
        raise NotYours from None


def _attaching(
    sent: Sent,
    proof: bytes,
    form: AttachForm,
    *,
    lines: Sequence[Line] = (),
    status: int = 200,
    wait: Wait | None = None,
) -> Page:
    context = {
        "files": form,
        "lines": lines,
        "all_arrived": not any(each.why for each in lines),
        "hold": hands.give(proof, at=sent.at),
        **acts.waiting(wait),
    }
    return Page("contact/attached.html", context, status=status, for_writing=True)


def _code(form: CodeForm, sent: Sent, *, status: int = 200, wait: Wait | None = None) -> Page:
    context = {"form": form, "file": sent.form.get("file", "")[:36], **acts.waiting(wait)}
    return Page("contact/open_file.html", context, status=status)
