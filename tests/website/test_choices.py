"""Lists that are written once say what Django would say, in each language and with any value."""

import pytest
from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import urlencode

from suar.website import written
from suar.website.choices import Listed, ListedField, languages, places
from suar.website.forms import FindForm


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(("listed", "chosen"), [(places, "32.74"), (places, "SEA"), (languages, "su")])
@pytest.mark.parametrize("attrs", [{}, {"id": "a"}])
def test_a_list_is_written_as_django_writes_it(
    language: str, listed: Listed, chosen: str, attrs: dict[str, str]
) -> None:
    plain, own = forms.Select(), ListedField(listed=listed).widget
    with translation.override(language):
        plain.choices = listed(language)
        for value in ("", chosen, "no such value", '"><script>'):
            assert own.render("x", value, attrs) == plain.render("x", value, attrs)


def test_what_was_written_in_one_language_is_not_shown_in_another() -> None:
    shown = []
    for language in ("id", "en", "id"):
        with translation.override(language):
            shown.append(str(FindForm()["place"]))
    assert shown[0] == shown[2] != shown[1]
    assert "Anywhere" in shown[1]
    assert "Anywhere" not in shown[0]


def test_only_what_stands_in_a_list_may_be_chosen() -> None:
    for value, good in (("", True), ("32.74", True), ("32", True), ("99.99", False), ("id", False)):
        assert FindForm({"place": value}).is_valid() is good


def test_a_box_is_written_as_django_writes_it() -> None:
    form = FindForm({"needs": ["bed", "work"], "who": "woman", "papers": "no"})
    boxes: list[BoundWidget] = [box for name in ("needs", "who", "papers") for box in form[name]]
    assert sum(bool(box.data["selected"]) for box in boxes) == 4
    template = Template("{% load website %}{{ box|box }}")
    for box in boxes:
        assert template.render(Context({"box": box})) == box.tag()


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("more_open", [False, True])
@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"needs": ["bed", "work", "bed"], "who": "woman", "papers": "no", "now": "on"},
        {"place": "32.74", "spoken": "su", "papers": "yes"},
        {"place": "SEA", "who": "trans", "now": ""},
        {"text": '"><b>help & more', "free": "on"},
        {"place": "99.99", "needs": ["no such need"]},
    ],
)
def test_the_form_is_written_as_its_template_writes_it(
    language: str, more_open: bool, sent: dict[str, object] | None
) -> None:
    told = {"ticket": "a<b", "language": language, "more_open": more_open}
    with translation.override(language):
        anew = render_to_string("website/find_form.html", {"form": _form(sent), **told})
        assert written.find_form(_form(sent), "a<b", more_open=more_open) == anew


def _form(sent: dict[str, object] | None) -> FindForm:
    if sent is None:
        return FindForm()
    return FindForm(QueryDict(urlencode(sent, doseq=True)))
