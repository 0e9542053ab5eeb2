"""The decisions of the talk, from frozen facts: steps, stops, needs, path, elements, outcome."""

from suar.screening.rules.answers import path
from suar.screening.rules.children import child_band, may_ask_experience, prompts_for
from suar.screening.rules.conflict_of_interest import interpreter, tie_words, ties
from suar.screening.rules.draft import clashes, read_draft, write_draft
from suar.screening.rules.early_end import turns_offered
from suar.screening.rules.elements import element_values
from suar.screening.rules.instrument import instrument, instrument_of
from suar.screening.rules.keeping import codes_end, draft_expired, keeps_after
from suar.screening.rules.needs import (
    asks_whom_at_the_end,
    called_about,
    nobody_reached,
    urgent_needs,
    with_call,
)
from suar.screening.rules.open_questions import still_asked
from suar.screening.rules.reference import barrier_groups, country_lines, missed_groups, never_asked, settings
from suar.screening.rules.setting import begun, form_offered, place_of, written_later
from suar.screening.rules.steps import ended_by, next_step
from suar.screening.rules.stops import pressing, stop_offered
from suar.screening.rules.suggestion import compared, may_choose, may_conclude, suggest, what_would_change
from suar.screening.rules.summary import sum_up
from suar.screening.rules.time_limit import time_box
from suar.screening.rules.wording_lint import lint, lint_set

__all__ = [
    "asks_whom_at_the_end",
    "barrier_groups",
    "begun",
    "called_about",
    "child_band",
    "clashes",
    "codes_end",
    "compared",
    "country_lines",
    "draft_expired",
    "element_values",
    "ended_by",
    "form_offered",
    "instrument",
    "instrument_of",
    "interpreter",
    "keeps_after",
    "lint",
    "lint_set",
    "may_ask_experience",
    "may_choose",
    "may_conclude",
    "missed_groups",
    "never_asked",
    "next_step",
    "nobody_reached",
    "path",
    "place_of",
    "pressing",
    "prompts_for",
    "read_draft",
    "settings",
    "still_asked",
    "stop_offered",
    "suggest",
    "sum_up",
    "tie_words",
    "ties",
    "time_box",
    "turns_offered",
    "urgent_needs",
    "what_would_change",
    "with_call",
    "write_draft",
    "written_later",
]
