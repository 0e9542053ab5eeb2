"""What a page says about a problem, by code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, Promise] = {
    "overtaken": _(
        "This step was saved from elsewhere in the meantime. Nothing was overwritten: yours is "
        "below, the other stands here. Go on to keep yours."
    ),
    "ended_otherwise": _(
        "The talk was changed from elsewhere in the meantime. Look at it once more; what you typed is still here."
    ),
    "unreadable": _("Something on this page could not be read. Nothing was changed."),
    "age_unreadable": _("Write the age as a number, for example 17, or tap an age below."),
    "clash": _("A sign is ticked beside another answer. Which of them holds?"),
    "whom": _("Whom did you speak to? A role is enough: the nurse, the duty officer."),
    "no_such_paper": _("No paper has this code. Look again: five signs, the last one checks."),
    "read_already": _("Somebody else has read it in the meantime."),
    "file_overtaken": _(
        "A colleague changed what is in use in the meantime. Nothing was overwritten. Check the changes again."
    ),
    "never_asked": _("This is never asked"),
    "STOP_NOT_OFFERED": _("This way to stop does not belong here. Nothing was changed."),
}
