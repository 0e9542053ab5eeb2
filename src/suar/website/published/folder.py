"""The folder of a static copy: the files for web hosts, and a swap, so that no partial copy is served."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.template.loader import render_to_string

from suar.website import headers

MARK = "site.json"
KIND = "published copy of a public door"
"""Marks a folder as a published copy; the value never changes, because older copies have it."""
HOST_FILES = {"_headers": "_headers.txt", ".htaccess": "htaccess.txt", "nginx-headers.conf": "nginx.txt"}
"""Headers in the formats of Netlify and Cloudflare Pages, Apache, and nginx, with their templates."""
OWN_SCRIPT = ("trusted-types 'none'", "trusted-types kept")
"""A copy may register one script: its service worker."""
FILE_MODE, FOLDER_MODE = 0o644, 0o755
"""A web server of another user has to read them; everything in them is public."""


class NotACopy(RuntimeError):
    """The folder is not a published copy and must not be replaced."""


def page_headers(*, recordings: bool = False) -> dict[str, str]:
    """Return the headers of every file: those of the public site."""
    policy = headers.policy_for(headers.PUBLIC[headers.POLICY], headers.AUDIO if recordings else "")
    return {**headers.PUBLIC, headers.POLICY: policy.replace(*OWN_SCRIPT)}


def host_files(day: date, *, recordings: bool) -> dict[str, bytes]:
    """Return the files that web hosts read, and the mark of the folder."""
    context = {
        "headers": page_headers(recordings=recordings).items(),
        "revalidate": "no-cache",
        "one_year": "public, max-age=31536000, immutable",
    }
    files: dict[str, str] = {
        name: render_to_string(f"website/published/hosts/{path}", context) for name, path in HOST_FILES.items()
    }
    files[MARK] = json.dumps({"kind": KIND, "day": day.isoformat()}) + "\n"
    return {name: text.encode() for name, text in files.items()}


def check_folder(place: Path) -> None:
    """Raise NotACopy for a place that must not be replaced."""
    if place.is_symlink():
        raise NotACopy(f"{place} is a link: name the folder that it leads to")
    if place.exists() and not place.is_dir():
        raise NotACopy(f"{place} is not a folder")
    if place.exists() and any(place.iterdir()) and not _is_copy(place):
        raise NotACopy(f"{place} is not empty and not a published copy: nothing was touched")


def write_folder(files: Mapping[str, bytes], place: Path) -> None:
    """Write every file into a new folder, then swap it with the old one, which comes back if that fails."""
    check_folder(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{place.name}-new-", dir=place.parent))
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}-old-", dir=place.parent)) / "copy"
    try:
        for name, content in files.items():
            _write_file(new, name, content)
        new.chmod(FOLDER_MODE)
        if place.exists():
            place.rename(old)
        new.rename(place)
    finally:
        if old.exists() and not place.exists():
            old.rename(place)
        # Also after Ctrl-C: a partial copy beside the place would be served.
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old.parent, ignore_errors=True)


def _write_file(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise NotACopy(f"{name} leads out of the folder")
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(FOLDER_MODE)
    path.write_bytes(content)
    path.chmod(FILE_MODE)


def _is_copy(place: Path) -> bool:
    try:
        return bool(json.loads((place / MARK).read_text("utf-8"))["kind"] == KIND)
    except (OSError, ValueError, KeyError, TypeError):
        return False
