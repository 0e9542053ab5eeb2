"""Words for what the pages of a talk have to say that the instrument does not."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from suar.screening.rules.checking import LONGEST, MOST_OWN, Wrong
from suar.screening.rules.staying import Stays
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
    "before": _("Before"),
    "during": _("During"),
    "after": _("After"),
}
NOT_KNOWN = _("Not known")

PROBLEMS: dict[str, str | Promise] = {
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
    "draft_overtaken": _(
        "A colleague changed this draft in the meantime. Nothing was overwritten: this is how it "
        "stands now. Do it once more if it still fits."
    ),
    "words_overtaken": _(
        "A colleague changed this draft in the meantime. Nothing was overwritten: yours is below, "
        "what stands now is here. Keep yours to put it in its place."
    ),
    "words_begin": _(
        "A colleague used this draft or threw it away in the meantime. Yours is below and is kept "
        "nowhere yet. Begin a new draft with it: it starts from what is in use now."
    ),
    "words_stands": _(
        "A colleague used this draft or threw it away in the meantime, and another draft stands. "
        "Yours is below; what stands there now is here. Keep yours to put it into that draft."
    ),
    "draft_gone": _("This draft was used or thrown away in the meantime. This is how the questions stand now."),
    "say_replace": _("A draft stands there. Tick that the file takes its place, or save that draft first."),
    "file_overtaken": _(
        "A colleague changed, used or threw away the draft in the meantime. Nothing was "
        "overwritten: look at how it stands now, and say it once more if it still fits."
    ),
    "STOP_NOT_OFFERED": _("This way to stop does not belong here. Nothing was changed."),
}

NEVER_ASKED = _("This is never asked")
ADDED, REWORDED = _("A question of your own"), _("Other words")
LEFT_OUT, MOVED = _("Left out"), _("Another order")
STAYS: dict[Stays, Promise] = {
    Stays.SAFETY: _("These ask whether it is safe. What comes next hangs on them."),
    Stays.NEEDS: _("Help that cannot wait hangs on it."),
    Stays.AGE: _("The care for children hangs on these."),
    Stays.CONSENT: _("Without all of this, a yes is no yes."),
    Stays.SIGNPOST: _("This form asks nothing about what happened. Its sentences stay together."),
    Stays.STOP: _("A rule to stop hangs on it."),
    Stays.NEVER_TELL: _("Who must never know hangs on it."),
    Stays.SUM_UP: _("The sum-up and the outcome hang on it."),
    Stays.LAST_ONE: _("It is the last question that asks about this. Without it the sum-up could not say it."),
}
WRONG: dict[str, str | Promise] = {
    Wrong.EMPTY: _("Words are missing here."),
    Wrong.TOO_LONG: format_lazy(_("Too long to be heard once. At most {most} signs."), most=LONGEST),
    Wrong.SAME_CODE: _("Two questions have the same code. Take one of them away."),
    Wrong.UNKNOWN: _("The shipped form has no such question. Take it away."),
    Wrong.UNKNOWN_SIGN: _("There is no such sign. Choose another one, or none."),
    Wrong.UNKNOWN_THEME: _("There is no such theme. Take the question away and add it elsewhere."),
    Wrong.STAYS: _("This question may not be left out. Put it back."),
    Wrong.TOO_MANY: format_lazy(_("Too many questions of your own. At most {most}."), most=MOST_OWN),
    Wrong.NOTHING_CHANGED: _("Nothing is changed yet."),
    Wrong.HIDDEN: _("A sign is hidden in these words. Type them anew."),
    Wrong.MARKS: _("A question holds none of these signs: < > { }"),
    Wrong.FORMULA: _("A question does not begin with one of these signs: = + - @"),
}
