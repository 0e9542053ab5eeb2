"""Counts of one quarter, in which nobody can be recognised."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.contact import opening
from suar.contact.documents import LetterKind
from suar.contact.opening import OpenRequest
from suar.core.codes import CodeList
from suar.core.i18n import localize
from suar.core.small_counts import at_least
from suar.feedback import queries, survey
from suar.feedback.rules import counting
from suar.feedback.survey import SurveyAnswers


def quarter_statistics(viewer: Viewer, keys: Keys, quarter: tuple[int, int]) -> dict[str, Any]:
    """Count by stage and dimension, by complaint and by outcome. A number is "at least so many", None "under five".

    It opens every thread of the quarter, so every opening is written to the audit log.
    """
    threads = [
        opening.open_request(thread, viewer=viewer, keys=keys)
        for thread in queries.threads_begun_in(viewer.organisation, *quarter)
    ]
    surveys = [answers for thread in threads for answers in survey_answers(thread)]
    outcomes = [letter.words for thread in threads for letter in thread.letters if letter.kind is LetterKind.DONE]
    return {
        "stages": _by_stage(surveys),
        "complaints": _by_code(survey.COMPLAINTS, [row.complaint for row in surveys]),
        "outcomes": _by_code(survey.OUTCOMES, outcomes),
    }


def survey_answers(thread: OpenRequest) -> list[SurveyAnswers]:
    """Return the survey answers of a thread."""
    return [
        SurveyAnswers.model_validate_json(letter.words) for letter in thread.letters if letter.kind is LetterKind.TAPS
    ]


def _by_code(codes: CodeList, used: Iterable[str]) -> list[tuple[str, int | None]]:
    counted = Counter(code for code in used if code in codes)
    return [(codes.label(code), at_least(count)) for code, count in counted.most_common()]


def _by_stage(surveys: Iterable[SurveyAnswers]) -> list[tuple[str, list[tuple[str, counting.Counted]]]]:
    """Count people by stage and dimension; a row without answers is left out."""
    answers: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in surveys:
        for dimension, answer in counting.by_dimension(row.answers, survey.dimensions_of(row.stage)).items():
            answers[row.stage][dimension].append(answer)
    return [
        (localize(stage.labels), _by_dimension(answers[stage.code]))
        for stage in survey.STAGES.members
        if stage.code in answers
    ]


def _by_dimension(answers: Mapping[str, list[int]]) -> list[tuple[str, counting.Counted]]:
    dimensions = [dimension for dimension in survey.DIMENSIONS.members if answers.get(dimension.code)]
    return [(localize(row.labels), counting.count_answers(answers[row.code])) for row in dimensions]
