"""The full talk as data and rules: mapped or said why not, ties, language, children, time."""

import json
from collections import Counter

import pytest

from suar.screening.codes import Answer, Outcome, Step, Value
from suar.screening.rules.answers import LATEST, AgeBand, AgeFacts, Answers, Doubt, Element, Path, path_of
from suar.screening.rules.data_files import DATA, SHIPPED, load_file
from suar.screening.rules.draft import BY_WHO, read_draft, write_draft
from suar.screening.rules.instrument import instrument
from suar.screening.rules.outcomes import (
    element_lines,
    element_values,
    signs_without_element,
    what_would_change,
)
from suar.screening.rules.prompts import child_guidance, may_ask_experience, prompts_for, time_notes
from suar.screening.rules.reference import country_lines, end_groups, settings
from suar.screening.rules.setting import forms_offered, opening_statement
from suar.screening.rules.steps import (
    final_stop_code,
    is_safe,
    language_problem,
    next_step,
    place_was_bad,
    worker_tie,
)
from suar.screening.rules.stops import early_ends
from tests.screening.talks import AGREED, FULL, FULL_SAFE, GROWN, GUARDED, NO_NEED, SIGNPOST, TALK, retention_after

THEME_LINES = load_file("map-full-1")["themes"]
STANDARD = {f"Q{n:02}" for n in range(1, 36)} | {
    *(f"QC{n}" for n in range(1, 7)),
    *(f"QS{n}" for n in range(1, 5)),
    "QF1",
    "QF2",
}
SECOND = {**GUARDED, "CH_SECOND": "YES"}
SETTINGS = settings().settings


def full(choices=None, signs=None, **more) -> Answers:
    """Return a full talk with a grown person that is safe, agreed and without urgent needs."""
    return Answers(
        instrument="full",
        version=LATEST["full"],
        choices={**FULL_SAFE, **AGREED, BY_WHO: "THEM", **(choices or {})},
        signs={q: frozenset(codes) for q, codes in (signs or {}).items()},
        **{"needs": NO_NEED, "age": GROWN, **more},
    )


def test_every_prompt_of_the_standard_is_mapped_or_explained() -> None:
    there = {code for q in FULL.questions.values() for code in q.standard if code.startswith("Q")}
    assert there | set(FULL.unmapped) >= STANDARD
    assert there | {"Q01", "QC1"} >= STANDARD
    steps = {code for talk in (FULL, SIGNPOST) for slot in talk.steps for code in slot.standard}
    steps |= {item.standard for item in FULL.closing}
    assert len([code for code in steps if code.startswith("ST_")]) == 20


def test_every_prompt_has_a_sign_or_a_reason_for_none() -> None:
    mapped = {line.question for line in FULL.lines}
    prompts = {q.code for q in FULL.questions.values() if q.kind in ("sign", "seen", "told")}
    assert prompts <= mapped | set(FULL.unmapped)
    assert not mapped & set(FULL.unmapped)
    assert all(words["en"] and words["id"] for words in FULL.unmapped.values())


def test_every_sign_has_a_prompt_and_an_element_or_a_reason() -> None:
    assert {line.sign for line in FULL.lines} == set(FULL.signs)
    without = {code for code, sign in FULL.signs.items() if sign.element is None}
    assert without <= set(FULL.unmapped)


def test_every_theme_has_an_element_or_a_reason() -> None:
    told = {line["theme"] for line in THEME_LINES}
    assert set(FULL.themes) == told | (set(FULL.unmapped) & set(FULL.themes))
    for line in THEME_LINES:
        asked = {q.code for q in FULL.questions.values() if line["element"] in q.asks}
        assert set(line["asked_by"]) <= asked


def test_a_prompt_asks_only_about_elements_of_its_theme() -> None:
    for question in FULL.questions.values():
        for element in question.asks:
            named = [b for b in THEME_LINES if b["theme"] == question.theme and b["element"] == element]
            assert question.code in named[0]["asked_by"]


@pytest.mark.parametrize("path", Path)
def test_each_element_is_asked_about_on_both_paths(path: Path) -> None:
    asked = Counter(e for q in FULL.prompts[path] for e in q.asks)
    assert set(asked) == set(Element)


def test_no_sign_has_another_weight_in_the_full_talk_than_in_the_short_one() -> None:
    assert FULL.signs == TALK.signs
    assert FULL.tables == TALK.tables


