"""Files that a person adds to their letter, and opens again with their code.

Each is looked at by itself: what is taken stays, and the page says of each why it was not.
"""

import base64
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from suar.kernel.refusals import KeyNotTrusted, NotYours, Refused, TooBusy
from suar.voice import labels, redrawing
from suar.voice.forms import CodeForm, code_form
from suar.voice.forms_files import AttachForm
from suar.voice.public import acts, asking, hands, pace
from suar.voice.public.pace import Wait
from suar.voice.public.sending import Page, Sent
from suar.voice.rules import files as rules
from suar.voice.terms import Brought, FileFacts, FileKind

Ready = tuple[FileFacts, bytes]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one file: `why` it did not arrive, or nothing."""

    name: str
    why: object = ""


def add(sent: Sent) -> Page:
    """Show where files are chosen; words that were typed beside the button are to be sent first."""
    proof = acts.held(sent)
    if not asking.takes_files(asking.request_of(proof)):
        raise NotYours
    if sent.form.get("words", "").strip():
        return acts.unsent(sent, proof)
    return _attaching(sent, proof, AttachForm())


def attach(sent: Sent) -> Page:
    """Seal the files that came, as the letter was sealed; its words lie there already."""
    proof = acts.held(sent)
    request = asking.request_of(proof)
    form = AttachForm(sent.form, {"files": list(sent.files)})
    if not form.is_valid():
        return _attaching(sent, proof, form, status=400)
    try:
        sent.step("write")
        taken = [_taken(each, sent) for each in form.cleaned_data["files"]]
        _bring(request, [ready for _, ready in taken if ready], sent)
    except Wait as wait:
        return _attaching(sent, proof, form, status=429, wait=wait)
    except TooBusy as busy:
        return _attaching(sent, proof, form, status=503, wait=sent.busy("write", busy))
    except KeyNotTrusted:
        sent.step_back("write")
        return acts.closed(status=503)
    except Refused as refusal:
        form.add_error("files", labels.NOT_TAKEN.get(refusal.because, _("Please try again.")))
        return _attaching(sent, proof, form, status=409)
    return _attaching(sent, proof, AttachForm(), lines=[line for line, _ in taken])


def ask_for_code(sent: Sent) -> Page:
    """Show where the code is typed to open a file: the page before opened nothing but words."""
    return _code(code_form(kind=sent.form.get("kind", "")), sent)


def open_file(sent: Sent) -> Page:
    """Open one file with the code: a picture on a page, anything else to be taken along."""
    form = code_form(sent.form, kind=sent.form.get("kind", ""))
    if not form.is_valid():
        return _code(form, sent, status=400)
    try:
        sent.step("code")
        facts, content = asking.open_file(form.read, _letter(sent))
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
    return Page("voice/picture.html", context, picture=True)


ACTS: Mapping[str, Callable[[Sent], Page]] = {
    "add_files": add, "attach": attach, "file_code": ask_for_code, "file": open_file,
}  # fmt: skip


def _taken(brought: Brought, sent: Sent) -> tuple[Line, Ready | None]:
    """Look at one file, and draw it anew where it is a picture; raises TooBusy."""
    name = rules.readable_name(brought.name)
    kind = rules.kind_of(brought.content)
    decision = rules.may_be_brought(brought.size, kind if brought.content else FileKind.PAPER)
    if not decision or kind is None:
        return Line(name, labels.NOT_TAKEN[decision.because]), None
    try:
        content = (
            redrawing.redrawn(brought.content) if kind is FileKind.PICTURE else brought.content
        )
    except Refused as refusal:
        return Line(name, labels.NOT_TAKEN[refusal.because]), None
    if not pace.take_room(sent.address, rules.pieces_of(len(content)), at=sent.at):
        return Line(name, labels.NOT_TAKEN["no_room"]), None
    return Line(name), (FileFacts(kind, len(content), name), content)


def _bring(request: UUID, ready: Sequence[Ready], sent: Sent) -> None:
    if ready:
        free = shutil.disk_usage(Path(settings.SUAR_DATA)).free
        asking.bring(request, ready, free_bytes=free, at=sent.at)


def _letter(sent: Sent) -> UUID:
    try:
        return UUID(sent.form.get("file", ""))
    except ValueError:
        raise NotYours from None


def _attaching(
    sent: Sent, proof: bytes, form: AttachForm, *, lines: Sequence[Line] = (), status: int = 200,
    wait: Wait | None = None,
) -> Page:  # fmt: skip
    context = {
        "files": form, "lines": lines, "all_arrived": not any(each.why for each in lines),
        "hold": hands.give(proof, at=sent.at), **acts.waiting(wait),
    }  # fmt: skip
    return Page("voice/attached.html", context, status=status, for_writing=True)


def _code(form: CodeForm, sent: Sent, *, status: int = 200, wait: Wait | None = None) -> Page:
    context = {"form": form, "file": sent.form.get("file", "")[:36], **acts.waiting(wait)}
    return Page("voice/open_file.html", context, status=status)
