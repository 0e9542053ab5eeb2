"""A form of the public site as it came, and the responses that every form shares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse

from suar.contact import messages
from suar.contact.documents import CodeKind, LetterKind, NewRequest
from suar.contact.form_parts import PublicForm
from suar.contact.forms import CodeForm, code_form
from suar.contact.models import Request
from suar.contact.public import actions, resume
from suar.contact.return_codes import ReturnCode
from suar.core import locks, ratelimit
from suar.core.codes import CodeList
from suar.core.ratelimit import RateLimited
from suar.core.refusals import KeyNotTrusted, NotYours, Refused, TooBusy

MAX_WAIT_S, LOOK_EVERY_S = 2.5, 0.25
QUEUE, MAX_WAITING = "repeated", 8
"""The queue of forms that were sent again, and its length."""
CONFLICT = 409
TEXT_FIELDS = ("words", "contact", "meeting")


@dataclass(frozen=True, slots=True)
class Submission:
    """A form as it came, from where, and when.

    A form that is `repeated` came a moment ago with the same `form_secret`: what it makes has the same id and the same
    code, so it is made once and its response is given again.
    """

    request: HttpRequest
    address: str
    at: datetime
    form_secret: bytes = field(repr=False)
    repeated: bool

    @property
    def form(self) -> QueryDict:
        """Return the posted fields."""
        return self.request.POST

    @property
    def proof(self) -> bytes:
        """Return the proof of the code in the page's resume token; raises NotYours without one."""
        return resume.read_token(self.form.get("resume_token", ""), at=self.at)

    def texts(self, names: Sequence[str] = TEXT_FIELDS) -> dict[str, str]:
        """Return the texts that were typed, by field."""
        return {name: text for name in names if (text := self.form.get(name, "")).strip()}

    def resumed_request(self) -> Request:
        """Return the request of the page that a code opened; raises NotYours."""
        return actions.find_request(self.proof)

    def writable_request(self) -> Request:
        """Return this request if it still goes to whom the person wrote; raises NotYours and KeyNotTrusted."""
        request = self.resumed_request()
        actions.check_receiver(request, self.proof)
        return request

    def new_token(self, proof: bytes = b"") -> str:
        """Return a resume token for the next page."""
        return resume.make_token(proof or self.proof, at=self.at)

    def count(self, purpose: str) -> int:
        """Count a call and return how many came before; raises RateLimited."""
        return ratelimit.count_call(purpose, self.address, at=self.at, ticket=self.form.get("place", ""))

    def uncount(self, purpose: str) -> None:
        """Take back a call that was right, or that failed through our fault."""
        ratelimit.uncount_call(purpose, self.address, at=self.at)

    def create_request(self, purpose: str, new: NewRequest, *, kind: CodeKind) -> ReturnCode | None:
        """Seal a request with a code, and count the call; a repeated form only gets its code again.

        Raises RateLimited, KeyNotTrusted and TooBusy.
        """
        if self.repeated and self._arrives_soon(lambda: actions.has_arrived(self.form_secret)):
            return actions.existing_code(kind, form_secret=self.form_secret)
        turn = self.count(purpose)
        new = replace(new, turn=turn, form_secret=self.form_secret)
        return actions.create_request_with_code(new, kind=kind, at=self.at)

    def write_again(self, request: Request, kind: LetterKind, words: str) -> None:
        """Add a letter, and count the call; a repeated form adds none.

        Raises RateLimited, NotYours, Refused and KeyNotTrusted.
        """
        secret = self.form_secret + kind.encode()
        if not (self.repeated and self._arrives_soon(lambda: actions.is_written(secret))):
            self.count("write")
            actions.write_again(request.id, kind, words, at=self.at, form_secret=secret)

    def _arrives_soon(self, arrived: Callable[[], bool]) -> bool:
        """Wait while the first press is running, and return True if it arrived. Raises RateLimited if many wait.

        Otherwise the second press would count as a call of its own, and its refusal hide the first response.
        """
        until = monotonic() + MAX_WAIT_S
        try:
            with locks.queue_slot(QUEUE, slots=MAX_WAITING, longest_wait_s=LOOK_EVERY_S):
                while not arrived() and locks.is_form_locked(self.form_secret) and monotonic() < until:
                    sleep(LOOK_EVERY_S)
        except TooBusy as busy:
            raise RateLimited(timedelta(seconds=busy.retry_after_s)) from None
        return arrived()

    def page(self, name: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> TemplateResponse:
        """Return a page; the site adds its own context before it renders."""
        return TemplateResponse(self.request, name, dict(context or {}), status=status)

    def writing_page(self, name: str, context: Mapping[str, Any], *, status: int = 200) -> TemplateResponse:
        """Return a page on which somebody writes a letter: its form is valid for longer."""
        return self.page(name, {**context, "for_writing": True}, status=status)

    def handle(
        self,
        form: PublicForm,
        act: Callable[[], HttpResponse],
        show: Callable[..., HttpResponse],
        *,
        purpose: str,
        field: str = "",
        texts: CodeList = messages.REFUSALS,
    ) -> HttpResponse:
        """Act on a valid form; otherwise show it again with the reason, and with everything that was typed.

        `purpose` names the rate limit that `act` counts. It is taken back if the fault is ours: no capacity, or a key
        that its organisation did not sign. A refusal is an error of `field`, with its message from `texts`.
        """
        if not form.is_valid():
            return show(form, status=400)
        try:
            return act()
        except KeyNotTrusted:
            self.uncount(purpose)
            raise
        except (Refused, NotYours) as refusal:
            reason = refusal.because if isinstance(refusal, Refused) else "not_found"
            if reason == "not_found" and field not in form.fields:
                raise
            form.add_error(field or None, texts.label(reason if reason in texts else "busy"))
            return show(form, status=404 if reason == "not_found" else CONFLICT)
        except RateLimited as limited:
            return show(form, status=429, wait=limited.retry_after_s, place=limited.ticket)
        except TooBusy as busy:
            seconds = busy.retry_after_s
            ticket = ratelimit.busy_ticket(purpose, self.address, at=self.at, retry_after_s=seconds)
            return show(form, status=503, wait=seconds, place=ticket)

    def code_page(
        self,
        code: ReturnCode,
        form: CodeForm | None = None,
        *,
        status: int = 200,
        resume_token: str = "",
        results: Sequence[Any] = (),
    ) -> TemplateResponse:
        """Show a new code once, with the field in which it is typed back; with a `resume_token`, files may follow."""
        context = {"code": code, "pictures": messages.describe_pictures(code), "resume_token": resume_token}
        context["results"] = results
        form = form or code_form(kind=code.kind)
        return self.page("contact/code.html", {**context, "form": form}, status=status)