@pytest.mark.parametrize("who", ["ME", "FAMILY", "OFFICE"])
def test_a_tie_of_worker_family_or_office_ends_the_talk(who: str) -> None:
    answers = full({"TI_KNOWS": who})
    assert final_stop_code(answers) == "STOP_TIE"
    assert worker_tie(answers) == f"TIE_{who}"
    assert retention_after(Outcome.UNABLE, None, "STOP_TIE", talk=FULL).because == "KEEP_BARE"


def test_a_wish_for_somebody_from_outside_ends_the_talk() -> None:
    assert final_stop_code(full({"TI_OUTSIDE": "YES"})) == "STOP_TIE"
    short = Answers(choices={"TI_KNOWS": "OUTSIDE"})
    assert worker_tie(short) == "TIE_OUTSIDE"


def test_a_tie_that_is_open_waits_and_one_not_known_goes_on() -> None:
    choices = dict(FULL_SAFE)
    del choices["TI_KNOWS"]
    waits = Answers(instrument="full", version=LATEST["full"], choices=choices)
    assert next_step(Step.SAFE, waits).because == "TIE_OPEN"
    going = full({"TI_KNOWS": "UNKNOWN"})
    assert worker_tie(going) == "TIE_NOT_KNOWN"
    assert next_step(Step.SAFE, going).step is Step.NEEDS


@pytest.mark.parametrize(
    ("who", "understand", "because"),
    [
        ("NONE_NEEDED", "YES", ""),
        ("TRUSTED", "YES", ""),
        ("PHONE", "YES", ""),
        ("KNOWN", "YES", "INTERPRETER_NOT_FIT"),
        ("RELATIVE", "YES", "INTERPRETER_NOT_FIT"),
        ("CHILD", "YES", "INTERPRETER_NOT_FIT"),
        ("TRUSTED", "NO", "INTERPRETER_NOT_FIT"),
        ("KNOWN", "NO", "INTERPRETER_NOT_FIT"),
    ],
)
def test_an_interpreter_fits_or_the_talk_waits(who: str, understand: str, because: str) -> None:
    answers = full({"LG_INTERPRETER": who, "LG_UNDERSTAND": understand})
    assert language_problem(answers) == because
    where = next_step(Step.SAFE, answers)
    assert where.step is (Step.SAFE if because else Step.NEEDS)
    assert FULL.words_of(where.because)


@pytest.mark.parametrize("said", [{}, {"LG_UNDERSTAND": "YES"}, {"LG_INTERPRETER": "TRUSTED"}])
def test_language_and_interpreter_are_open_until_answered(said: dict[str, str]) -> None:
    answers = Answers(instrument="full", version=LATEST["full"], choices=said)
    assert language_problem(answers) == "LANGUAGE_OPEN"


def test_a_role_that_runs_the_short_form_is_offered_no_longer_one() -> None:
    forms, because = forms_offered("SOCIAL_SHELTER", "HOTLINE")
    assert forms == ("short", "signpost")
    assert "ROLE_SHORT" in because


def test_a_form_that_does_not_ask_about_language_leaves_it_to_its_stop_rule() -> None:
    assert language_problem(Answers(version=2)) == ""
    assert language_problem(Answers()) == "LANGUAGE_OPEN"


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (AgeFacts(years=9), AgeBand.UNDER_12),
        (AgeFacts(years=12), AgeBand.FROM_12_TO_14),
        (AgeFacts(years=15), AgeBand.FROM_15_TO_17),
        (AgeFacts(years=17), AgeBand.FROM_15_TO_17),
        (AgeFacts(years=18, doubt=Doubt.YES), AgeBand.UNKNOWN),
        (AgeFacts(band=AgeBand.FROM_12_TO_14), AgeBand.FROM_12_TO_14),
        (AgeFacts(doubt=Doubt.UNKNOWN), AgeBand.UNKNOWN),
        (GROWN, None),
    ],
)
def test_guidance_follows_the_age_band_of_a_child(age: AgeFacts, band: AgeBand | None) -> None:
    guidance = child_guidance(full(age=age))
    assert (guidance and guidance.band) == band


@pytest.mark.parametrize(
    ("age", "choices", "because"),
    [
        (AgeFacts(years=9), {**SECOND, "CH_TRAINED": "YES"}, "GOES_TO_SPECIALIST"),
        (AgeFacts(years=13), SECOND, "TRAINED_ONLY"),
        (AgeFacts(years=13), {**GUARDED, "CH_TRAINED": "YES"}, "SECOND_ADULT_OPEN"),
        (AgeFacts(years=13), {**SECOND, "CH_TRAINED": "YES"}, None),
        (AgeFacts(years=16), GUARDED, "SECOND_ADULT_OPEN"),
        (AgeFacts(years=16), {**GUARDED, "CH_SUPPORT": "HERE"}, None),
        (GROWN, {}, None),
    ],
)
def test_asking_a_child_about_experience(age: AgeFacts, choices: dict, because: str | None) -> None:
    answers = full(choices, age=age)
    may = may_ask_experience(answers)
    assert bool(may) is (because is None)
    assert bool(prompts_for(answers)) is (because is None)
    if because:
        assert may.because == because
        assert FULL.words_of(because)


