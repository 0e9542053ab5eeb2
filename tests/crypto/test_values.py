"""Values and wraps: only the right key opens them, only where they belong, and unaltered."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.crypto import values
from suar.crypto.kdf import random_key
from suar.crypto.values import LADDER, MAX_PLAINTEXT_BYTES, Place, SealBroken, UnknownSuite, pad, seal, unpad, unseal

quick = settings(deadline=None, max_examples=60)
parts = st.text("ab 1-_/\0\n\u00e9\u6f22", min_size=1, max_size=6)
places = st.builds(Place, parts, parts, parts, parts, st.integers(0, 2**31))

KEY = bytes(range(32))
NAME = Place("org", "case-1", "identity", "name", 1)


@quick
@given(st.binary(max_size=2000), places)
def test_a_value_comes_back_as_it_was(plaintext, place):
    key = random_key()
    assert unseal(key, seal(key, plaintext, place), place) == plaintext


def test_a_value_opens_from_the_memory_view_a_database_gives():
    sealed = seal(KEY, b"Amina", NAME)
    assert unseal(KEY, memoryview(sealed), NAME) == b"Amina"


def test_a_value_with_any_bit_flipped_is_refused():
    sealed = seal(KEY, b"Amina", NAME)
    for place in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[place // 8] ^= 1 << place % 8
        with pytest.raises(SealBroken):
            unseal(KEY, bytes(altered), NAME)
    assert unseal(KEY, sealed, NAME) == b"Amina"


@pytest.mark.parametrize("length", range(0, 73, 8))
def test_a_value_cut_short_is_refused(length):
    with pytest.raises(SealBroken):
        unseal(KEY, seal(KEY, b"Amina", NAME)[:length], NAME)


@pytest.mark.parametrize("suite", [suite for suite in range(256) if suite != values.SUITE])
def test_an_unknown_suite_is_refused_by_name(suite):
    with pytest.raises(UnknownSuite):
        unseal(KEY, bytes([suite]) + seal(KEY, b"Amina", NAME)[1:], NAME)


def test_another_key_opens_nothing():
    with pytest.raises(SealBroken):
        unseal(random_key(), seal(KEY, b"Amina", NAME), NAME)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("organisation", "org-2"),
        ("record", "case-2"),
        ("compartment", "coded"),
        ("field", "names"),
        ("schema", 2),
    ],
)
def test_a_value_opens_in_no_other_place(part, other):
    with pytest.raises(SealBroken):
        unseal(KEY, seal(KEY, b"Amina", NAME), replace(NAME, **{part: other}))


@quick
@given(places, places)
def test_two_cells_cannot_be_swapped(one, other):
    first, second = seal(KEY, b"one", one), seal(KEY, b"two", other)
    if one == other:
        return
    for sealed, place in ((first, other), (second, one)):
        with pytest.raises(SealBroken):
            unseal(KEY, sealed, place)


@quick
@given(places, places)
def test_different_places_are_never_written_alike(one, other):
    assert (one.encoded() == other.encoded()) == (one == other)


@pytest.mark.parametrize("part", ["", "a|b", "|"])
@pytest.mark.parametrize("name", ["organisation", "record", "compartment", "field"])
def test_a_part_that_could_run_into_the_next_is_refused(name, part):
    with pytest.raises(ValueError, match="place"):
        replace(NAME, **{name: part})


def test_a_schema_number_below_zero_is_refused():
    with pytest.raises(ValueError, match="schema"):
        replace(NAME, schema=-1)


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), bytearray(32), "k" * 32])
def test_a_key_of_another_length_or_kind_is_refused(key):
    with pytest.raises(ValueError, match="32 bytes"):
        seal(key, b"Amina", NAME)
    with pytest.raises(ValueError, match="32 bytes"):
        unseal(key, seal(KEY, b"Amina", NAME), NAME)


def test_the_same_text_never_looks_the_same_twice():
    assert len({seal(KEY, b"Amina", NAME) for _ in range(100)}) == 100


def test_texts_of_one_length_class_look_equally_long():
    lengths = {len(seal(KEY, bytes(size), NAME)) for size in range(32)}
    assert lengths == {32 + values.OVERHEAD_BYTES} == {73}
    assert len(seal(KEY, bytes(32), NAME)) == 64 + values.OVERHEAD_BYTES


def test_above_256_bytes_a_class_is_at_most_12_percent_longer_than_the_last():
    assert LADDER[:4] == (32, 64, 128, 256)
    assert all(a < b <= a * 1.12 for a, b in pairwise(LADDER[3:]))


@quick
@given(st.binary(max_size=3000), st.integers(0, 40))
def test_padding_is_taken_off_exactly(text, zeros):
    ending = text + b"\x80" + bytes(zeros)
    assert unpad(pad(ending)) == ending
    assert len(pad(ending)) in LADDER


def test_the_longest_text_is_padded_and_one_byte_more_is_refused():
    assert len(pad(bytes(MAX_PLAINTEXT_BYTES))) == LADDER[-1] == MAX_PLAINTEXT_BYTES + 1
    with pytest.raises(ValueError, match="file"):
        pad(bytes(MAX_PLAINTEXT_BYTES + 1))


@pytest.mark.parametrize("padded", [b"", bytes(32), b"Amina".ljust(32, b"\0"), b"Amina\x80x"])
def test_a_text_without_padding_is_refused(padded):
    sealed = values.encrypt(KEY, padded, NAME.encoded())
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, NAME)


@quick
@given(st.binary(max_size=300), parts)
def test_a_wrapped_key_comes_back_under_its_label_only(secret, label):
    key = random_key()
    wrapped = values.wrap(key, secret, label=label)
    assert values.unwrap(key, memoryview(wrapped), label=label) == secret
    assert len(wrapped) == len(secret) + values.OVERHEAD_BYTES
    with pytest.raises(SealBroken):
        values.unwrap(key, wrapped, label=label + "x")


def test_a_wrap_with_any_byte_altered_is_refused():
    wrapped = values.wrap(KEY, b"a key", label="user read key")
    for place in range(len(wrapped)):
        altered = wrapped[:place] + bytes([wrapped[place] ^ 255]) + wrapped[place + 1 :]
        with pytest.raises(SealBroken):
            values.unwrap(KEY, altered, label="user read key")


def test_a_wrap_needs_a_label():
    with pytest.raises(ValueError, match="label"):
        values.wrap(KEY, b"a key", label="")


def test_a_wrap_never_opens_as_a_value_under_the_same_key():
    label = NAME.encoded().decode()
    wrapped = values.wrap(KEY, pad(b"Amina"), label=label)
    assert values.unwrap(KEY, wrapped, label=label) == pad(b"Amina")
    with pytest.raises(SealBroken):
        unseal(KEY, wrapped, NAME)
