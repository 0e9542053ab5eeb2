"""Files that lie beside a letter: sealed in a stream under a key that comes from the letter's.

Whoever opens the letter opens the file, and where the keys of a letter are destroyed its file is
closed as well. A file is padded before, so that its length is told only in steps of an eighth.
"""

import io
import json
from dataclasses import asdict

from suar.contact.models import Letter, Piece
from suar.contact.rules.files import PIECE_BYTES
from suar.contact.terms import FileFacts, FileKind
from suar.crypto import kdf, streams, values
from suar.crypto.boxes import BoxPair
from suar.crypto.secret import SealBroken


def enclose(letter: Letter, own: bytes, content: bytes) -> None:
    """Seal a file beside a letter whose key is `own`; it never lies anywhere in clear."""
    sealed = io.BytesIO()
    source = io.BytesIO(values.pad(content))
    streams.seal_file(_key(own), source, sealed, label=_label(letter))
    sealed.seek(0)
    pieces = iter(lambda: sealed.read(PIECE_BYTES), b"")
    Piece.objects.bulk_create(Piece(letter=letter, number=number, sealed=piece) for number, piece in enumerate(pieces))


def opened(letter: Letter, sealed_key: bytes, box: BoxPair) -> bytes | None:
    """Open the file beside a letter; None when its bytes were altered, cut or belong elsewhere."""
    pieces = Piece.objects.filter(letter=letter).order_by("number")
    source = io.BytesIO(b"".join(bytes(each.sealed) for each in pieces))
    found = io.BytesIO()
    try:
        streams.open_file(_key(box.open(sealed_key)), source, found, label=_label(letter))
        return values.unpad(found.getvalue())
    except SealBroken:
        return None


def written(facts: FileFacts) -> str:
    """Write what is sealed in the letter of a file."""
    return json.dumps(asdict(facts), ensure_ascii=False)


def read(words: str) -> FileFacts:
    """Read what was sealed in the letter of a file."""
    told = json.loads(words)
    return FileFacts(FileKind(told["kind"]), told["size"], told["name"])


def _key(own: bytes) -> bytes:
    return kdf.subkey(own, purpose="file of a letter")


def _label(letter: Letter) -> str:
    return f"voice|{letter.request_id}|{letter.id}"