def test_fewer_prompts_are_put_to_a_younger_child() -> None:
    young = full({**SECOND, "CH_TRAINED": "YES"}, age=AgeFacts(years=13))
    older = full(SECOND, age=AgeFacts(years=16))
    count = [len(prompts_for(item)) for item in (young, older, full())]
    assert count == sorted(count)
    assert all(Path.CHILD in prompt.paths for prompt in prompts_for(young))


def test_prompts_on_ships_and_forced_crime_are_opened_by_the_worker() -> None:
    usual = {prompt.code for prompt in prompts_for(full())}
    opened = {prompt.code for prompt in prompts_for(full(), frozenset({"SEA"}))}
    assert opened - usual == {"QS1", "QS2", "QS3", "QS4"}
    assert set(FULL.optional_sets) == {"SEA", "FORCED_CRIME"}


@pytest.mark.parametrize("code", SETTINGS)
def test_a_setting_offers_its_form_and_every_shorter_one(code: str) -> None:
    place = SETTINGS[code]
    forms, because = forms_offered(code, "SOCIAL_WORKER", lawyer_seen=True)
    longest = "signpost" if place.child_worker else place.form
    shorter = {"full": ("full", "short", "signpost"), "short": ("short", "signpost")}
    assert forms == (("report", "signpost") if place.absent else shorter.get(longest, (longest,)))
    assert opening_statement("SOCIAL_WORKER", forms[0]) is None
    assert place.first["en"]
    assert place.risks
    assert all(FULL.words_of(item) for item in because)


@pytest.mark.parametrize("code", SETTINGS)
def test_police_only_say_where_help_is_and_say_first_what_they_must_do(code: str) -> None:
    forms, because = forms_offered(code, "POLICE_UNIT", trained_for_children=True)
    assert forms[0] == "signpost"
    assert "POLICE_SIGNPOST" in because
    assert "write down or act on" in opening_statement("POLICE_UNIT", forms[0]).text["en"]


def test_a_deployment_may_decide_that_police_hold_talks() -> None:
    forms, _because = forms_offered("POLICE_SERVICE_UNIT", "POLICE_UNIT", widened=True)
    assert forms[0] == "full"
    assert opening_statement("POLICE_UNIT", forms[0]) is not None
    assert forms_offered("VILLAGE_OFFICE", "VILLAGE_MILITARY", widened=True)[0] == ("signpost",)


@pytest.mark.parametrize("code", [c for c, each in SETTINGS.items() if each.lawyer_first])
def test_a_lawyer_comes_first_in_police_custody(code: str) -> None:
    assert forms_offered(code, "SOCIAL_WORKER") == (("signpost",), ("LAWYER_FIRST",)), "no reason for a longer talk"
    assert forms_offered(code, "SOCIAL_WORKER", lawyer_seen=True)[0][0] == "full"


@pytest.mark.parametrize(("spent", "notes"), [(0, []), (48, ["TIME_SOON"]), (60, ["TIME_OVER"])])
def test_the_clock_warns_and_does_not_force(spent: int, notes: list[str]) -> None:
    assert time_notes(full(), spent=spent) == notes
    assert next_step(Step.SIGNS, full()).step is Step.WRITE


def test_a_child_has_less_time_and_a_pause() -> None:
    child = full(SECOND, age=AgeFacts(years=16))
    assert time_notes(child, spent=10) == []
    assert time_notes(child, spent=16) == ["TIME_PAUSE"]
    assert time_notes(child, spent=30) == ["TIME_OVER", "TIME_PAUSE"]
    assert time_notes(Answers(), spent=10)[0] == "TIME_OVER"


def test_enough_for_today_is_offered_when_all_is_supported() -> None:
    signs = {"Q06": ["I_A_TRANSFER"], "Q21": ["I_M_CONFINE"], "Q16": ["I_P_SERVE"]}
    told = full(dict.fromkeys(signs, "YES"), signs)
    offers = {rule.code: asked_for for rule, asked_for in early_ends(Step.SIGNS, told)}
    assert offers == {"STOP_ENOUGH": True, "STOP_ALREADY_TOLD": False}
    before = full({"AT_TOLD": "YES"})
    offers = {rule.code: asked_for for rule, asked_for in early_ends(Step.SIGNS, before)}
    assert offers == {"STOP_ALREADY_TOLD": True, "STOP_ENOUGH": False}
    assert early_ends(Step.SAFE, told) == []


