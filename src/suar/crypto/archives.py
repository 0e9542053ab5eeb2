"""Archives that open without Suar: ZIP with AES-256 (WinZip AE-2) under a password that Suar makes.

Names of files are readable in such an archive, and one weak password opens all of it. So the outer archive holds one
inner archive under a neutral name, and only passwords made here are taken: 96 random bits, because the format derives
its key with only 1,000 rounds.

Source: WinZip, AES Encryption Information, 2009; own design, docs/decisions/crypto-formats.md
"""

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile

from pyzipper import WZ_AES, AESZipFile

from suar.crypto.recovery import Mistyped, print_groups, read_groups

INNER_NAME = "file.zip"
_PASSWORD_BYTES = 12
_KIND = "archive"


def new_password(secret: bytes) -> str:
    """Return the password that a random or keyed secret gives: seven groups of four characters with `-` between."""
    return print_groups(secret[:_PASSWORD_BYTES], kind=_KIND)


def is_password(text: str) -> bool:
    """Return True for a text that `new_password` can have returned, exactly as it was written."""
    try:
        return print_groups(read_groups(text, length=_PASSWORD_BYTES, kind=_KIND), kind=_KIND) == text
    except Mistyped:
        return False


def encrypt_files(files: Mapping[str, bytes], password: str) -> bytes:
    """Return an encrypted archive of files by name; raises ValueError for a password that was not made here."""
    if not is_password(password):
        raise ValueError("not a password of an archive")
    inner, outer = io.BytesIO(), io.BytesIO()
    with ZipFile(inner, "w", ZIP_DEFLATED) as inner_archive:
        for name, content in files.items():
            inner_archive.writestr(name, content)
    with AESZipFile(outer, "w") as outer_archive:
        outer_archive.setpassword(password.encode())
        outer_archive.setencryption(WZ_AES, nbits=256, force_wz_aes_version=2)
        outer_archive.writestr(INNER_NAME, inner.getvalue())
    return outer.getvalue()
