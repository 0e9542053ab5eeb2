"""What the talk decides, from frozen facts: steps, stops, needs, path, elements, outcome."""

from suar.screening.rules.choosing import compared, may_choose, may_conclude
from suar.screening.rules.draft import clashes, read_draft, write_draft
from suar.screening.rules.elements import element_values, kinds_of, sign_questions
from suar.screening.rules.keeping import codes_end, draft_expired, keeps_after
from suar.screening.rules.needs import act_first, needs_were_asked, urgent_needs
from suar.screening.rules.paths import path
from suar.screening.rules.reading import instrument, instrument_of
from suar.screening.rules.steps import ended_by, is_safe, next_step
from suar.screening.rules.stops import pressing, stop_offered
from suar.screening.rules.suggestion import suggest, what_would_change
from suar.screening.rules.wording import words_of

__all__ = [
    "act_first",
    "clashes",
    "codes_end",
    "compared",
    "draft_expired",
    "element_values",
    "ended_by",
    "instrument",
    "instrument_of",
    "is_safe",
    "keeps_after",
    "kinds_of",
    "may_choose",
    "may_conclude",
    "needs_were_asked",
    "next_step",
    "path",
    "pressing",
    "read_draft",
    "sign_questions",
    "stop_offered",
    "suggest",
    "urgent_needs",
    "what_would_change",
    "words_of",
    "write_draft",
]
