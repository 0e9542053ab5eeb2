"""Texts for the codes of accounts, and for what is refused."""

from django.utils.translation import gettext, ngettext

from suar.accounts.codes import Factor
from suar.core.codes import code_list

REFUSALS, STATES, FACTORS = (code_list("accounts", name) for name in ("refusals", "worker_states", "factors"))


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
        return REFUSALS.label("recovery_mistyped")
    return gettext("There is a mistake in group %(group)d.") % {"group": group}
