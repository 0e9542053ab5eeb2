"""Passkeys as a second factor: after the password, never instead of it.

They are found by the device itself, so that the options for signing in name no account and are
the same for everybody. Source: security.md 3.3 and 3.9; W3C Web Authentication, level 2.
"""

import json
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
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
from suar.accounts.challenges import is_good, new_challenge, spend
from suar.accounts.factors import Prove
from suar.accounts.models import Passkey, Worker
from suar.accounts.terms import Factor
from suar.core.refusals import Refused
from suar.crypto.kdf import DerivedKeys

SIGN_IN = "sign-in"
UNFIT = (WebAuthnException, ValueError, TypeError, KeyError)
"""What a made-up or broken answer may raise while it is read."""


def creation_options(worker: Worker, *, at: datetime) -> str:
    """Give what a browser needs to make a passkey for a worker, as JSON."""
    known = Passkey.objects.filter(worker=worker).values_list("credential", flat=True)
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(),
        rp_name="Suar",
        user_id=worker.id.bytes,
        user_name=worker.name,
        challenge=new_challenge(_enrolling(worker), at=at),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(each)) for each in known],
    )
    return webauthn.options_to_json(options)


def sign_in_options(*, at: datetime) -> str:
    """Give what a browser needs to answer with any passkey it has for us, as JSON."""
    challenge = new_challenge(SIGN_IN, at=at)
    return webauthn.options_to_json(webauthn.generate_authentication_options(rp_id=_rp_id(), challenge=challenge))


@transaction.atomic
def add(worker: Worker, answer: str, *, at: datetime) -> None:
    """Keep the passkey a browser has made; raises Refused("passkey") when anything is wrong."""
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
    if not (is_good(challenge, _enrolling(worker), at=at) and spend(challenge)):
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
    factors.chosen(worker, Factor.PASSKEY, at=at)


def prove_by_passkey(answer: str) -> Prove:
    """Take the answer of one of the worker's own passkeys to a challenge of ours."""

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
    if row is None or not is_good(challenge, SIGN_IN, at=at):
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
    return spend(challenge)


def _challenge_in(answer: str) -> bytes:
    """Read which challenge an answer is for; whether it is ours is asked afterwards."""
    told = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
    return base64url_to_bytes(told["challenge"])


def _enrolling(worker: Worker) -> str:
    return f"enrol|{worker.id}"


def _rp_id() -> str:
    return urlsplit(settings.SUAR_STAFF_ORIGIN).hostname or ""
