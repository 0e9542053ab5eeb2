"""The kernel: codes said aloud, decisions, permission tables, the clock."""

from datetime import timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from suar.core import clock, ids
from suar.core.decisions import Decision
from suar.core.i18n import format_size

codes = st.text(ids.ALPHABET, min_size=4, max_size=12)


def test_a_spoken_code_is_read_with_or_without_spaces():
    code = ids.spoken_code()
    assert ids.read_spoken(code.lower()) == code.replace(" ", "")


@given(codes, st.data())
def test_one_wrong_character_is_detected(body, data):
    code = body + ids.check_character(body)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([sign for sign in ids.ALPHABET if sign != code[place]]))
    assert ids.read_spoken(code[:place] + wrong + code[place + 1 :]) is None


@pytest.mark.parametrize("typed", ["", "A", "!!", "OOO OOO"])
def test_invalid_spoken_codes_are_refused(typed):
    assert ids.read_spoken(typed) is None


def test_the_first_refusal_is_the_answer():
    decision = Decision.first_refusal(Decision.allow(), Decision.refuse("full"), Decision.refuse("late"))
    assert (bool(decision), decision.because) == (False, "full")


def test_the_clock_can_be_moved_and_reset():
    before = clock.now()
    with clock.shifted(timedelta(days=3)):
        assert clock.now() - before >= timedelta(days=3)
    assert clock.now() - before < timedelta(days=1)
    assert clock.today() == clock.local_date(clock.now())


def test_only_a_demonstration_can_move_the_clock(monkeypatch, tmp_path):
    monkeypatch.setenv("SUAR_DATA", str(tmp_path))
    monkeypatch.setenv("SUAR_MODE", "demo")
    before = clock.now()
    assert clock.now() - before < timedelta(hours=1)
    (tmp_path / "clock.shift").write_text("86400")
    assert clock.now() - before >= timedelta(days=1)
    (tmp_path / "clock.shift").write_text("864000")
    assert clock.now() - before >= timedelta(days=10)
    (tmp_path / "clock.shift").unlink()
    assert clock.now() - before < timedelta(hours=1)
    (tmp_path / "clock.shift").write_text("86400")
    monkeypatch.setenv("SUAR_MODE", "run")
    assert clock.now() - before < timedelta(hours=1)


def test_a_short_code_is_the_same_for_one_id_and_is_read_back():
    one, other = ids.new_id(), ids.new_id()
    assert ids.short_code(one) == ids.short_code(one)
    assert ids.short_code(one) != ids.short_code(other) or one.int % 30**4 == other.int % 30**4
    assert ids.read_spoken(ids.short_code(one)) == ids.short_code(one).replace(" ", "")


@pytest.mark.parametrize(
    ("language", "size", "text"),
    [("en", 1, "1 kB"), ("en", 12_001, "13 kB"), ("en", 1_500_000, "1.5 MB"), ("id", 1_500_000, "1,5 MB")],
)
def test_sizes_are_shown_in_kilobytes_and_megabytes(language, size, text):
    with override(language):
        assert format_size(size).replace("\N{NO-BREAK SPACE}", " ") == text
