"""Recovery codes and shares on paper: typed back forgivingly, mistakes found and named."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.crypto import recovery
from suar.crypto.kdf import random_key
from suar.crypto.recovery import (
    ALPHABET,
    Mistyped,
    RecoveryCode,
    Share,
    SharesRefused,
    join,
    print_groups,
    read_groups,
    split,
    split_with,
)

quick = settings(deadline=None, max_examples=50)
codes = st.builds(RecoveryCode, st.binary(min_size=16, max_size=16))
keys = st.binary(min_size=32, max_size=32)


def group_of(place):
    """Which group, from 1, the sign at this place of a code without dashes stands in."""
    return place // 4 + 1


def mistyped(code, typed):
    with pytest.raises(Mistyped) as refusal:
        type(code).read(typed)
    return refusal.value.group


@given(codes)
def test_a_recovery_code_is_nine_groups_of_four_and_reads_back(code):
    printed = code.printed()
    assert [len(group) for group in printed.split("-")] == [4] * 9
    assert RecoveryCode.read(printed) == code
    assert len(code.key()) == 32


@given(codes, st.sampled_from(["", " ", "  ", "-", "\u2013", ".", "\n"]), st.booleans())
def test_case_spaces_and_look_alikes_are_ignored(code, between, lower):
    typed = code.printed().replace("-", between).replace("0", "O").replace("1", "l")
    assert RecoveryCode.read(typed.lower() if lower else typed) == code
    assert RecoveryCode.read(typed.replace("l", "I")) == code


def test_fullwidth_letters_are_accepted():
    code = RecoveryCode.new()
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code.printed())
    assert RecoveryCode.read(wide) == code


@settings(deadline=None, max_examples=5)
@given(codes)
def test_every_single_wrong_sign_is_found_and_its_group_named(code):
    signs = code.printed().replace("-", "")
    for place, wrong in itertools.product(range(len(signs)), [*ALPHABET, "U", "!"]):
        if wrong != signs[place]:
            typed = signs[:place] + wrong + signs[place + 1 :]
            assert mistyped(code, typed) == group_of(place)


@quick
@given(codes)
def test_every_swap_of_two_neighbours_is_found_and_named(code):
    signs = code.printed().replace("-", "")
    for place in range(len(signs) - 1):
        one, two = signs[place : place + 2]
        if one != two:
            typed = signs[:place] + two + one + signs[place + 2 :]
            assert mistyped(code, typed) == group_of(place)


@quick
@given(codes)
def test_every_swap_of_two_groups_is_found(code):
    groups = code.printed().split("-")
    for one, two in itertools.combinations(range(len(groups)), 2):
        typed = list(groups)
        typed[one], typed[two] = groups[two], groups[one]
        assert mistyped(code, "-".join(typed)) == one + 1


@pytest.mark.parametrize("kept", range(9))
def test_a_missing_group_is_named(kept):
    code = RecoveryCode.new()
    assert mistyped(code, "-".join(code.printed().split("-")[:kept])) == kept + 1


@given(codes, st.integers(0, 35))
def test_a_code_cut_anywhere_is_refused(code, length):
    signs = code.printed().replace("-", "")
    assert mistyped(code, signs[:length]) == group_of(length)


def test_a_code_that_is_too_long_is_refused():
    code = RecoveryCode.new()
    assert mistyped(code, code.printed() + "-0") == 10


def test_mistakes_that_pass_every_group_are_detected():
    code = RecoveryCode(bytes(16))
    other = RecoveryCode(b"\x80" + bytes(15)).printed()
    mixed = other[:4] + code.printed()[4:]
    assert mistyped(code, mixed) is None


def test_a_share_that_no_split_can_have_printed_is_a_mistyped_one():
    share = split(bytes(32))[0]
    forged = print_groups(bytes(1) + share.set_id + share.piece, kind=recovery._SHARE_KIND)
    assert mistyped(share, forged) is None


def test_codes_of_different_kinds_are_not_interchangeable():
    printed = print_groups(bytes(16), kind="recovery")
    with pytest.raises(Mistyped):
        read_groups(printed, length=16, kind="share")


@settings(deadline=None, max_examples=12)
@given(keys, st.integers(2, 5).flatmap(lambda n: st.tuples(st.integers(2, n), st.just(n))))
def test_threshold_shares_join_and_fewer_are_refused(secret, numbers):
    threshold, count = numbers
    shares = split(secret, shares=count, threshold=threshold)
    for some in itertools.combinations(shares, threshold):
        assert join(some) == secret
    assert join(shares) == secret
    with pytest.raises(SharesRefused) as refusal:
        join(shares[: threshold - 1])
    assert str(refusal.value) == "too few"


def test_fifteen_of_fifteen_join():
    secret = random_key()
    assert join([Share.read(one.printed()) for one in split(secret, shares=15, threshold=15)]) == secret


def test_by_default_any_two_of_three_join():
    secret = random_key()
    one, two, three = split(secret)
    assert join([one, two]) == join([three, one]) == join([two, three]) == secret


@quick
@given(keys)
def test_a_printed_share_reads_back(secret):
    for share in split(secret):
        printed = share.printed()
        assert [len(group) for group in printed.split("-")] == [4] * 21
        assert Share.read(printed.lower().replace("-", " ")) == share


@settings(deadline=None, max_examples=3)
@given(keys)
def test_a_mistyped_share_is_found_and_its_group_named(secret):
    share = split(secret)[0]
    signs = share.printed().replace("-", "")
    for place in range(len(signs)):
        wrong = ALPHABET[ALPHABET.index(signs[place]) - 1]
        assert mistyped(share, signs[:place] + wrong + signs[place + 1 :]) == group_of(place)
    for place in range(len(signs) - 1):
        if signs[place] != signs[place + 1]:
            swapped = signs[place + 1] + signs[place]
            typed = signs[:place] + swapped + signs[place + 2 :]
            assert mistyped(share, typed) == group_of(place)


@quick
@given(keys, st.integers(0, 35), st.integers(1, 255), st.integers(2, 3))
def test_a_wrong_share_is_found(secret, place, change, used):
    shares = split(secret)[:used]
    piece = bytearray(shares[0].piece)
    piece[place] ^= change
    wrong = Share(shares[0].index, shares[0].threshold, shares[0].set_id, bytes(piece))
    assert refused([wrong, *shares[1:]]) == "a wrong share"


def refused(shares):
    with pytest.raises(SharesRefused) as refusal:
        join(shares)
    return str(refusal.value)


def test_shares_of_two_splits_do_not_join():
    rows, secret = [bytes(36)], random_key()
    one = split_with(secret, rows, shares=3, set_id=b"\0\1")
    other = split_with(secret, rows, shares=3, set_id=b"\0\2")
    assert refused([one[0], other[1]]) == "of another split"
    assert refused([one[0], split(secret, shares=3, threshold=3)[1]]) == "of another split"


def test_the_same_share_twice_does_not_join():
    share = split(random_key())[0]
    assert refused([share, share]) == "repeated"


def test_no_shares_are_refused():
    assert refused([]) == "too few"


@pytest.mark.parametrize(("shares", "threshold"), [(1, 1), (3, 1), (2, 3), (16, 2)])
def test_an_impossible_number_of_shares_is_refused(shares, threshold):
    with pytest.raises(ValueError, match="number of shares"):
        split(random_key(), shares=shares, threshold=threshold)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_only_keys_of_32_bytes_are_split(length):
    with pytest.raises(ValueError, match="32 bytes"):
        split(bytes(length))


@pytest.mark.parametrize(
    "made",
    [(0, 2, 2, 36), (16, 2, 2, 36), (1, 1, 2, 36), (1, 16, 2, 36), (1, 2, 3, 36), (1, 2, 2, 35)],
)
def test_a_share_that_no_split_makes_is_refused(made):
    index, threshold, set_bytes, piece_bytes = made
    with pytest.raises(SharesRefused) as refusal:
        Share(index, threshold, bytes(set_bytes), bytes(piece_bytes))
    assert str(refusal.value) == "a wrong share"


@pytest.mark.parametrize("point", range(1, 16))
def test_one_share_fits_every_secret_equally(point):
    for secret in (0, 1, 97, 255):
        seen = {recovery.polynomial_at(point, (secret, chance)) for chance in range(256)}
        assert seen == set(range(256))


def unevenness(splits):
    """Chi-square of the first share's bytes against even chances; 255 on average when even."""
    counts = Counter(byte for shares in splits for byte in shares[0].piece)
    expected = sum(counts.values()) / 256
    return sum((counts[byte] - expected) ** 2 / expected for byte in range(256))


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32])
def test_one_share_looks_random(secret):
    assert unevenness([split(secret, shares=2) for _ in range(300)]) < 400


def test_the_check_finds_a_leaking_share():
    leaking = [split_with(bytes(32), [bytes(36)], shares=2, set_id=b"ab") for _ in range(300)]
    assert unevenness(leaking) > 400


@given(st.integers(1, 255))
def test_every_element_but_zero_has_an_inverse(value):
    assert recovery.gf_times(value, recovery.gf_inverse(value)) == 1
