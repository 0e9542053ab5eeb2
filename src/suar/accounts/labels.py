"""Words for the codes of accounts."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "sign_in": _("That name, password or code does not fit. Check all three and try again."),
    "password_short": _("A password needs at least 12 signs. Four unrelated words work well."),
    "password_common": _("Many people use this password, so it is tried first. Choose another."),
    "password_name": _("A password must not contain the name you sign in with."),
    "step_up": _("That password does not fit. Nothing was sent yet."),
}
