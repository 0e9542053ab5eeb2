"""Forms of signing in and of the account."""

from django import forms
from django.utils.translation import gettext_lazy as _

OFF = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class SignInForm(forms.Form):
    """Name, password and second factor on one page, so that nothing is kept in between."""

    name = forms.CharField(
        label=_("Name you sign in with"), max_length=60, widget=forms.TextInput(OFF)
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        required=False,
        help_text=_("Six digits from your app, or eight from your printed sheet."),
        widget=forms.TextInput({**OFF, "inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    shared = forms.BooleanField(
        label=_("Others use this phone or computer too"),
        required=False,
        help_text=_("You are then signed out after 5 quiet minutes instead of 15."),
    )


class StepUpForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
