"""One worker tries to say in a public text whom to call."""

import pytest

from suar.contact.forms import DeskForm
from suar.feedback.forms import HandlersForm, QuarterForm


@pytest.mark.parametrize(
    "text",
    [
        "Call +62 812 0000 0099",
        "Two women: 0812-0000-0099",
        "Write to help@example.org",
        "See wa.me/628120000",
        "https://help.example",
    ],
)
def test_no_public_text_of_one_worker_says_whom_to_call(text: str) -> None:
    for form in (DeskForm({"who_en": text, "who_id": text}, teams={}), HandlersForm({"who_en": text, "who_id": text})):
        assert {"who_en", "who_id"} <= set(form.errors)
    quarter = QuarterForm({"text_en": text, "text_id": text}, quarters=[])
    assert {"text_en", "text_id"} <= set(quarter.errors)


@pytest.mark.parametrize("text", ["Women of our team", "In 2025 and 2026 we changed 120 letters (2025-2026)."])
def test_a_text_of_one_worker_may_say_who_reads_and_what_changed(text: str) -> None:
    assert not {"who_en", "who_id"} & set(DeskForm({"who_en": text, "who_id": text}, teams={}).errors)
    assert not {"text_en", "text_id"} & set(QuarterForm({"text_en": text, "text_id": text}, quarters=[]).errors)
