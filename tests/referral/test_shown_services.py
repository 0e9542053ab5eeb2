"""What the pages that offer a service show of it."""

from django.urls import reverse

from tests.people import CLINIC


def offered(ben, amina, service):
    """Give the line of a service on the options page."""
    shown = ben.get(reverse("options", args=[amina.id])).context["options"]
    return next(each for each in (*shown.fits, *shown.ask_first) if each.card.id == service)


def test_a_person_without_papers_sees_at_once_that_none_are_needed(ben, amina):
    line = offered(ben, amina, CLINIC)
    first, more = ([words for _, words in each] for each in (line.because, line.more))
    assert {"No papers needed", "No formal status needed", "Free"} <= set(first)
    assert {"No stay permit needed", "Helps without talking to the police"} <= set(more)
    page = ben.get(reverse("options", args=[amina.id])).content.decode()
    assert "More reasons" in page
    assert "No stay permit needed" in page
