"""Words for what is wrong in a question file, and for where in it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suar.screening.rules.file_text import Unusable

FIELDS: dict[str, Promise] = {
    "text_en": _("in English"),
    "text_id": _("in Indonesian"),
    "child_en": _("to a child, in English"),
    "child_id": _("to a child, in Indonesian"),
}
FILE: dict[str, Promise] = {
    Unusable.TOO_BIG: _("The file is too large. At most {detail} kB."),
    Unusable.NOT_TEXT: _("This is not a text file. Save it as UTF-8."),
    Unusable.NOT_JSON: _("This is not JSON. Look at line {detail}."),
    Unusable.TOO_DEEP: _("This is nested deeper than a question file ever is."),
    Unusable.REPEATED_KEY: _("The key “{detail}” stands twice in one place."),
    Unusable.NOT_A_SET: _("This is not a file of questions."),
    Unusable.OTHER_FORMAT: _("The file has format “{detail}”. This Suar reads format 1."),
    Unusable.OTHER_FORM: _("The file is for another form: “{detail}”."),
    Unusable.OTHER_SHIPPED: _(
        "The file was made from shipped version “{detail}”, and drafts now begin from version "
        "{here}. Save a file from a new draft and carry the words over."
    ),
    Unusable.TOO_MANY_ROWS: _("The file has more than {detail} questions."),
    Unusable.UNKNOWN_KEY: _("No file has the key “{detail}” here. Take it away."),
    Unusable.MISSING_KEY: _("The key “{detail}” is missing here."),
    Unusable.WRONG_KIND: _("Something of another kind is expected here: “{detail}”."),
    Unusable.DOUBLED: _("This question stands in the file twice."),
    Unusable.NO_SUCH_QUESTION: _("This form has no such question. Take the row away."),
    Unusable.NOT_THERE: _(
        "This question is missing in the file. To leave it out, keep its row and say “asked”: false."
    ),
    Unusable.PROTECTS: _("This question is missing in the file, and it may not be left out."),
    Unusable.OUT_OF_PLACE: _("The order is broken here. A question changes places only with its neighbours."),
    Unusable.NO_CHILD: _("This question has no words for a child. Write null there."),
}


def file_problem(code: str, detail: object, here: object = "") -> str:
    """Say what is wrong in a file; `here` is what stands in this Suar instead."""
    return str(FILE[code]).format(detail=detail, here=here)
