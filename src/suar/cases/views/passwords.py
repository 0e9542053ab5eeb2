"""The password of an archive between the page that shows it and the form that saves the archive."""

import secrets

from suar.accounts.http import StaffRequest
from suar.crypto.archives import new_password

SEED = "seed"
SEED_SIGNS = 32


def sent_password(request: StaffRequest) -> str:
    """Return the password that the page of this form showed; empty if the form comes from no such page.

    The form carries a seed. Only the worker's own key makes the password of it, so no form chooses a password.
    """
    seed = request.POST.get(SEED, "")
    return _password(request, seed) if len(seed) == SEED_SIGNS else ""


def offer_password(request: StaffRequest) -> dict[str, str]:
    """Return a new password to show once, and the seed that the form carries."""
    seed = secrets.token_hex(SEED_SIGNS // 2)
    return {SEED: seed, "password": _password(request, seed)}


def _password(request: StaffRequest, seed: str) -> str:
    return new_password(request.keys.form_digest(f"password of an archive|{seed}".encode()))
