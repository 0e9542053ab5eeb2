"""Boxes, signatures, passwords, derivation and tokens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.crypto import kdf
from suar.crypto.kdf import KdfParameters, derive, new_salt
from suar.crypto.pairs import BOX_OVERHEAD_BYTES, BoxPair, SignPair, seal_to, verify_signature
from suar.crypto.values import SealBroken

quick = settings(deadline=None, max_examples=40)
TINY = KdfParameters(memory_kib=8, passes=1)
SALT = bytes(16)


@quick
@given(st.binary(max_size=500))
def test_what_is_sealed_to_a_key_opens_with_its_pair_only(plaintext):
    pair, other = BoxPair.new(), BoxPair.new()
    sealed = seal_to(pair.public, plaintext)
    assert pair.open(memoryview(sealed)) == plaintext
    assert len(sealed) == len(plaintext) + BOX_OVERHEAD_BYTES
    with pytest.raises(SealBroken):
        other.open(sealed)


def test_a_grant_of_five_compartments_is_208_bytes():
    assert len(seal_to(BoxPair.new().public, bytes(5 * 32))) == 208


def test_an_altered_box_is_refused():
    pair = BoxPair.new()
    sealed = seal_to(pair.public, b"five keys")
    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        for broken in (altered, sealed[:place]):
            with pytest.raises(SealBroken):
                pair.open(broken)


def test_a_box_pair_is_derived_from_its_private_key():
    pair = BoxPair.new()
    assert BoxPair.from_private(pair.private) == pair


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32), b"\x01" + bytes(31)])
def test_a_public_key_that_gives_no_secrecy_is_refused(public):
    with pytest.raises(ValueError, match="key"):
        seal_to(public, b"five keys")


@pytest.mark.parametrize("pair", [BoxPair, SignPair])
def test_a_private_key_of_another_length_is_refused(pair):
    with pytest.raises(ValueError, match="32 bytes"):
        pair.from_private(bytes(31))


@quick
@given(st.binary(max_size=500), st.binary(max_size=20))
def test_a_signature_fits_its_message_and_key_only(message, more):
    pair, other = SignPair.new(), SignPair.new()
    signature = pair.sign(message)
    assert verify_signature(pair.public, message, memoryview(signature))
    assert not verify_signature(pair.public, message + b"." + more, signature)
    assert not verify_signature(other.public, message, signature)


def test_a_signature_altered_in_any_byte_does_not_fit():
    pair = SignPair.new()
    signature = pair.sign(b"packet")
    for place in range(len(signature)):
        altered = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        assert not verify_signature(pair.public, b"packet", altered)


@pytest.mark.parametrize(("public", "signature"), [(31, 64), (33, 64), (32, 63), (32, 0), (32, 64)])
def test_a_malformed_key_or_signature_does_not_fit(public, signature):
    assert verify_signature(bytes(public), b"packet", bytes(signature)) is False


def test_a_swapped_public_key_does_not_change_what_is_signed():
    pair = SignPair.new()
    swapped = SignPair(SignPair.new().public, pair.private)
    assert swapped.sign(b"packet") == pair.sign(b"packet")


def test_a_sign_pair_is_derived_from_its_private_key():
    pair = SignPair.new()
    assert SignPair.from_private(pair.private) == pair


def test_a_password_gives_two_keys_that_differ():
    keys = derive("four quiet words here", SALT, TINY)
    assert len(keys.authentication) == len(keys.wrapping) == 32
    assert keys.authentication != keys.wrapping
    assert keys == derive("four quiet words here", SALT, TINY)


def test_password_salt_and_cost_each_change_the_keys():
    given_keys = {
        derive(password, salt, parameters).authentication
        for password in ("one", "two")
        for salt in (SALT, bytes(range(16)))
        for parameters in (TINY, KdfParameters(16, 1), KdfParameters(8, 2), KdfParameters(16, 1, 2))
    }
    assert len(given_keys) == 16


def test_passwords_are_normalised():
    assert derive("caf\u00e9", SALT, TINY) == derive("cafe\u0301", SALT, TINY)


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_salt_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="16 bytes"):
        derive("one", bytes(length), TINY)


@pytest.mark.parametrize("parameters", [(7, 1, 1), (2**20 + 1, 1, 1), (64, 0, 1), (64, 17, 1), (64, 1, 0), (72, 1, 9)])
def test_a_cost_out_of_bounds_is_refused(parameters):
    with pytest.raises(ValueError, match="bounds"):
        KdfParameters(*parameters)


@pytest.mark.parametrize("parameters", [(8, 1, 1), (64, 1, 8), (2**20, 16, 8)])
def test_a_cost_at_the_bounds_is_accepted(parameters):
    assert KdfParameters(*parameters).memory_kib == parameters[0]


def test_the_default_cost_is_64_mib_three_passes_one_lane():
    assert KdfParameters() == KdfParameters(memory_kib=64 * 1024, passes=3, lanes=1)


def test_salts_keys_and_tokens_are_random():
    for make in (new_salt, kdf.random_key, kdf.new_token):
        assert len({make() for _ in range(50)}) == 50
    assert (len(new_salt()), len(kdf.random_key())) == (16, 32)


def test_the_verifier_is_the_digest_of_the_authentication_key():
    keys = derive("one", SALT, TINY)
    assert kdf.verifier(keys.authentication) == kdf.digest(keys.authentication)


@quick
@given(st.binary(min_size=16, max_size=64), st.integers(1, 100))
def test_subkeys_for_different_purposes_differ(key, length):
    one = kdf.subkey(key, purpose="preview", length=length + 15)
    other = kdf.subkey(key, purpose="fields", length=length + 15)
    assert len(one) == length + 15
    assert one != other


@pytest.mark.parametrize(("key", "purpose"), [(bytes(15), "packet"), (bytes(32), "")])
def test_a_subkey_needs_a_strong_secret_and_a_purpose(key, purpose):
    with pytest.raises(ValueError, match="subkey"):
        kdf.subkey(key, purpose=purpose)


def test_a_mac_depends_on_key_and_content():
    macs = {kdf.mac(key, text) for key in (bytes(32), b"k" * 32) for text in (b"", b"a")}
    assert len(macs) == 4
    with pytest.raises(ValueError, match="32 bytes"):
        kdf.mac(b"short", b"a")


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_equal_compares_bytes(one, other):
    assert kdf.equal(one, bytes(one))
    assert kdf.equal(one, other) == (one == other)


def test_a_token_is_128_bits_and_url_safe():
    token = kdf.new_token()
    assert len(token) == 22
    assert token.replace("-", "").replace("_", "").isalnum()


@given(st.text("aZ0-_ %\0\n\u00e9\u6f22\ud800"))
def test_any_text_typed_as_a_token_has_a_digest(typed):
    assert len(kdf.token_digest(typed)) == 32


def test_a_lone_surrogate_in_a_token_has_a_digest():
    assert kdf.token_digest("\ud800") != kdf.token_digest("?")


def test_a_lone_surrogate_in_a_password_is_accepted():
    assert derive("one\ud800", SALT, TINY) != derive("one", SALT, TINY)
