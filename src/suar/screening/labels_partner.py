"""Words for reading across houses: answers, reasons, where an agreement stands, refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suar.screening.terms import PartnerAnswer, PartnerReason

ANSWERS: dict[PartnerAnswer, Promise] = {
    PartnerAnswer.AGREES: _("We would choose the same"),
    PartnerAnswer.LOOK_AGAIN: _("We would look at it again"),
}
REASONS: dict[PartnerReason, Promise] = {
    PartnerReason.REASON_FITS: _("The reason fits these signs"),
    PartnerReason.SIGNS_WEIGH_MORE: _("The signs weigh more than the outcome says"),
    PartnerReason.TOO_LITTLE_ASKED: _("Too little was asked to choose this"),
    PartnerReason.CHILD_NEEDS_NO_MEANS: _("For a child, no force or deceit is needed"),
    PartnerReason.ANOTHER: _("Another reason"),
}
STANDINGS: dict[str, Promise] = {
    "STANDS": _("You read for each other."),
    "WE_AGREED": _("You have agreed. Their side is open: they type your six groups."),
    "THEY_AGREED": _(
        "They have agreed. Call somebody you know there, have their six groups told to you, and "
        "type them below. Or refuse."
    ),
    "KEYS_CHANGED": _("A key has changed since you agreed, so nothing is sent. Call them, then both agree anew."),
}
PROBLEMS: dict[str, Promise] = {
    "house_unknown": _("No house here has these groups. Have them told to you once more, sign by sign."),
    "house_own": _("These are the groups of your own house. Ask the other house for theirs."),
    "house_no_signatory": _("Only somebody who signs for your house can agree. Ask whoever set it up."),
    "partner_closed": _(
        "That one is no longer there: it was read, taken back, or its time was over. Nothing was sent."
    ),
    "partner_not_trusted": _(
        "That one cannot be opened: it is not certain who sent it. Whoever leads your house "
        "can look at the partner houses."
    ),
    "partner_not_asked": _("That house cannot be asked now. Nothing was sent."),
    "reason_does_not_fit": _("This reason belongs to the other answer. Choose one that fits."),
    "read_already": _("Somebody has read it in the meantime. Nothing was sent."),
}
