"""No key ever shows itself: not in a repr, not in a refusal, not in a pickle or a copy."""

import copy
import pickle

import pytest

from suar.crypto import values
from suar.crypto.kdf import KdfParameters, derive
from suar.crypto.pairs import BoxPair, SignPair, seal_to
from suar.crypto.recovery import Mistyped, RecoveryCode, Share, split
from suar.crypto.streams import Recipient

CANARY = b"CANARY-CANARY-CANARY-CANARY-32by"
HIDING = [
    BoxPair.from_private(CANARY),
    SignPair.from_private(CANARY),
    RecoveryCode(CANARY[:16]),
    Share(1, 2, b"ab", CANARY + b"abcd"),
]


def shown(thing):
    return f"{thing!r} {thing} {thing!s} {[thing]} {thing.__class__}"


@pytest.mark.parametrize("holder", HIDING, ids=lambda holder: type(holder).__name__)
def test_repr_of_key_holders_hides_keys(holder):
    assert "CANARY" not in shown(holder)
    assert CANARY[:8].hex() not in shown(holder)


def test_repr_shows_public_parts():
    assert "CANARY" in shown(Recipient(CANARY))


def test_repr_of_derived_keys_is_empty():
    keys = derive("one", bytes(16), KdfParameters(8, 1))
    assert shown(keys).startswith("DerivedKeys() DerivedKeys()")


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("holder", HIDING, ids=lambda holder: type(holder).__name__)
def test_key_holders_cannot_be_pickled_or_copied(holder, leak):
    with pytest.raises(TypeError, match="never pickled"):
        leak(holder)


def test_values_without_keys_can_be_pickled():
    assert pickle.loads(pickle.dumps(KdfParameters())) == KdfParameters()  # noqa: S301  (our own bytes)


def refusal_of(act):
    with pytest.raises((values.SealBroken, Mistyped, ValueError)) as refusal:
        act()
    return refusal.value


@pytest.mark.parametrize(
    "act",
    [
        lambda: values.unseal(CANARY, bytes([1]) + CANARY * 3, values.Place("o", "r", "c", "f", 1)),
        lambda: values.unwrap(CANARY, bytes([1]) + CANARY * 3, label="key"),
        lambda: BoxPair.from_private(CANARY).open(CANARY * 3),
        lambda: seal_to(CANARY[:31], CANARY),
        lambda: split(CANARY * 2),
        lambda: RecoveryCode.read(CANARY.decode()),
    ],
)
def test_refusals_contain_no_input(act):
    refusal = refusal_of(act)
    assert "CANARY" not in f"{refusal!r} {refusal}"
    assert refusal.__cause__ is None
    assert refusal.__suppress_context__ or refusal.__context__ is None