def lines_of(answers: Answers) -> list:
    """Return the lines of the sum-up."""
    return element_lines(answers, element_values(answers, path_of(answers)))


def test_the_sum_up_shows_each_sign_with_its_answers_and_what_was_not_asked() -> None:
    signs = {"Q19": ["I_M_DEBT"], "Q18": ["I_P_NO_PAY"], "SN_SEEN": ["I_O_AGE_DOUBT"]}
    answers = full({"Q19": "YES", "Q18": "YES", "Q21": "SKIPPED"}, signs)
    act, means, purpose = lines_of(answers)
    assert [line["sign"].code for line in means["signs"]] == ["I_M_DEBT"]
    assert means["signs"][0]["questions"] == ["Q19"]
    assert "count" in means["signs"][0]["sign"].reminder["en"]
    assert "Q21" in means["not_answered"]
    assert "Q06" in act["not_asked"]
    assert purpose["signs"][0]["counts"]
    assert [sign.code for sign in signs_without_element(answers)] == ["I_O_AGE_DOUBT"]
    assert path_of(answers) is Path.CHILD


def test_a_poor_condition_without_a_sign_that_holds_does_not_count() -> None:
    purpose = lines_of(full({"Q13": "YES"}, {"Q13": ["I_P_HOURS", "I_P_DANGER"]}))[2]
    assert not any(line["counts"] for line in purpose["signs"])
    assert purpose["value"] is Value.SOME_SIGNS


def test_what_a_child_may_not_be_asked_is_not_named_as_a_change() -> None:
    child = full({**SECOND, "CH_TRAINED": "YES"}, age=AgeFacts(years=13))
    allowed = {prompt.code for prompt in prompts_for(child)}
    changes = what_would_change(child, Path.CHILD)
    assert {change.question for change in changes if change.question} <= allowed
    small = full({**SECOND}, age=AgeFacts(years=9))
    assert not [change for change in what_would_change(small, Path.CHILD) if change.question]


@pytest.mark.parametrize("country", ["ID", "MY", "ZZ"])
def test_each_country_has_five_lines_with_their_basis(country: str) -> None:
    lines = country_lines(country)
    assert [line.topic for line in lines] == ["TRAVEL", "ASYLUM", "STAY", "RETURN", "POLICE"]
    assert all(line.state in ("KNOWN", "PARTLY", "UNKNOWN") for line in lines)
    assert all(line.text["en"] and line.child["id"] and line.basis["en"] and line.source for line in lines)


@pytest.mark.parametrize("groups", [end_groups("barriers"), end_groups("missed")])
def test_a_code_of_the_end_is_two_taps_away_and_stands_in_one_group(groups: tuple) -> None:
    codes = [code.code for group in groups for code in group.codes]
    assert len(codes) == len(set(codes))
    assert all(group.codes for group in groups)


def test_all_barriers_and_missed_contacts_of_the_subject_knowledge_are_there() -> None:
    assert sum(len(group.codes) for group in end_groups("barriers")) == 69
    assert sum(len(group.codes) for group in end_groups("missed")) == 17
    first = end_groups("barriers", "FISH_PORT")
    assert any("FISH_PORT" in group.codes[0].stands_out_in for group in first)


def test_a_talk_written_later_is_marked() -> None:
    later = full({"WR_HOW": "LATER"})
    assert read_draft(write_draft(later)) == later
    assert later.choices["CN_ANSWER"] == Answer.YES


def test_every_data_file_of_the_talk_is_used() -> None:
    used = {name for code, version in SHIPPED for name in instrument(code, version).uses.values()}
    used |= {"practice-1", "sources-1", "sources-2", "information-1", "card-words-1"}
    files = {file.stem for file in DATA.glob("*.json") if not file.stem.startswith("instrument-")}
    assert files == used
    assert json.loads((DATA / "country-1.json").read_text("utf-8"))["note"]


def test_a_companion_whom_the_person_chose_makes_no_place_bad() -> None:
    choices = {**FULL_SAFE, "SF_HEARD": "WANTED"}
    chosen = read_draft({"instrument": "full", "version": LATEST["full"], "choices": choices})
    assert is_safe(chosen)
    assert not place_was_bad(chosen)
