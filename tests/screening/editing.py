"""Ways in which an organisation changes a question set, for files and properties."""

from dataclasses import replace

from hypothesis import strategies as st

from suar.screening.rules import question_changes as changing
from suar.screening.rules import question_file
from suar.screening.rules.answers import LATEST
from suar.screening.rules.data_files import load_set
from suar.screening.rules.question_changes import OWN_PREFIX, AddedQuestion, Changes, RewordedQuestion
from suar.screening.rules.wording_lint import lint

SHORT, FULL, SIGNPOST = (load_set(form, LATEST[form]) for form in ("short", "full", "signpost"))
BASES = {"short": SHORT, "full": FULL, "signpost": SIGNPOST}
NO_CHANGES = Changes()


def words(en, id):
    """Return a wording in both languages."""
    return {"en": en, "id": id}


WATER = words("Was there enough water?", "Apakah air minumnya cukup?")
WATER_CHILD = words("Did you have enough to drink?", "Apakah minummu cukup?")
PAY = RewordedQuestion(
    words("Was the pay as agreed?", "Apakah upahnya sesuai janji?"),
    words("Where did the money go?", "Uangnya ke mana?"),
)
OWN = AddedQuestion("", "FREEDOM", WATER, sign="I_P_LIVING")
OWN_OF_BOTH = replace(OWN, child=WATER_CHILD)


def codes_of(base):
    """Return the questions of a base in order."""
    return list(changing.questions_of(base))


def edited_in(base):
    """Return the questions that a file contains."""
    return [code for code, question in changing.questions_of(base).items() if question_file.is_editable(question)]


def may_go(base):
    """Return the questions that may be left out while all others stand."""
    return [code for code in codes_of(base) if changing.why_required(base, code) is None]


def reword(base, changes, code, words):
    """Return the changes with other words for a question; the words of the base again are no change."""
    wording = {other: item for other, item in changes.wording.items() if other != code}
    same = words == changing.shipped_words(changing.questions_of(base)[code])
    return replace(changes, wording=wording if same else {**wording, code: words})


def moved(base, changes, code, *, places):
    """Let a question change places with the neighbour before (-1) or after it (+1), if any."""
    key, run = next(item for item in changing.runs(base, changes).items() if code in item[1])
    items = [item for item in run if item not in changes.left_out]
    here = items.index(code) if code in items else -1
    there = here + places
    if here < 0 or not 0 <= there < len(items):
        return changes
    codes = list(run)
    first, second = codes.index(code), codes.index(items[there])
    codes[first], codes[second] = codes[second], codes[first]
    usual = changing.runs(base, replace(changes, order={}))[key]
    order = {other: value for other, value in changes.order.items() if other != key}
    return replace(changes, order=order if tuple(codes) == usual else {**order, key: tuple(codes)})


def with_own(changes, own):
    """Add a question of the organisation's own under a new number."""
    number = changes.last + 1
    return replace(changes, added=(*changes.added, replace(own, code=f"{OWN_PREFIX}{number}")), last=number)


def without(changes, code):
    """Leave a question out; one of the organisation's own is taken away altogether."""
    if code not in {own.code for own in changes.added}:
        return replace(changes, left_out=changes.left_out | {code})
    added = tuple(item for item in changes.added if item.code != code)
    order = {key: tuple(item for item in codes if item != code) for key, codes in changes.order.items()}
    return replace(changes, added=added, order=order)


@st.composite
def changed(draw):
    """Draw a form with changes, act after act, all of which may be used."""
    form, found = draw(st.sampled_from(sorted(BASES))), NO_CHANGES
    for _ in range(draw(st.integers(0, 12))):
        act = draw(st.sampled_from(["word", "move", "leave", "back", "add", "take"]))
        found = _acted(draw, BASES[form], found, act)
    return form, found


def _acted(draw, base, found, act):
    code = draw(st.sampled_from([*edited_in(base), *(item.code for item in found.added)]))
    own = next((own for own in found.added if own.code == code), None)
    themes = question_file.themes_of(base)
    if act == "word" and own is None:
        has_child = "child" in changing.questions_of(base)[code]
        return reword(base, found, code, RewordedQuestion(WATER, WATER_CHILD if has_child else None))
    if act == "move":
        return moved(base, found, code, places=draw(st.sampled_from([-1, 1])))
    if act == "leave" and own is None:
        return found if changing.why_required(base, code, found.left_out) else without(found, code)
    if act == "back":
        return replace(found, left_out=found.left_out - {code})
    if act == "add" and themes:
        theme = draw(st.sampled_from(themes))
        sign = draw(st.sampled_from(["", *question_file.signs_of(base)]))
        child = draw(st.sampled_from([None, WATER_CHILD]))
        return with_own(found, AddedQuestion("", theme, WATER, child, sign))
    return without(found, code) if act == "take" and own else found


def lint_all(node):
    """Return what is never asked in any text of raw data, however deep."""
    if isinstance(node, str):
        return lint(node)
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else ()
    return tuple(code for part in parts for code in lint_all(part))
