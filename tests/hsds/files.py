"""Files for the tests of reading: official ones, and small ones made here."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

OFFICIAL = Path(__file__).parent / "fixtures" / "hsds"
JSON_FILES = sorted(OFFICIAL.rglob("*.json"))
CSV_FOLDERS = [OFFICIAL / "3.0" / "csv", OFFICIAL / "3.1-dev" / "csv"]


def an_id(name: str) -> str:
    """Return the id of a name, always the same."""
    return str(uuid5(UUID(int=0), name))


def service(name: str = "bed", **more: Any) -> dict[str, Any]:
    """Return the smallest valid service."""
    return {"id": an_id(name), "name": f"Invented {name}", "status": "active", **more}


def provider(*services: Mapping[str, Any], name: str = "house", **more: Any) -> dict[str, Any]:
    """Return a provider with its services."""
    content = {"id": an_id(name), "name": f"Invented {name}", "description": "Invented."}
    return {**content, "services": list(services), **more}


def as_json(*entries: Mapping[str, Any], **envelope: Any) -> bytes:
    """Return a page of entries as JSON."""
    return json.dumps({**envelope, "contents": list(entries)}).encode()


def as_zip(files: Mapping[str, str | bytes], **how: Any) -> bytes:
    """Return a zip of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, **how)
    return buffer.getvalue()


def folder_as_zip(folder: Path, inside: str = "") -> bytes:
    """Return a zip of the CSV files of a folder."""
    return as_zip({inside + path.name: path.read_bytes() for path in folder.glob("*.csv")})
