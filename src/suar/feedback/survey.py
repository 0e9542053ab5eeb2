"""The survey: what a person answered, how it is stored in a letter, and how it is described.

The statements, complaints and outcomes are code lists of this app. A changed wording is a new version of its file.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from django.utils import formats
from django.utils.translation import gettext
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from suar.accounts import queries as accounts
from suar.contact.documents import LetterContent, LetterKind
from suar.core.codes import Code, CodeList, code_list
from suar.core.i18n import format_month, localize

STAGES, STATEMENTS, ANSWERS, COMPLAINTS, WORKERS, DIMENSIONS, OUTCOMES, REFUSALS = (
    code_list("feedback", name)
    for name in ("stages", "statements", "answers", "complaints", "workers", "dimensions", "outcomes", "refusals")
)


class SurveyAnswers(BaseModel):
    """Tapped answers: a stage with answers of 1 to 5, or the subject of a complaint; a letter's words as JSON."""

    model_config = ConfigDict(frozen=True)

    stage: str = ""
    answers: Mapping[str, int] = {}
    complaint: str = ""
    organisation: Annotated[UUID | None, BeforeValidator(lambda value: value or None)] = Field(
        default=None, validation_alias=AliasChoices("house", "organisation"), serialization_alias="house"
    )
    worker: str = ""


def statements_of(stage: str) -> list[Code]:
    """List the statements of a stage."""
    return [statement for statement in STATEMENTS.members if statement["stage"] == stage]


def dimensions_of(stage: str) -> dict[str, str]:
    """Return the dimension of each statement of a stage."""
    return {statement.code: statement["dimension"] for statement in statements_of(stage)}


def describe(letter: LetterContent) -> str:
    """Return a letter in the language of the page: codes become words."""
    if letter.kind is LetterKind.DONE:
        return _label(OUTCOMES, letter.words)
    is_survey = letter.kind is LetterKind.TAPS
    return "\n".join(_lines(SurveyAnswers.model_validate_json(letter.words))) if is_survey else letter.words


def months_of(year: int, number: int) -> str:
    """Name a quarter by its months."""
    first, last = date(year, number * 3 - 2, 1), date(year, number * 3, 1)
    return gettext("%(first)s to %(last)s") % {"first": formats.date_format(first, "F"), "last": format_month(last)}


def _lines(survey: SurveyAnswers) -> list[str]:
    lines = [
        _label(STAGES, survey.stage),
        _label(COMPLAINTS, survey.complaint),
        *accounts.organisation_names([survey.organisation]).values(),
        _label(WORKERS, survey.worker),
    ]
    lines += [
        f"{localize(statement.labels).rstrip('.')}: {ANSWERS.label(str(survey.answers[statement.code]))}"
        for statement in statements_of(survey.stage)
        if statement.code in survey.answers
    ]
    return [line for line in lines if line]


def _label(codes: CodeList, code: str) -> str:
    return codes.label(code) if code in codes else ""
