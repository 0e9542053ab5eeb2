"""Changes that several tests begin from, and strategies for all others."""

from dataclasses import replace

from hypothesis import strategies as st

from suar.screening.rules import changing, checking, filing, staying
from suar.screening.rules.changes import Added, Changes, Reworded
from suar.screening.rules.files import data_file
from suar.screening.rules.shapes import Text

SHORT, FULL = data_file("instrument-short-2"), data_file("instrument-full-1")
SIGNPOST = data_file("instrument-signpost-1")
BASES = {"short": SHORT, "full": FULL, "signpost": SIGNPOST}
NO_CHANGES = Changes()
WATER = Text("Was there enough water?", "Apakah air minumnya cukup?")
WATER_CHILD = Text("Did you have enough to drink?", "Apakah minummu cukup?")
PAY = Reworded(
    Text("Was the pay as agreed?", "Apakah upahnya sesuai janji?"),
    Text("Where did the money go?", "Uangnya ke mana?"),
)
OWN = Added("", "FREEDOM", WATER, sign="I_P_LIVING")
OWN_OF_BOTH = replace(OWN, child=WATER_CHILD)


def codes_of(base):
    """Name the questions of a base in order."""
    return [each["code"] for step in base["steps"] for each in step["questions"]]


def edited_in(base):
    """Name the questions that pages show."""
    return [code for code in codes_of(base) if filing.is_edited(changing.question_of(base, code))]


def may_go(base):
    """Name the questions that may be left out while all others stand."""
    return [code for code in codes_of(base) if staying.why_stays(base, code) is None]


@st.composite
def changed(draw):
    """Draw a form with changes as pages make them, act after act, all of which may be used."""
    form, found = draw(st.sampled_from(sorted(BASES))), NO_CHANGES
    for _ in range(draw(st.integers(0, 12))):
        act = draw(st.sampled_from(["word", "move", "leave", "back", "add", "take"]))
        found = _acted(draw, BASES[form], found, act)
    return form, found


def _acted(draw, base, found, act):
    code = draw(st.sampled_from([*edited_in(base), *(each.code for each in found.added)]))
    own, themes = found.own(code), checking.themes_of(base)
    if act == "word" and own is None:
        has_child = "child" in changing.question_of(base, code)
        words = Reworded(WATER, WATER_CHILD if has_child else None)
        return changing.reworded(base, found, code, words)
    if act == "move":
        return changing.moved(base, found, code, places=draw(st.sampled_from([-1, 1])))
    if act == "leave" and own is None:
        stays = staying.why_stays(base, code, found.left_out)
        return found if stays else changing.without(found, code)
    if act == "back":
        return changing.put_back(found, code)
    if act == "add" and themes:
        theme = draw(st.sampled_from(themes))
        sign = draw(st.sampled_from(["", *checking.signs_of(base)]))
        child = draw(st.sampled_from([None, WATER_CHILD]))
        return changing.with_own(found, Added("", theme, WATER, child, sign))
    return changing.without(found, code) if act == "take" and own else found
