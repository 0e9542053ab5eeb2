"""Second factors: an authenticator app, a printed sheet of one-time codes, and passkeys.

The secret of the app and the key of the sheet are wrapped by the password key, so that an attacker with the database
can neither make nor try codes. Passkeys come after the password, never instead of it: the device finds them itself, so
that the options for signing in name no account and are the same for everybody. A challenge carries its own end and a
signature: asking for one writes nothing, only an answered one leaves a row.
Source: security.md 3.3 and 3.9; W3C Web Authentication, level 2.
"""

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from webauthn.helpers import base64url_to_bytes, structs
from webauthn.helpers.exceptions import WebAuthnException

from suar.accounts import policy
from suar.accounts.acting import Acting, act
from suar.accounts.codes import Factor, WorkerState
from suar.accounts.models import Passkey, SheetCode, Worker
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.core.refusals import NotYours, Refused
from suar.core.single_use import use_once
from suar.crypto import kdf, totp, values
from suar.crypto.kdf import DerivedKeys

FactorCheck = Callable[[Worker, DerivedKeys, datetime], bool]
PASSWORD_WRAPS = ("totp", "sheet_key")
"""Columns of a worker whose content only the password opens."""
SHEET_CODES, SHEET_DIGITS = 40, 8
SIGN_IN = "sign-in"
VALID_FOR = timedelta(minutes=5)
PASSKEY_ERRORS = (WebAuthnException, ValueError, TypeError, KeyError)
"""Errors that a forged or malformed answer raises while it is parsed."""


def usable_factors(worker: UUID) -> dict[Factor, int]:
    """Return the factors that a worker can still use, and how many codes or passkeys of each."""
    counts = {
        Factor.APP: Worker.objects.filter(id=worker, totp__isnull=False).count(),
        Factor.SHEET: SheetCode.objects.filter(worker=worker, used_at=None).count(),
        Factor.PASSKEY: Passkey.objects.filter(worker=worker).count(),
    }
    return {factor: count for factor, count in counts.items() if count}


@act("add_factor", needs=Permission.SEE_OWN_DAY)
def add_app(worker: Worker, secret: bytes, *, used_step: int | None, derived: DerivedKeys, by: Acting) -> None:
    """Store the secret of an authenticator under the password, in place of the one before."""
    seal_secret(worker, "totp", secret, derived)
    worker.totp_step = used_step
    worker.save(update_fields=["totp", "totp_step"])
    _record_added(worker, Factor.APP, by=by)


def check_app_code(secret: bytes, code: str, *, at: datetime) -> int:
    """Return the step of a right first code of an app; raises Refused("app_code")."""
    step = totp.matches(secret, code, at=at, used_step=None)
    if step is None:
        raise Refused("app_code")
    return step


@act("add_factor", needs=Permission.SEE_OWN_DAY, once=False)
def new_sheet(worker: Worker, *, derived: DerivedKeys, by: Acting) -> list[str]:
    """Make forty one-time codes in place of the sheet before; shown once, stored as digests."""
    key = kdf.random_key()
    codes = [f"{secrets.randbelow(10**SHEET_DIGITS):0{SHEET_DIGITS}d}" for _ in range(SHEET_CODES)]
    seal_secret(worker, "sheet_key", key, derived)
    worker.save(update_fields=["sheet_key"])
    SheetCode.objects.filter(worker=worker).delete()
    SheetCode.objects.bulk_create(
        SheetCode(worker=worker, number=number, digest=sheet_digest(key, code)) for number, code in enumerate(codes, 1)
    )
    _record_added(worker, Factor.SHEET, by=by)
    return codes


@act("add_factor", needs=Permission.SEE_OWN_DAY)
def add_passkey(worker: Worker, answer: str, *, by: Acting) -> None:
    """Store the passkey a browser has made; raises Refused("passkey") if anything is wrong."""
    try:
        challenge = _read_challenge(answer)
        credential = webauthn.verify_registration_response(credential=answer, **_expected_values(challenge))
    except PASSKEY_ERRORS:
        raise Refused("passkey") from None
    if not (_is_valid(challenge, _enrolling(worker), at=by.at) and _use_up(challenge, at=by.at)):
        raise Refused("passkey")
    row = Passkey(worker=worker, credential=credential.credential_id, made_at=by.at)
    row.public, row.uses = credential.credential_public_key, credential.sign_count
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused("passkey") from None
    _record_added(worker, Factor.PASSKEY, by=by)


@act("remove_factor", needs=Permission.SEE_OWN_DAY)
def remove(factor: Factor, *, by: Acting) -> None:
    """Take a lost factor of one's own out of use; raises Refused for the last one."""
    worker = Worker.objects.select_for_update().get(id=by.worker)
    policy.may_remove_factor(frozenset(usable_factors(worker.id)), factor).enforce()
    _remove(worker, factor)
    by.entry.about, by.entry.because = [worker.id], factor


def remove_all(worker: Worker) -> None:
    """Take every factor out of use; the caller saves what else it changes and writes the entry."""
    for factor in Factor:
        _remove(worker, factor)


