"""Every field of a form in which something may be typed freely, found by walking the forms."""

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms

import suar

DOORS = ("suar.website.public_urls", "suar.website.staff_urls")
SUAR = Path(suar.__file__).parent
INPUT = re.compile(r"<(?:input|textarea)\b[^>]*>")
WORTH = {item: re.compile(rf'\b{item}="([^"]*)"') for item in ("type", "name")}
CHOSEN = {"hidden", "radio", "checkbox", "submit", "date"}
CODES = "a code that a rule knows; another one is refused"
WORKERS = "about a worker, who signs in with it; tests/accounts looks for it"
SECRETS = "a secret of a worker, of which a digest or a seal is kept; tests/accounts looks for it"
DIRECTORY = "words about services, which anybody may read"
PAGES = "words of the public pages, which anybody may read"
HOUSE = "what an organisation writes about its own team on the public page"
TOLD = "what changed, for anybody to read; what tells of fewer than five is refused"
ASKED = "questions that an organisation asks everybody, which its colleagues read; nobody's answer"
NOT_ABOUT_A_PERSON = {
    "accounts.SignInForm.name": WORKERS,
    "accounts.SignInForm.password": SECRETS,
    "accounts.SignInForm.code": SECRETS,
    "accounts.SignInForm.passkey": SECRETS,
    "accounts.StepUpForm.password": SECRETS,
    "accounts.PinForm.pin": SECRETS,
    "accounts.NewPasswordForm.new_password": SECRETS,
    "accounts.NewPasswordForm.again": SECRETS,
    "accounts.WelcomeForm.name": WORKERS,
    "accounts.WelcomeForm.invitation": SECRETS,
    "accounts.RecoverForm.name": WORKERS,
    "accounts.RecoverForm.recovery": SECRETS,
    "accounts.ChangePasswordForm.password": SECRETS,
    "accounts.RecoveryProofForm.recovery": SECRETS,
    "accounts.AdmitForm.words": "six groups of a public key, made here; tests/attacks/test_accounts alters them",
    "accounts.AppForm.code": SECRETS,
    "accounts.AppForm.password": SECRETS,
    "accounts.PasskeyForm.passkey": SECRETS,
    "accounts.InviteForm.name": WORKERS,
    "accounts.InviteForm.display_name": WORKERS,
    "accounts.SetUpForm.set_up_code": SECRETS,
    "accounts.SetUpForm.organisation": "the name of an organisation, which its partners read",
    "accounts.SetUpForm.team": "the name of a team, which its organisation reads",
    "accounts.SetUpForm.name": WORKERS,
    "accounts.SetUpForm.display_name": WORKERS,
    "accounts.SetUpForm.administrator": WORKERS,
    "accounts.SetUpForm.administrator_display_name": WORKERS,
    "accounts.ProofForm.proof": SECRETS,
    "directory.EntriesForm.text": DIRECTORY,
    "website.FindForm.text": "looked for and kept nowhere; tests/website/test_looking looks for it",
    "directory.LinkForm.note": "words of a provider about its service; the page asks for no person",
    "hsds.ImportForm.file": DIRECTORY,
    "website.RecordingForm.file": DIRECTORY,
    "screening.StartForm.pin": SECRETS,
    "screening.PaperForm.code": "a code printed on a paper that says nothing of anybody",
    "screening.OutcomeForm.reason": CODES,
    "referrals.GroupsForm.groups": "the code of an organisation, which its lead reads aloud",
    "screening.QuestionFileForm.file": ASKED,
    "referrals.ActForm.reason": CODES,
    "contact.FilesForm.files": "files; the journey brings one whose name and content are canaries",
    "contact.CodeForm.code": "a code that is mixed into a key and kept nowhere; tests/contact looks",
    "contact.DeskForm.who_en": HOUSE,
    "contact.DeskForm.who_id": HOUSE,
    "feedback.ReadersForm.who_en": HOUSE,
    "feedback.ReadersForm.who_id": HOUSE,
    "feedback.QuarterForm.text_en": TOLD,
    "feedback.QuarterForm.text_id": TOLD,
    "referrals.LinkForm.code": "six digits told by voice, mixed into a key",
}

HAND_WRITTEN = {
    "whom": "referrals.NeedContactForm.whom reads it",
    "reason": "referrals.RemoveExclusionForm.reason reads it",
    "password": "accounts.StepUpForm.password reads it",
    "name": "accounts.SignInForm.name reads it: who signs in again on a locked page",
    "code": "accounts.SignInForm.code reads it, beside that name",
    "n-{{ need.code }}-who": "a step of the talk reads it, and the journey types it there",
    "age-years": "at most three digits; anything else is refused",
}


def free_fields() -> set[str]:
    """Name every field of every form into which anybody can type what they like."""
    return {
        _named(form, name)
        for form in _forms()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField | forms.FileField | forms.JSONField)
        and not isinstance(field, forms.UUIDField)
    }


def hand_written() -> set[str]:
    """Name the inputs for free text that a template writes itself."""
    found = set()
    for path in SUAR.rglob("templates/**/*.html"):
        for tag in INPUT.findall(path.read_text("utf-8")):
            kind, name = (WORTH[item].search(tag) for item in ("type", "name"))
            if name and not (kind and kind[1] in CHOSEN):
                found.add(name[1])
    return found


@contextmanager
def typed() -> Iterator[dict[str, set[str]]]:
    """Look on at what the forms take while something happens; nothing is replaced."""
    seen: dict[str, set[str]] = {}

    def called(frame: Any, event: str, argument: object) -> None:
        if event == "return" and frame.f_code is forms.BaseForm.full_clean.__code__:
            form = frame.f_locals["self"]
            for name, value in getattr(form, "cleaned_data", {}).items():
                if name in form.base_fields:
                    seen.setdefault(_named(type(form), name), set()).add(str(value))

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def _forms() -> Iterator[type[forms.BaseForm]]:
    """Give our forms, wherever they are written: what a door serves has imported its forms."""
    for door in DOORS:
        importlib.import_module(door)
    waiting = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("suar."):
            yield form


def _named(form: type[forms.BaseForm], name: str) -> str:
    """Name a field by its stage and by the form that first has it."""
    kinds = [item for item in form.__mro__ if name in getattr(item, "base_fields", ())]
    return f"{kinds[-1].__module__.split('.')[1]}.{kinds[-1].__name__}.{name}"
