"""Words of the directory: codes, reasons, problems of files."""

from suar.directory.labels.codes import (
    access_field,
    attribute,
    confirmed,
    hours,
    language_choices,
    language_name,
    need_choices,
    place,
    place_choices,
    service_type,
    service_type_choices,
)
from suar.directory.labels.problems import PROBLEMS, problem, where
from suar.directory.labels.reasons import (
    REASONS,
    ages,
    because,
    reason,
    stated,
    stated_attributes,
    value,
    values,
)

__all__ = [
    "PROBLEMS",
    "REASONS",
    "access_field",
    "ages",
    "attribute",
    "because",
    "confirmed",
    "hours",
    "language_choices",
    "language_name",
    "need_choices",
    "place",
    "place_choices",
    "problem",
    "reason",
    "service_type",
    "service_type_choices",
    "stated",
    "stated_attributes",
    "value",
    "values",
    "where",
]
