"""Texts for the codes of accounts, and for what is refused."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from suar.accounts.rules import roles
from suar.accounts.terms import Factor, Role, WorkerState
from suar.core.i18n import localize

REFUSED = {
    "sign_in": _("That name, password or code does not fit. Check all three and try again."),
    "password_short": _("A password needs at least 12 characters. Four unrelated words work well."),
    "password_common": _("Many people use this password, so it is tried first. Choose another."),
    "password_name": _("A password must not contain the name you sign in with."),
    "pin": _("These are not the six digits of this talk. After five tries only the password opens it."),
    "pin_spent": _("Too many tries. Your password opens the talk."),
    "step_up": _("That password does not fit. Nothing was sent yet."),
    "invitation": _("That name and code do not fit, or the code is too old. Ask for a new one."),
    "recovery": _("That name and sheet do not belong together. Check both and try again."),
    "recovery_other": _("This is the code of another sheet. Type the one you have just printed."),
    "recovery_mistyped": _("There is a mistake in the code. Compare it sign by sign."),
    "app_code": _("The app showed another code. Wait for the next one and type that."),
    "app_secret": _("This page was open for too long. Scan the new square."),
    "passkey": _("The passkey did not work. Try again, or choose another way."),
    "factor_absent": _("You do not use that."),
    "last_factor": _("This is your only second factor. Add another one first."),
    "name_taken": _("Somebody signs in with this name already. Choose another."),
    "not_yourself": _("You cannot shut yourself out."),
    "not_compared": _("Compare the six groups first. It keeps a stranger's key out."),
    "police_stay_apart": _("Police join a team of their own, in which each sees only their own."),
    "role_without_records": _("Nobody in this role holds keys to records."),
    "same_person": _("These must be two people, with two names."),
    "set_up_code": _("That is not the newest code. Look where Suar was started."),
    "proof_mistyped": _("There is a mistake in the word. Compare it sign by sign."),
    "proof_unknown": _("No backup of this Suar holds that word."),
}

STATES = {
    WorkerState.INVITED: pgettext_lazy("worker", "invited"),
    WorkerState.ACTIVE: pgettext_lazy("worker", "works here"),
    WorkerState.DISABLED: pgettext_lazy("worker", "shut out"),
}

FACTORS = {
    Factor.APP: _("App that shows codes"),
    Factor.SHEET: _("Printed sheet of codes"),
    Factor.PASSKEY: _("Passkey"),
}


def role_label(role: Role) -> str:
    """Return the name of a role in the active language."""
    return localize(roles()[role].label)


def factor_count(factor: Factor, count: int) -> str:
    """Describe how much of a factor is left."""
    if factor is Factor.SHEET:
        return ngettext("%(count)d code left", "%(count)d codes left", count) % {"count": count}
    if factor is Factor.PASSKEY:
        return ngettext("%(count)d passkey", "%(count)d passkeys", count) % {"count": count}
    return ""


def mistyped(group: int | None) -> str:
    """Return the error for a printed code, with the group that is wrong."""
    if group is None:
        return str(REFUSED["recovery_mistyped"])
    return str(_("There is a mistake in group %(group)d.") % {"group": group})
