"""What a page says about a problem, by code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, Promise] = {
    "overtaken": _(
        "This step was saved on another device in the meantime. Nothing was overwritten. The other "
        "version is shown here, yours is below. Continue to store yours."
    ),
    "ended_otherwise": _(
        "The talk was changed on another device in the meantime. Check it again. What you typed is still here."
    ),
    "unreadable": _("An answer on this page is not valid. Nothing was changed."),
    "age_unreadable": _("Enter the age as a number, for example 17, or choose an age below."),
    "clash": _("A sign is ticked but the answer says something else. Which one is right?"),
    "whom": _("Who did you speak to? A role is enough: the nurse, the duty officer."),
    "no_such_paper": _("No paper has this code. Check it again: it has five characters."),
    "read_already": _("Somebody else has already given an opinion."),
    "file_overtaken": _(
        "A colleague changed the questions in use in the meantime. Nothing was overwritten. Check the changes again."
    ),
    "never_asked": _("This is never asked"),
    "STOP_NOT_OFFERED": _("This reason to stop does not apply to this step. Nothing was changed."),
}
