"""Rules of codes, pace and the open desk, by tables and properties."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.accounts.roles import Role, Viewer, permissions_of
from suar.contact import policy, return_codes
from suar.contact.documents import RequestKind
from suar.contact.return_codes import parse_code, things, word_lists
from suar.contact.rules import letters
from suar.core.codes import code_list
from suar.core.files.kinds import FileKind, recognise
from suar.core.i18n import public_languages
from suar.core.ratelimit import wait_after
from tests.house.reading import SUAR

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TEAM, ORGANISATION = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("on", "hours", "quiet_h", "because"),
    [
        (True, 48, 0, ""),
        (True, 48, 48, ""),
        (True, 48, 49, "nobody_looked"),
        (True, 12, 13, "nobody_looked"),
        (True, 168, 167, ""),
        (False, 48, 0, "switched_off"),
    ],
)
def test_a_desk_closes_when_nobody_looked(on, hours, quiet_h, because):
    at = NOON + timedelta(hours=quiet_h)
    assert letters.takes_requests(switched_on=on, looked_at=NOON, closes_after_hours=hours, at=at).because == because


@pytest.mark.parametrize(
    ("tries", "since_s", "wait_s"),
    [
        (0, 0, 0),
        (2, 0, 0),
        (3, 0, 10),
        (3, 10, 0),
        (4, 0, 20),
        (4, 5, 15),
        (5, 0, 40),
        (7, 0, 120),
        (10_000, 0, 120),
        (10_000, 120, 0),
        (5, -50, 40),
    ],
)
def test_waits_grow_after_three_attempts_and_always_end(tries, since_s, wait_s):
    wait = wait_after(tries, since=timedelta(seconds=since_s))
    assert wait == timedelta(seconds=wait_s)


@pytest.mark.parametrize(("unread", "may"), [(0, True), (19, True), (20, False)])
def test_unread_letters_are_limited(unread, may):
    assert letters.may_write_again(unread).allowed is may


@pytest.mark.parametrize(("age_m", "held"), [(-1, False), (0, True), (60, True), (61, False), (10_000, False)])
def test_a_resume_token_is_valid_for_an_hour(age_m, held):
    assert letters.may_resume(NOON - timedelta(minutes=age_m), at=NOON).allowed is held


@pytest.mark.parametrize(
    ("kept", "sealed", "because"),
    [
        (b"a", [b"a"], ""),
        (b"a", [b"a", b"a"], ""),
        (None, [b""], "no_code"),
        (b"b", [b"a"], "other_code"),
        (b"b", [b"a", b"b"], "other_code"),
        (None, [b"a"], "other_code"),
        (b"a", [b""], "other_code"),
        (b"a", [], "other_code"),
        (None, [], "other_code"),
    ],
)
def test_an_answer_needs_the_code_of_all_letters(kept, sealed, because):
    assert letters.may_be_answered(stored=kept or b"", sealed=sealed).because == because


def digits_of_a_code():
    """The digits of a code, or of one of version 0.1."""
    return st.one_of(st.text("0123456789", min_size=size, max_size=size) for size in (16, 12))


@given(digits_of_a_code(), st.sampled_from([" ", "-", ".", "\u00a0", "\u200f"]))
def test_digits_are_read_in_any_grouping(digits, sign):
    shown = return_codes.group_digits(digits)
    assert return_codes.read_digits(shown.replace(" ", sign)) == f"digits|{digits}"


@given(digits_of_a_code(), st.sampled_from("٠០၀๐໐０"))
def test_digits_of_other_scripts_are_the_same_code(digits, zero):
    other = "".join(chr(ord(zero) + int(digit)) for digit in digits)
    assert return_codes.read_digits(other) == f"digits|{digits}"


@given(st.text(max_size=60))
def test_other_text_is_no_code_or_its_digits(typed):
    read = return_codes.read_digits(typed)
    assert read is None or (len(read) in (23, 19) and read.isascii())


PICTURE = st.tuples(st.sampled_from(list(things())), st.sampled_from("1234"))
PICTURES = st.one_of(st.lists(PICTURE, min_size=size, max_size=size) for size in (8, 6))


@given(PICTURES)
def test_pictures_round_trip(chosen):
    plain = return_codes.read_pictures(chosen)
    assert plain and [(thing, str(many)) for thing, many in parse_code(plain).pictures] == chosen


@pytest.mark.parametrize(
    "chosen",
    [
        [],
        [("fish", "1")] * 5,
        [("fish", "1")] * 7,
        [("fish", "1")] * 9,
        [("cat", "1")] * 6,
        [("fish", "5")] * 6,
        [("fish", "")] * 6,
        [("", "1")] * 6,
    ],
)
def test_other_choices_are_no_picture_code(chosen):
    assert return_codes.read_pictures(chosen) is None


PLACES = st.one_of(st.lists(st.integers(0, 255), min_size=size, max_size=size) for size in (7, 5))


@given(st.sampled_from([0, 1]), PLACES)
def test_words_round_trip(number, places):
    said = [list(word_lists().values())[number][place] for place in places]
    plain = return_codes.read_words(" \n".join(said).upper())
    assert plain == f"words|{number}|" + " ".join(map(str, places))
    assert parse_code(plain).text == " ".join(said)


@given(st.text(max_size=60))
def test_other_words_are_no_code(typed):
    read = return_codes.read_words(typed)
    assert read is None or parse_code(read).text.casefold() in typed.casefold()


def test_marks_on_letters_do_not_matter_and_lists_are_not_mixed():
    english, indonesian = word_lists().values()
    for words in (6, 4):
        assert return_codes.read_words("àpple " + " ".join(english[:words]))
    assert return_codes.read_words(" ".join([indonesian[0], *english[:6]])) is None


def test_word_lists_are_complete_and_disjoint():
    every = [word for words in word_lists().values() for word in words]
    assert [len(words) for words in word_lists().values()] == [return_codes.WORDS_IN_LIST] * 2
    assert len(set(every)) == len(every)
    assert all(word.isascii() and word.islower() and word.isalpha() for word in every)


def test_every_thing_is_drawn_and_has_a_name():
    drawn = (SUAR / "contact/templates/contact/picture_symbols.html").read_text("utf-8")
    assert set(re.findall(r'id="t-(\w+)"', drawn)) == set(things())


PUBLIC_LISTS = [("contact", name) for name in ("pictures", "code_kinds", "letters", "file_kinds")]


@pytest.mark.parametrize(("app", "name"), PUBLIC_LISTS)
def test_every_code_of_the_public_site_has_a_label_in_every_language(app, name):
    languages = {language.code for language in public_languages()}
    missing = {code.code: languages - set(code.labels) for code in code_list(app, name).members}
    assert {code: codes for code, codes in missing.items() if codes and code != FileKind.PAPER} == {}


STAFF_REFUSALS = {"neighbours", "no_code", "other_code", "newer_letter", "newer_files"}


def test_every_refusal_of_the_public_site_is_translated():
    languages = {language.code for language in public_languages()}
    missing = {code.code for code in code_list("contact", "refusals").members if languages - set(code.labels)}
    assert missing == STAFF_REFUSALS


def somebody(role, *, teams=(TEAM,), leads=(), organisation=ORGANISATION):
    return Viewer(uuid4(), organisation, role, permissions_of(role), frozenset(teams), frozenset(leads))


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (somebody(Role.PROVIDER), True),
        (somebody(Role.SUPERVISOR), True),
        (somebody(Role.VILLAGE_TEAM), False),
        (somebody(Role.POLICE_UNIT), False),
        (somebody(Role.PROVIDER, teams=()), False),
        (somebody(Role.ADMINISTRATOR), False),
        (somebody(Role.PROVIDER, organisation=UUID(int=9)), False),
    ],
)
def test_only_workers_of_the_team_open_its_letters(who, may):
    assert policy.may_read(who, kind=RequestKind.HELP, team=TEAM, organisation=ORGANISATION).allowed is may


@pytest.mark.parametrize(
    ("who", "neighbours", "because"),
    [
        (somebody(Role.SUPERVISOR, leads=(TEAM,)), False, ""),
        (somebody(Role.SUPERVISOR, leads=(TEAM,)), True, "neighbours"),
        (somebody(Role.SUPERVISOR), False, "not_here"),
        (somebody(Role.PROVIDER, leads=(TEAM,)), False, "not_here"),
        (somebody(Role.SUPERVISOR, leads=(TEAM,), organisation=UUID(int=9)), False, "not_here"),
    ],
)
def test_a_lead_sets_the_desk_unless_members_see_own_cases_only(who, neighbours, because):
    found = policy.may_set_desk(who, team=TEAM, organisation=ORGANISATION, own_cases_only=neighbours)
    assert found.because == because


@pytest.mark.parametrize("part", ["taps", "things"])
def test_checked_inputs_are_visible_without_has_selector(part):
    sheet = (SUAR / "website/static/website/css/site.css").read_text("utf-8")
    css = "\n".join(line for line in sheet.splitlines() if f".{part}" in line or "forced-colors" in line)
    assert ":has(:" not in css
    assert "input:checked + " in css and "input:focus + " in css and "forced-colors" in css


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"RIFF\x24\0\0\0WEBPVP8 ", FileKind.PICTURE),
        (b"RIFF\x24\0\0\0WAVEfmt ", FileKind.SOUND),
        (b"RIFF\x24\0\0\0AVI LIST", None),
        (b"\xff\xf1\x50\x80", FileKind.SOUND),
        (b"\xff\xfb\x90\x00", FileKind.SOUND),
        (b"\xff\xfb\x9c\x00", None),
        (b"\xff\xfb\xf0\x00", None),
        (b"\xff\xfb\x00\x00", None),
        (b"\xff\xeb\x90\x00", None),
        (b"\xff\xfd\x90\x00", None),
        (b"\xff\xff\xff\xff", None),
        (b"\xff\xfb\x90", None),
        (b"\xfe\xfb\x90\x00", None),
        (b"\xff\x1b\x90\x00", None),
    ],
)
def test_a_file_type_is_recognised_by_its_first_bytes(start, kind):
    """Of MPEG sound layer III with a rate that is given, or ADTS: ISO/IEC 11172-3, 2.4.1.3."""
    assert recognise(start)[0] == kind


@pytest.mark.parametrize(("handler", "kind"), [(b"soun", FileKind.SOUND), (b"vide", None)])
def test_a_film_is_not_accepted_as_sound(handler, kind):
    start = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
    content = start + b"\0\0\0\x20hdlr" + bytes(8) + handler + bytes(12)
    assert recognise(content)[0] == kind
