"""Words for what the pages of a talk have to say that the instrument does not."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suar.screening.terms import SecondAnswer

SECOND_ANSWERS: dict[SecondAnswer, Promise] = {
    SecondAnswer.AGREES: _("I would do the same"),
    SecondAnswer.OFFER_MORE: _("I would offer more help now"),
    SecondAnswer.TALK_AGAIN: _("I would talk with the person once more"),
}
AGE_BANDS: dict[str, Promise] = {
    "UNDER_12": _("Under 12"),
    "FROM_12_TO_14": _("12 to 14"),
    "FROM_15_TO_17": _("15 to 17"),
    "ADULT": _("18 or over"),
}
PARTS: dict[str, Promise] = {
    "before": _("Before"), "during": _("During"), "after": _("After"),
}  # fmt: skip
NOT_KNOWN = _("Not known")

PROBLEMS: dict[str, str | Promise] = {
    "overtaken": _(
        "This step was saved from elsewhere in the meantime. Nothing was overwritten: yours is "
        "below, the other stands here. Go on to keep yours."
    ),
    "ended_otherwise": _(
        "The talk was changed from elsewhere in the meantime. Look at it once more; what you "
        "typed is still here."
    ),
    "unreadable": _("Something on this page could not be read. Nothing was changed."),
    "age_unreadable": _("Write the age as a number, for example 17, or tap an age below."),
    "clash": _("A sign is ticked beside another answer. Which of them holds?"),
    "whom": _("Whom did you speak to? A role is enough: the nurse, the duty officer."),
    "no_such_paper": _("No paper has this code. Look again: five signs, the last one checks."),
    "read_already": _("Somebody else has read it in the meantime."),
    "STOP_NOT_OFFERED": _("This way to stop does not belong here. Nothing was changed."),
}
