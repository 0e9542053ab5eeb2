"""Every field of a form in which something may be typed freely, found by walking the forms."""

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django import forms

import suar

SITES = ("suar.website.public_urls", "suar.website.staff_urls")
SUAR = Path(suar.__file__).parent
INPUT = re.compile(r"<(?:input|textarea)\b[^>]*>")
ATTRIBUTES = {item: re.compile(rf'\b{item}="([^"]*)"') for item in ("type", "name")}
CHOSEN = {"hidden", "radio", "checkbox", "submit", "date", "time"}
CODES = "a code of a list; any other value is refused"
WORKERS = "about a worker, who signs in with it; tests/accounts looks for it"
SECRETS = "a secret of a worker, stored hashed or sealed; tests/accounts looks for it"
DIRECTORY = "public text about services"
PUBLIC_TEXT = "what an organisation writes about its own team on the public page"
PROPOSED = "words of a reader about a service; tests/website/test_propose looks for what leads to a secret place"
CHANGES = "published changes; numbers below five are refused"
QUESTIONS = "questions of the talk, without answers"
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
    "accounts.ComparisonForm.fingerprint": "six groups of a key; tests/attacks/test_accounts, test_keys_together",
    "accounts.PaperForm.recovery": SECRETS,
    "cases.ReceiversForm.receivers": "ids of workers, made here; tests/attacks/test_keys_together alters them",
    "cases.EmergencyForm.number": "a number or an address, looked up and not stored",
    "cases.DecoyForm.name": "the name of an invented person",
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
    "cases.NumberForm.number": "the number of a certificate, made here; it is compared and not stored",
    "directory.EntriesForm.text": DIRECTORY,
    "website.FindForm.text": "a search that is not stored; tests/website/test_looking looks for it",
    "directory.LinkForm.note": "words of a provider about its service; the page asks for no person",
    "hsds.ImportForm.file": DIRECTORY,
    "website.RecordingForm.file": DIRECTORY,
    "website.ProposalForm.name": PROPOSED,
    "website.ProposalForm.offers": PROPOSED,
    "website.ProposalForm.reach": PROPOSED,
    "screening.StartForm.pin": SECRETS,
    "screening.PaperForm.code": "a code printed on a paper form, about nobody",
    "screening.OutcomeForm.reason": CODES,
    "cases.MergeForm.seen": "versions of documents, which are compared and not stored",
    "referrals.GroupsForm.groups": "the code of an organisation, which its signatory reads aloud",
    "screening.QuestionFileForm.file": QUESTIONS,
    "referrals.ActForm.reason": CODES,
    "cases.AttachmentForm.file": "a file; the journey brings one whose name and hidden words are canaries",
    "cases.ImportForm.file": "a file; the journey brings one with a canary in every column that takes words",
    "cases.ImportForm.checked": "a digest that only the worker can compute, compared and not stored",
    "cases.SheetForm.file": "a spreadsheet; the journey uploads one whose cells are canaries",
    "contact.AskForm.files": "files that come with the first words; the journey encloses one as below",
    "contact.FilesForm.files": "files; the journey brings one whose name and content are canaries",
    "contact.CodeForm.code": "a code from which a key is derived, not stored; tests/contact looks for it",
    "contact.DeskForm.who_en": PUBLIC_TEXT,
    "contact.DeskForm.who_id": PUBLIC_TEXT,
    "feedback.HandlersForm.who_en": PUBLIC_TEXT,
    "feedback.HandlersForm.who_id": PUBLIC_TEXT,
    "feedback.QuarterForm.text_en": CHANGES,
    "feedback.QuarterForm.text_id": CHANGES,
    "cases.StepForm.id": "an id made here; an unknown one makes a new step",
    "referrals.LinkForm.code": "six digits given by phone, from which a key is derived",
    "referrals.LinkMessageForm.code": "the same digits, with a message",
}

HAND_WRITTEN = {
    "whom": "referrals.NeedContactForm.whom reads it",
    "reason": "referrals.RemoveExclusionForm.reason reads it",
    "password": "accounts.StepUpForm.password reads it",
    "name": "accounts.SignInForm.name reads it on a locked page",
    "code": "accounts.SignInForm.code reads it, beside that name",
    "n-{{ need.code }}-who": "a step of the talk reads it, and the journey types it there",
    "at": "the number of a day on which the ecomap changed; anything else shows today",
    "age-years": "at most three digits; anything else is refused",
}


def free_fields() -> set[str]:
    """Return every form field that accepts free text."""
    return {
        _named(form, name)
        for form in _forms()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField | forms.FileField | forms.JSONField)
        and not isinstance(field, forms.UUIDField)
    }


def hand_written() -> set[str]:
    """Return the free text inputs that a template writes itself."""
    names = set()
    for path in SUAR.rglob("templates/**/*.html"):
        for tag in INPUT.findall(path.read_text("utf-8")):
            kind, name = (ATTRIBUTES[item].search(tag) for item in ("type", "name"))
            if name and not (kind and kind[1] in CHOSEN):
                names.add(name[1])
    return names


@contextmanager
def typed() -> Iterator[dict[str, set[str]]]:
    """Record the values that forms accept inside this block."""
    seen: dict[str, set[str]] = {}
    clean = forms.BaseForm.full_clean

    def cleaned(form: forms.BaseForm) -> None:
        clean(form)
        for name, value in getattr(form, "cleaned_data", {}).items():
            if name in form.base_fields:
                seen.setdefault(_named(type(form), name), set()).add(str(value))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms.BaseForm, "full_clean", cleaned)
        yield seen


def _forms() -> Iterator[type[forms.BaseForm]]:
    """Yield our forms; importing the URLs of both sites imports every form."""
    for urls in SITES:
        importlib.import_module(urls)
    waiting = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("suar."):
            yield form


def _named(form: type[forms.BaseForm], name: str) -> str:
    """Return app, form and field name, with the form that first defines the field."""
    kinds = [item for item in form.__mro__ if name in getattr(item, "base_fields", ())]
    return f"{kinds[-1].__module__.split('.')[1]}.{kinds[-1].__name__}.{name}"
