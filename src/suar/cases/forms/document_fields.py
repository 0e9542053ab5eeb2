"""Build form fields from the fields of documents. data/questions.json lists the fields of each document."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar, get_args, get_origin

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from suar.cases.documents.parts import StoredPartialDate
from suar.cases.encounters import event_choices, setting_choices
from suar.cases.fields_in_words import label_of_field
from suar.cases.forms import OFF, Choices, choice_field, choices_field, date_field, text_field
from suar.cases.forms.dates import PartialDateField
from suar.cases.labels import country_choices
from suar.cases.rules.dates import PartialDate
from suar.consent.facts import FACTS
from suar.core.codes import code_list, read_data
from suar.core.i18n import localize
from suar.directory.labels import language_choices, place_choices, service_type_choices
from suar.records.documents import Part

QUESTIONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = read_data("cases", "questions")["documents"]
"""The fields of forms by document, in their order. The default label of a field is in data/archive.json."""
CHOICES: Mapping[str, Choices] = {
    "cases.countries": country_choices,
    "district": place_choices,
    "language": language_choices,
    "missed": event_choices,
    "service_type": service_type_choices,
    "setting": setting_choices,
}
"""Choices in another order than that of a code list, or in groups."""
in_language = lazy(localize, str)
"""Return a text of a table in the language of the page, also where the form is made before."""
FormClass = TypeVar("FormClass", bound=type[forms.Form])


def document_fields(*documents: type[Part]) -> Callable[[FormClass], FormClass]:
    """Add to a form a field for each question about these documents, before the form's own fields.

    An own field of the same name takes its place.
    """

    def add_fields(form: FormClass) -> FormClass:
        own = dict(form.base_fields)
        form.base_fields.clear()
        for document in documents:
            for name, question in QUESTIONS[document.__name__].items():
                form.base_fields[name] = _field(document, name, question, label_of_field(document.__name__, name))
        form.base_fields.update(own)
        return form

    return add_fields


def fact_field(fact: str) -> forms.Field:
    """Return the field for a fact about the person."""
    document, name = FACTS[fact]
    return _field(document, name, QUESTIONS["facts"].get(fact, {}), label_of_field("", fact))


def _field(document: type[Part], name: str, question: Mapping[str, Any], known: Mapping[str, Any]) -> forms.Field:
    """Return the field that fits the type of a field of a document; `known` is its row in data/archive.json."""
    stored = document.model_fields[name].annotation
    types = {stored, *get_args(stored)}
    options: dict[str, Any] = {"required": question.get("required", False)}
    options |= {"label": in_language(question.get("label", known["label"]))}
    options |= {"help_text": in_language(question["help"])} if "help" in question else {}
    options |= {"error_messages": {"required": in_language(question["missing"])}} if "missing" in question else {}
    if "codes" in known:
        return _coded_field(known["codes"], question, options, is_list=any(get_origin(kind) is tuple for kind in types))
    if bool in types:
        return forms.BooleanField(**options)
    if int in types:
        options |= {"min_value": question.get("least"), "max_value": question.get("most")}
        return forms.IntegerField(widget=forms.NumberInput(OFF), **options)
    if date in types:
        return date_field(**options)
    if types & {PartialDate, StoredPartialDate}:
        return PartialDateField(**options)
    return text_field(max_length=question.get("length", 200), rows=question.get("rows", 0), **options)


def _coded_field(codes: str, question: Mapping[str, Any], options: dict[str, Any], *, is_list: bool) -> forms.Field:
    """Return the field for a code, or for several; one that may stay open says so, by `empty` or as not asked."""
    app, _dot, name = codes.partition(".")
    choices, radio = CHOICES.get(codes) or code_list(app, name), question.get("radio", False)
    if is_list:
        return choices_field(choices=choices, **options)
    empty: Any = None if radio or options["required"] else _("Not asked")
    empty = in_language(question["empty"]) if "empty" in question else empty
    return choice_field(choices=choices, radio=radio, empty=empty, **options)
