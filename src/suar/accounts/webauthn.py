"""Passkeys as a second factor: after the password, never instead of it.

The device finds them itself, so that the options for signing in name no account and are the same for everybody. A
challenge carries its own end and a signature: asking for one writes nothing. Only an answered one leaves a row.
Source: security.md 3.3 and 3.9; W3C Web Authentication, level 2.
"""

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from suar.accounts import factors
from suar.accounts.codes import Factor
from suar.accounts.factors import Prove
from suar.accounts.models import Passkey, Worker
from suar.core.refusals import Refused
from suar.core.single_use import use_once
from suar.crypto import kdf
from suar.crypto.kdf import DerivedKeys

SIGN_IN = "sign-in"
VALID_FOR = timedelta(minutes=5)
UNFIT = (WebAuthnException, ValueError, TypeError, KeyError)
"""What a forged or broken answer may raise while it is read."""


def creation_options(worker: Worker, *, at: datetime) -> str:
    """Return what a browser needs to make a passkey for a worker, as JSON."""
    known = Passkey.objects.filter(worker=worker).values_list("credential", flat=True)
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(),
        rp_name="Suar",
        user_id=worker.id.bytes,
        user_name=worker.name,
        challenge=_new_challenge(_enrolling(worker), at=at),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(each)) for each in known],
    )
    return webauthn.options_to_json(options)


def sign_in_options(*, at: datetime) -> str:
    """Return what a browser needs to answer with any passkey it has for us, as JSON."""
    challenge = _new_challenge(SIGN_IN, at=at)
    return webauthn.options_to_json(webauthn.generate_authentication_options(rp_id=_rp_id(), challenge=challenge))


@transaction.atomic
def add_passkey(worker: Worker, answer: str, *, at: datetime) -> None:
    """Store the passkey a browser has made; raises Refused("passkey") if anything is wrong."""
    try:
        challenge = _challenge_in(answer)
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(),
            expected_origin=settings.SUAR_STAFF_ORIGIN,
        )
    except UNFIT:
        raise Refused("passkey") from None
    if not (_is_valid(challenge, _enrolling(worker), at=at) and _use_up(challenge, at=at)):
        raise Refused("passkey")
    try:
        with transaction.atomic():
            Passkey.objects.create(
                worker=worker,
                credential=made.credential_id,
                made_at=at,
                public=made.credential_public_key,
                uses=made.sign_count,
            )
    except IntegrityError:
        raise Refused("passkey") from None
    factors.record_added(worker, Factor.PASSKEY, at=at)


def prove_by_passkey(answer: str) -> Prove:
    """Return a check of an answer by one of the worker's own passkeys to a challenge of ours."""

    def prove(worker: Worker, _derived: DerivedKeys, at: datetime) -> bool:
        try:
            return _answers(worker, answer, at=at)
        except UNFIT:
            return False

    return prove


def _answers(worker: Worker, answer: str, *, at: datetime) -> bool:
    challenge = _challenge_in(answer)
    credential = base64url_to_bytes(json.loads(answer)["rawId"])
    row = Passkey.objects.select_for_update().filter(worker=worker, credential=credential).first()
    if row is None or not _is_valid(challenge, SIGN_IN, at=at):
        return False
    found = webauthn.verify_authentication_response(
        credential=answer,
        expected_challenge=challenge,
        expected_rp_id=_rp_id(),
        expected_origin=settings.SUAR_STAFF_ORIGIN,
        credential_public_key=bytes(row.public),
        credential_current_sign_count=row.uses,
    )
    Passkey.objects.filter(id=row.id).update(uses=found.new_sign_count)
    return _use_up(challenge, at=at)


def _challenge_in(answer: str) -> bytes:
    """Read which challenge an answer is for; whether it is ours is checked afterwards."""
    told = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
    return base64url_to_bytes(told["challenge"])


def _enrolling(worker: Worker) -> str:
    return f"enrol|{worker.id}"


def _rp_id() -> str:
    return urlsplit(settings.SUAR_STAFF_ORIGIN).hostname or ""


def _new_challenge(purpose: str, *, at: datetime) -> bytes:
    """Make a challenge for one purpose."""
    expires = int((at + VALID_FOR).timestamp())
    return _signer(purpose).sign(f"{expires}.{kdf.new_token()}").encode()


def _is_valid(challenge: bytes, purpose: str, *, at: datetime) -> bool:
    """Return True if we made this challenge for this purpose and it has not expired."""
    try:
        expires = _signer(purpose).unsign(challenge.decode()).partition(".")[0]
    except (signing.BadSignature, UnicodeDecodeError):
        return False
    return at.timestamp() < int(expires)


def _use_up(challenge: bytes, *, at: datetime) -> bool:
    """Use a challenge up; False if it was used before."""
    return use_once(kdf.digest(challenge), expires_at=at + VALID_FOR) is None


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"suar.webauthn.{purpose}")
