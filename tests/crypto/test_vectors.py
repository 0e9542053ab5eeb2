"""Every figure of vectors.json, against which another implementation can be held too."""

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt

from suar.crypto import kdf, recovery, totp, values
from suar.crypto.pairs import BoxPair, SignPair, verify_signature
from suar.crypto.recovery import RecoveryCode, Share, join, split_with
from suar.crypto.streams import open_file
from suar.crypto.values import LADDER, Place, pad, unseal

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text("utf-8"))


def each(name):
    return pytest.mark.parametrize("vector", VECTORS[name])


def raw(vector, *names):
    return [bytes.fromhex(vector[name]) for name in names]


def test_xchacha20_poly1305_is_the_one_of_the_draft():
    vector = VECTORS["xchacha20poly1305"]
    key, nonce, associated, ciphertext = raw(vector, "key", "nonce", "associated", "ciphertext")
    plaintext = vector["plaintext_text"].encode()
    assert crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, nonce, key) == ciphertext
    assert values.decrypt(key, b"\x01" + nonce + ciphertext, associated) == plaintext


@each("values")
def test_a_value_is_padded_bound_and_sealed_as_written(vector):
    key, nonce, padded, sealed = raw(vector, "key", "nonce", "padded", "sealed")
    parts = [vector[f"{name}_text"] for name in ("organisation", "record", "compartment", "field")]
    place = Place(*parts, vector["schema"])
    plaintext = vector["plaintext_text"].encode()
    assert place.encoded().decode() == vector["associated_text"]
    assert pad(plaintext) == padded
    assert values.encrypt_with_nonce(key, padded, place.encoded(), nonce) == sealed
    assert unseal(key, sealed, place) == plaintext


def test_the_length_classes_are_as_written():
    classes = VECTORS["padding_classes"]
    assert list(LADDER[: len(classes["first"])]) == classes["first"]
    assert (len(LADDER), LADDER[-1]) == (classes["count"], classes["last"])


@each("wraps")
def test_a_wrap_is_as_written(vector):
    key, nonce, secret, wrapped = raw(vector, "key", "nonce", "secret", "wrapped")
    (associated,) = raw(vector, "associated")
    assert values.encrypt_with_nonce(key, secret, associated, nonce) == wrapped
    assert values.unwrap(key, wrapped, label=vector["label_text"]) == secret


@each("hkdf")
def test_hkdf_is_the_one_of_the_rfc(vector):
    key, salt, info, okm = raw(vector, "key", "salt", "info", "okm")
    assert kdf.hkdf(key, salt=salt or None, info=info, length=vector["length"]) == okm


@each("subkeys")
def test_a_subkey_is_hkdf_with_its_purpose(vector):
    key, expected = raw(vector, "key", "subkey")
    subkey = kdf.subkey(key, purpose=vector["purpose_text"], length=vector["length"])
    info = vector["info_text"].encode()
    assert subkey == expected == kdf.hkdf(key, salt=None, info=info, length=len(expected))


@each("argon2id")
def test_argon2id_is_the_one_of_the_reference(vector):
    parameters = kdf.KdfParameters(vector["memory_kib"], vector["passes"], vector["lanes"])
    secret, salt = vector["secret_text"].encode(), vector["salt_text"].encode()
    out = kdf.argon2id(secret, salt, parameters, length=32)
    assert out.hex() == vector["out"]


@each("passwords")
def test_a_password_gives_the_keys_written(vector):
    salt, authentication, wrapping, verifier = raw(vector, "salt", "authentication", "wrapping", "verifier")
    parameters = kdf.KdfParameters(vector["memory_kib"], vector["passes"], vector["lanes"])
    keys = kdf.derive(vector["password_text"], salt, parameters)
    assert (keys.authentication, keys.wrapping) == (authentication, wrapping)
    assert kdf.verifier(authentication) == verifier


@each("recovery")
def test_a_recovery_code_is_printed_as_written(vector):
    secret, key = raw(vector, "secret", "key")
    code = RecoveryCode(secret)
    assert code.printed() == vector["printed_text"]
    assert RecoveryCode.read(vector["printed_text"]) == code
    assert code.key() == key


@each("shares")
def test_shares_are_cut_printed_and_joined_as_written(vector):
    secret, checksum, set_id = raw(vector, "secret", "checksum", "set_id")
    rows = [bytes.fromhex(row) for row in vector["coefficients"]]
    shares = split_with(secret, rows, shares=len(vector["pieces"]), set_id=set_id)
    assert [share.piece.hex() for share in shares] == vector["pieces"]
    assert [share.printed() for share in shares] == vector["printed_text"]
    read = [Share.read(printed) for printed in vector["printed_text"]]
    assert join(read[-vector["threshold"] :]) == secret
    assert kdf.digest(b"suar:share:" + secret)[:4] == checksum


def test_the_field_of_shares_is_the_one_of_the_standard():
    for one, other, product in VECTORS["gf256"]["products"]:
        assert recovery.gf_times(int(one, 16), int(other, 16)) == int(product, 16)


@pytest.mark.parametrize("vector", VECTORS["totp"]["codes"])
def test_one_time_codes_are_those_of_the_rfc(vector):
    secret = VECTORS["totp"]["secret_text"].encode()
    moment = datetime.fromtimestamp(vector["seconds"], UTC)
    assert totp.step_at(moment) == vector["step"]
    assert totp.code_at(secret, vector["step"]) == vector["code_text"] == vector["eight_text"][2:]
    assert totp.matches(secret, vector["code_text"], at=moment, used_step=None) == vector["step"]


@each("ed25519")
def test_a_signature_is_the_one_of_the_rfc(vector):
    private, public, message, signature = raw(vector, "private", "public", "message", "signature")
    pair = SignPair.from_private(private)
    assert (pair.public, pair.sign(message)) == (public, signature)
    assert verify_signature(public, message, signature)


@each("boxes")
def test_a_sealed_box_opens(vector):
    private, public, plaintext, sealed = raw(vector, "private", "public", "plaintext", "sealed")
    pair = BoxPair.from_private(private)
    assert (pair.public, pair.open(sealed)) == (public, plaintext)


@each("streams")
def test_a_sealed_file_opens(vector):
    key, private, sealed = raw(vector, "key", "private", "sealed")
    opened = io.BytesIO()
    opener = key or BoxPair.from_private(private)
    open_file(opener, io.BytesIO(sealed), opened, label=vector["label_text"])
    assert opened.getvalue().decode() == vector["plaintext_text"]


@each("digests")
def test_a_digest_is_sha_256(vector):
    assert kdf.digest(vector["text"].encode()).hex() == vector["sha256"]


@each("macs")
def test_a_mac_is_keyed_blake2b(vector):
    key, expected = raw(vector, "key", "mac")
    content = vector["content_text"].encode()
    assert kdf.mac(key, content) == expected
    assert hashlib.blake2b(content, key=key, digest_size=32).digest() == expected


@each("token_digests")
def test_a_token_is_kept_as_its_digest(vector):
    assert kdf.token_digest(vector["token_text"]).hex() == vector["digest"]
