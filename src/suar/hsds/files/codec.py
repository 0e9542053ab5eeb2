"""Parsed files as JSON, between processes and in the database."""

from pydantic import TypeAdapter

from suar.directory.documents import ParsedDirectory

_ADAPTER = TypeAdapter(ParsedDirectory)


def to_json(parsed: ParsedDirectory) -> str:
    """Return the entries as ASCII JSON."""
    return _ADAPTER.dump_json(parsed, ensure_ascii=True).decode("ascii")


def from_json(text: str) -> ParsedDirectory:
    """Return the entries of a JSON text. Raises ValueError for anything else."""
    return _ADAPTER.validate_json(text, strict=True)
