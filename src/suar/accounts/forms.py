"""Forms of signing in, of coming in, and of the account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.accounts.labels import WRONG, role_words
from suar.accounts.rules import roles
from suar.core.ids import read_spoken

OFF = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
SIGN_IN_NAME, YOUR_PASSWORD = _("Name you sign in with"), _("Your password")
ONE_TIME = {**OFF, "inputmode": "numeric", "autocomplete": "one-time-code"}


def name_field(label: Any = SIGN_IN_NAME, help_text: Any = "") -> forms.CharField:
    """Make the field for the name of an account."""
    return forms.CharField(label=label, help_text=help_text, max_length=60, widget=forms.TextInput(OFF))


def password_field(label: Any = YOUR_PASSWORD) -> forms.CharField:
    """Make the field for a password that exists."""
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class SignInForm(forms.Form):
    """Name, password and second factor on one page, so that nothing is kept in between."""

    name = name_field()
    password = password_field(_("Password"))
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        required=False,
        help_text=_("Six digits from your app, or eight from your printed sheet."),
        widget=forms.TextInput(ONE_TIME),
    )
    passkey = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)
    shared = forms.BooleanField(
        label=_("Others use this phone or computer too"),
        required=False,
        help_text=_("You are then signed out after 5 quiet minutes instead of 15."),
    )


class StepUpForm(forms.Form):
    """The password once more."""

    password = password_field()


class PinForm(forms.Form):
    """The six digits of a covered talk."""

    pin = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("The six digits of this talk"),
        error_messages={"invalid": _("Six digits, please.")},
        widget=forms.PasswordInput({**OFF, "inputmode": "numeric", "maxlength": 6}),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new_password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. Four unrelated words work well."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Compare both."""
        again = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new_password", again):
            raise forms.ValidationError(_("The two passwords differ."))
        return again


class WelcomeForm(NewPasswordForm):
    """What an invited worker types."""

    name = name_field()
    invitation = forms.CharField(label=_("Invitation code"), max_length=40, widget=forms.TextInput(OFF))
    field_order = ["name", "invitation", "new_password", "again"]

    def clean_invitation(self) -> str:
        """Tell a slip before it counts as a try."""
        typed: str = self.cleaned_data["invitation"]
        if read_spoken(typed) is None:
            raise forms.ValidationError(WRONG["recovery_mistyped"])
        return typed


class RecoverForm(NewPasswordForm):
    """What a worker types who forgot their password and has their sheet."""

    name = name_field()
    recovery = forms.CharField(label=_("Code on your recovery sheet"), max_length=80, widget=forms.TextInput(OFF))
    field_order = ["name", "recovery", "new_password", "again"]


class ChangePasswordForm(NewPasswordForm):
    """The old password and the new one."""

    password = password_field(_("Password until now"))
    field_order = ["password", "new_password", "again"]


class RecoveryProofForm(forms.Form):
    """The code of a recovery sheet, typed back."""

    recovery = forms.CharField(
        label=_("Type the code from the printed sheet"),
        max_length=80,
        widget=forms.TextInput(OFF),
    )


class AppForm(forms.Form):
    """The secret of an authenticator app on its way, and the first code it shows."""

    app_secret = forms.CharField(max_length=400, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Six digits the app shows now"),
        max_length=20,
        widget=forms.TextInput(ONE_TIME),
    )
    password = password_field()


class PasskeyForm(forms.Form):
    """What a browser answers when it has made a passkey."""

    passkey = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class InviteForm(forms.Form):
    """Somebody new."""

    name = name_field(help_text=_("Short, in small letters. It cannot be changed later."))
    shown_name = forms.CharField(label=_("Name colleagues see"), max_length=120, widget=forms.TextInput(OFF))
    role = forms.ChoiceField(label=_("What they do here"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the roles that can be assigned now."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (row.code.value, role_words(row.code)) for row in roles().values() if row.assignable
        ]


class LetInForm(forms.Form):
    """That the words were compared, and whether the worker leads too."""

    compared = forms.BooleanField(
        label=_("We read the six groups to each other, and they are the same"),
        error_messages={"required": WRONG["not_compared"]},
    )
    leads = forms.BooleanField(label=_("Leads this team too, and may let others in"), required=False)


class SetUpForm(NewPasswordForm):
    """Everything the first run needs to know."""

    set_up_code = forms.CharField(
        label=_("Set-up code"),
        help_text=_("It stands where Suar was started."),
        max_length=40,
        widget=forms.TextInput(OFF),
    )
    organisation = forms.CharField(label=_("Name of the organisation"), max_length=200)
    team = forms.CharField(label=_("Name of the first team"), max_length=200)
    name = name_field()
    shown_name = forms.CharField(label=_("Name colleagues see"), max_length=120, widget=forms.TextInput(OFF))
    administrator = name_field(_("Name the administrator signs in with"))
    administrator_shown = forms.CharField(
        label=_("Name of the administrator that colleagues see"),
        max_length=120,
        widget=forms.TextInput(OFF),
    )
    field_order = [
        "set_up_code",
        "organisation",
        "team",
        "name",
        "shown_name",
        "new_password",
        "again",
        "administrator",
        "administrator_shown",
    ]

    def clean_administrator(self) -> str:
        """Refuse one person in both parts."""
        name = self.cleaned_data["administrator"]
        if name.strip().lower() == self.cleaned_data.get("name", "").strip().lower():
            raise forms.ValidationError(WRONG["same_person"])
        return name


class ProofForm(forms.Form):
    """The word that a restore tells."""

    proof = forms.CharField(label=_("Word that the restore has told"), max_length=40, widget=forms.TextInput(OFF))
