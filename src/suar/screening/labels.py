"""Words for what the pages of a talk have to say that the instrument does not."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    "STOP_NOT_OFFERED": _("This way to stop does not belong here. Nothing was changed."),
}
