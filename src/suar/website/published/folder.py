"""Write a copy into a new folder and swap it in, so that no half copy is ever served."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from suar.website.published.hosting import KIND, MARK

FILE_MODE, FOLDER_MODE = 0o644, 0o755
"""A web server of another user has to read them; there is nothing in them that is not public."""


class NotOurs(RuntimeError):
    """The folder holds something that is no copy of ours."""


def check_folder(place: Path) -> None:
    """Refuse a place that must not be replaced; raises NotOurs."""
    if place.is_symlink():
        raise NotOurs(f"{place} is a link: name the folder that it leads to")
    if not place.exists():
        return
    if not place.is_dir():
        raise NotOurs(f"{place} is not a folder")
    if any(place.iterdir()) and not _is_copy(place):
        raise NotOurs(f"{place} is not empty and not a published copy: nothing was touched")


def write_folder(files: Mapping[str, bytes], place: Path) -> None:
    """Write every file into a new folder, then put it in the place of the old one."""
    check_folder(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{place.name}-new-", dir=place.parent))
    try:
        for name, content in files.items():
            _write_one(new, name, content)
        new.chmod(FOLDER_MODE)
        _swap(new, place)
    except BaseException:
        # Also when Ctrl-C stops it: a half copy beside the place would be found and served.
        shutil.rmtree(new, ignore_errors=True)
        raise


def _write_one(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise NotOurs(f"{name} leads out of the folder")
    path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    path.parent.chmod(FOLDER_MODE)
    path.write_bytes(content)
    path.chmod(FILE_MODE)


def _swap(new: Path, place: Path) -> None:
    """Delete the old copy after the new one is in place."""
    if not place.exists():
        new.rename(place)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}-old-", dir=place.parent))
    place.rename(old / "copy")
    try:
        new.rename(place)
    except OSError:
        (old / "copy").rename(place)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _is_copy(place: Path) -> bool:
    try:
        return bool(json.loads((place / MARK).read_text("utf-8"))["kind"] == KIND)
    except (OSError, ValueError, KeyError, TypeError):
        return False
