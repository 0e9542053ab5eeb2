"""All forms of letters by what they do, and what is done with one that came too late."""

from collections.abc import Callable, Mapping

from django.http import QueryDict

from suar.contact.public import acts, attaching, feedback
from suar.contact.public.acts import Page, Sent

ACTS: Mapping[str, Callable[[Sent], Page]] = {
    **acts.ACTS,
    **attaching.ACTS,
    **feedback.ACTS,
}
WRITTEN = (*acts.WRITTEN, *feedback.SENDING)
BESIDE = acts.BESIDE
OF_A_FILE = {"file": "file_code", "remove": "ask_to_remove"}
ARRIVES = (*WRITTEN, "attach")
"""What may have arrived already where its form comes a second time."""
ANSWERED_AGAIN = ("send", "write", "contact", "take_away", *feedback.SENDING)
"""What is done once, whatever is pressed, and whose answer nobody could get in another way."""


def pressed(form: QueryDict) -> str:
    """Say which button was pressed; that of a file says which file, and no more."""
    of_a_file = next((does for name, does in OF_A_FILE.items() if name in form), "")
    return form.get("do", of_a_file)


def late(sent: Sent) -> Page:
    """Give the words of a form that came too late back: they were not sent."""
    return feedback.late(sent) if sent.form.get("do") in feedback.SENDING else acts.late(sent)
