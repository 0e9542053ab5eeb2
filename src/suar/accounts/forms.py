"""Forms of signing in, of the first sign-in, and of the account."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from suar.accounts.codes import REFUSALS
from suar.accounts.roles import ROLES
from suar.accounts.rules import IDLE, IDLE_SHARED, account_name
from suar.core.ids import read_spoken

OFF = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
ONE_TIME_CODE = {**OFF, "inputmode": "numeric", "autocomplete": "one-time-code"}
DISPLAY_NAME_LABEL = _("Name as colleagues see it")


def text_field(label: Any, max_length: int, **options: Any) -> forms.CharField:
    """Return a field for one line that no browser stores."""
    return forms.CharField(label=label, max_length=max_length, **{"widget": forms.TextInput(OFF), **options})


def name_field(label: Any = _("User name"), **options: Any) -> forms.CharField:  # noqa: B008 - a lazy text
    """Return the field for the name of an account."""
    return text_field(label, 60, **options)


def password_field(label: Any = _("Your password"), autocomplete: str = "current-password", **options: Any) -> Any:  # noqa: B008 - a lazy text
    """Return the field for a password."""
    widget = forms.PasswordInput({"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget, **options)


class SignInForm(forms.Form):
    """Name, password and second factor on one page, so that nothing is stored in between."""

    name = name_field()
    password = password_field(_("Password"))
    code = text_field(
        _("Code"),
        20,
        required=False,
        help_text=_("Six digits from your app, or an eight-digit code from your printed list."),
        widget=forms.TextInput(ONE_TIME_CODE),
    )
    passkey = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
    shared = forms.BooleanField(
        label=_("Others use this phone or computer too"),
        required=False,
        help_text=format_lazy(
            _("You are signed out after {shared} minutes without activity instead of {own}."),
            shared=IDLE_SHARED // timedelta(minutes=1),
            own=IDLE // timedelta(minutes=1),
        ),
    )


class StepUpForm(forms.Form):
    """The password once more."""

    password = password_field()


class PinForm(forms.Form):
    """The six digits of a locked talk."""

    pin = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Six digits for this talk"),
        error_messages={"invalid": _("Enter six digits.")},
        widget=forms.PasswordInput({**OFF, "inputmode": "numeric", "maxlength": 6}),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new_password = password_field(
        _("New password"), "new-password", help_text=_("At least 12 characters. Four unrelated words work well.")
    )
    again = password_field(_("Repeat the new password"), "new-password")

    def clean_again(self) -> str:
        """Compare both."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("new_password", again):
            raise forms.ValidationError(_("The two passwords are not the same."))
        return again


class WelcomeForm(NewPasswordForm):
    """The form of an invited worker."""

    name = name_field()
    invitation = text_field(_("Invitation code"), 40)
    field_order = ["name", "invitation", "new_password", "again"]

    def clean_invitation(self) -> str:
        """Report a slip before it counts as an attempt."""
        typed = str(self.cleaned_data["invitation"])
        if read_spoken(typed) is None:
            raise forms.ValidationError(REFUSALS.label("recovery_mistyped"))
        return typed


class RecoverForm(NewPasswordForm):
    """The form of a worker who forgot the password and has the recovery sheet."""

    name = name_field()
    recovery = text_field(_("Code on your recovery sheet"), 80)
    field_order = ["name", "recovery", "new_password", "again"]


class ChangePasswordForm(NewPasswordForm):
    """The old password and the new one."""

    password = password_field(_("Current password"))
    field_order = ["password", "new_password", "again"]


class RecoveryProofForm(forms.Form):
    """The code of a recovery sheet, typed back."""

    recovery = text_field(_("Type the code from the printed sheet"), 80)


class AppForm(forms.Form):
    """The first code of an authenticator app."""

    code = text_field(_("Six digits that the app shows now"), 20, widget=forms.TextInput(ONE_TIME_CODE))
    password = password_field()


class PasskeyForm(forms.Form):
    """The answer of a browser that made a passkey."""

    passkey = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class InviteForm(forms.Form):
    """A new worker."""

    name = text_field(
        _("User name"), 50, help_text=_("Short, in small letters. Three digits are added. It cannot be changed later.")
    )
    display_name = text_field(DISPLAY_NAME_LABEL, 120)
    role = forms.ChoiceField(
        label=_("Role"), choices=lambda: [(role.code, role.label) for role in ROLES.members if role["assignable"]]
    )


class ComparisonForm(forms.Form):
    """Confirm that six groups were compared."""

    fingerprint = forms.CharField(max_length=40, widget=forms.HiddenInput)
    compared = forms.BooleanField(
        label=_("We read the six groups to each other and they are the same"),
        error_messages={"required": dict(REFUSALS.choices)["not_compared"]},
    )


class AdmitForm(ComparisonForm):
    """Confirm the comparison, and choose whether the worker also leads the team."""

    leads = forms.BooleanField(label=_("Also leads this team and may add workers to it"), required=False)


class RecoveryKindForm(forms.Form):
    """Open lost keys, or rehearse that."""

    kind = forms.ChoiceField(
        label=_("What for?"),
        widget=forms.RadioSelect,
        choices=(
            ("rehearsal", _("To rehearse it: nothing is changed")),
            ("recovery", _("Keys are lost: nobody who holds them can sign in")),
        ),
    )


class PaperForm(ComparisonForm):
    """One of the three papers, typed by its holder; the browser hides and stores nothing of it."""

    recovery = text_field(_("The 21 groups on your paper"), 200, widget=forms.PasswordInput(OFF))


class VouchForm(forms.Form):
    """Confirm that one has met the colleague."""

    known = forms.BooleanField(
        label=_("I met this colleague, or know the voice from a call that I made, and it is really them"),
    )


class SetUpForm(NewPasswordForm):
    """Everything the first run needs to know."""

    set_up_code = text_field(_("Set-up code"), 40, help_text=_("It is shown in the terminal where Suar was started."))
    organisation = forms.CharField(label=_("Name of the organisation"), max_length=200)
    team = forms.CharField(label=_("Name of the first team"), max_length=200)
    name = name_field()
    display_name = text_field(DISPLAY_NAME_LABEL, 120)
    administrator = name_field(_("User name of the administrator"))
    administrator_display_name = text_field(_("Name of the administrator as colleagues see it"), 120)
    field_order = [
        *("set_up_code", "organisation", "team", "name", "display_name"),
        *("new_password", "again", "administrator", "administrator_display_name"),
    ]

    def clean_administrator(self) -> str:
        """Refuse one person in both parts."""
        name = str(self.cleaned_data["administrator"])
        if account_name(name) == account_name(self.cleaned_data.get("name", "")):
            raise forms.ValidationError(REFUSALS.label("same_person"))
        return name


class ProofForm(forms.Form):
    """The word that a restore prints."""

    proof = text_field(_("Word shown by the restore"), 40)