def code_check(typed: str) -> FactorCheck:
    """Return a check of a code of the worker's authenticator, or of their printed sheet."""
    code = "".join(character for character in typed if character.isdecimal())
    return partial(_use_sheet_code if len(code) == SHEET_DIGITS else _use_app, code)


def passkey_check(answer: str) -> FactorCheck:
    """Return a check of an answer by one of the worker's own passkeys to a challenge of ours."""
    return partial(_use_passkey, answer)


def sheet_digest(key: bytes, code: str) -> bytes:
    """Digest a sheet code under the sheet's key, which only the password opens."""
    return kdf.mac(kdf.subkey(key, purpose="sheet"), code.encode())


def seal_secret(worker: Worker, name: str, secret: bytes, derived: DerivedKeys) -> None:
    """Seal a secret of a worker under their password (not saved)."""
    setattr(worker, name, values.wrap(derived.wrapping, secret, label=f"{name}|{worker.id}"))


def open_secret(worker: Worker, name: str, derived: DerivedKeys) -> bytes | None:
    """Open what `seal_secret` sealed, or None."""
    sealed = getattr(worker, name)
    return sealed and values.unwrap(derived.wrapping, bytes(sealed), label=f"{name}|{worker.id}")


def _record_added(worker: Worker, factor: Factor, *, by: Acting) -> None:
    """Name the factor in the audit entry; the first one makes an invited worker active."""
    by.entry.about, by.entry.because = [worker.id], factor
    if worker.state == WorkerState.INVITED:
        # The row may be stale: a worker who was disabled in the meantime stays disabled.
        invited = Worker.objects.filter(id=worker.id, state=WorkerState.INVITED)
        if not invited.update(state=WorkerState.ACTIVE, invitation=None, invited_until=None):
            raise NotYours
        worker.state = WorkerState.ACTIVE
        audit.record("activate", by=worker.id, at=by.at, about=[worker.id])


def _remove(worker: Worker, factor: Factor) -> None:
    if factor is Factor.PASSKEY:
        Passkey.objects.filter(worker=worker).delete()
        return
    if factor is Factor.SHEET:
        SheetCode.objects.filter(worker=worker).delete()
    column = "totp" if factor is Factor.APP else "sheet_key"
    setattr(worker, column, None)
    worker.save(update_fields=[column])


def _use_app(code: str, worker: Worker, derived: DerivedKeys, at: datetime) -> bool:
    secret = open_secret(worker, "totp", derived)
    step = totp.matches(secret, code, at=at, used_step=worker.totp_step) if secret else None
    if step is None:
        return False
    unused = Worker.objects.filter(id=worker.id).exclude(totp_step__gte=step)
    return unused.update(totp_step=step) == 1


def _use_sheet_code(code: str, worker: Worker, derived: DerivedKeys, at: datetime) -> bool:
    key = open_secret(worker, "sheet_key", derived)
    if key is None:
        return False
    rows = SheetCode.objects.filter(worker=worker, digest=sheet_digest(key, code), used_at=None)
    return rows.update(used_at=at) == 1


# Passkeys


def creation_options(worker: Worker, *, at: datetime) -> str:
    """Return what a browser needs to make a passkey for a worker, as JSON."""
    known = Passkey.objects.filter(worker=worker).values_list("credential", flat=True)
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(),
        rp_name="Suar",
        user_id=worker.id.bytes,
        user_name=worker.name,
        challenge=_new_challenge(_enrolling(worker), at=at),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=bytes(credential)) for credential in known],
    )
    return webauthn.options_to_json(options)


def sign_in_options(*, at: datetime) -> str:
    """Return what a browser needs to answer with any passkey it has for us, as JSON."""
    challenge = _new_challenge(SIGN_IN, at=at)
    return webauthn.options_to_json(webauthn.generate_authentication_options(rp_id=_rp_id(), challenge=challenge))


def _use_passkey(answer: str, worker: Worker, _derived: DerivedKeys, at: datetime) -> bool:
    try:
        challenge = _read_challenge(answer)
        credential = base64url_to_bytes(json.loads(answer)["rawId"])
        row = Passkey.objects.select_for_update().filter(worker=worker, credential=credential).first()
        if row is None or not _is_valid(challenge, SIGN_IN, at=at):
            return False
        verified = webauthn.verify_authentication_response(
            credential=answer,
            credential_public_key=bytes(row.public),
            credential_current_sign_count=row.uses,
            **_expected_values(challenge),
        )
    except PASSKEY_ERRORS:
        return False
    Passkey.objects.filter(id=row.id).update(uses=verified.new_sign_count)
    return _use_up(challenge, at=at)


def _expected_values(challenge: bytes) -> dict[str, Any]:
    origin = settings.SUAR_STAFF_ORIGIN
    return {"expected_challenge": challenge, "expected_rp_id": _rp_id(), "expected_origin": origin}


def _read_challenge(answer: str) -> bytes:
    """Read which challenge an answer is for; whether it is ours is checked afterwards."""
    client_data = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
    return base64url_to_bytes(client_data["challenge"])


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
