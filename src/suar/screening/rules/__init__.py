"""What the talk decides, from frozen facts: steps, stops, needs, path, elements, outcome."""

from suar.screening.rules.beside import (
    barrier_groups,
    beside,
    country_lines,
    missed_groups,
    never_asked,
    settings,
)
from suar.screening.rules.children import child_band, child_way, may_ask_experience, prompts_for
from suar.screening.rules.choosing import compared, may_choose, may_conclude
from suar.screening.rules.draft import clashes, read_draft, write_draft
from suar.screening.rules.elements import element_values, kinds_of, sign_questions
from suar.screening.rules.keeping import codes_end, draft_expired, keeps_after
from suar.screening.rules.linting import lint, lint_set
from suar.screening.rules.meeting import interpreter, tie_words, ties
from suar.screening.rules.missing import still_asked
from suar.screening.rules.needs import (
    act_first,
    asks_whom_at_the_end,
    called_about,
    needs_were_asked,
    nobody_reached,
    urgent_needs,
    with_call,
)
from suar.screening.rules.paths import path
from suar.screening.rules.reading import instrument, instrument_of
from suar.screening.rules.setting import begun, form_offered, place_of, written_later
from suar.screening.rules.steps import ended_by, is_safe, next_step
from suar.screening.rules.stops import pressing, stop_offered
from suar.screening.rules.suggestion import suggest, what_would_change
from suar.screening.rules.summing import sum_up
from suar.screening.rules.timing import time_box
from suar.screening.rules.turning import turns_offered
from suar.screening.rules.wording import words_of

__all__ = [
    "act_first",
    "asks_whom_at_the_end",
    "barrier_groups",
    "begun",
    "beside",
    "called_about",
    "child_band",
    "child_way",
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
    "is_safe",
    "keeps_after",
    "kinds_of",
    "lint",
    "lint_set",
    "may_ask_experience",
    "may_choose",
    "may_conclude",
    "missed_groups",
    "needs_were_asked",
    "never_asked",
    "next_step",
    "nobody_reached",
    "path",
    "place_of",
    "pressing",
    "prompts_for",
    "read_draft",
    "settings",
    "sign_questions",
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
    "words_of",
    "write_draft",
    "written_later",
]
