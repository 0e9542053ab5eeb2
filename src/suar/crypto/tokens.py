"""Tokens for links: 128 random bits, of which only the digest is stored."""

import secrets

from suar.crypto.derivation import digest


def new_token() -> str:
    """Make a random token of 22 signs that may stand in a URL."""
    return secrets.token_urlsafe(16)


def token_digest(token: str) -> bytes:
    """Give what is stored to know the token again: its SHA-256, 32 bytes, for any text typed."""
    return digest(token.encode("utf-8", "surrogatepass"))
