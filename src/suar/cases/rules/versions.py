"""Versions of keyed documents: a correction is another document that names the one it replaces. Pure."""

from collections.abc import Mapping
from typing import Protocol, TypeVar
from uuid import UUID


class Versioned(Protocol):
    """A version of something; the one that it `replaces` stays readable."""

    @property
    def replaces(self) -> UUID | None: ...
    @property
    def undone(self) -> bool: ...


Version = TypeVar("Version", bound=Versioned)


def current_versions(versions: Mapping[str, Version]) -> dict[str, Version]:
    """Return the versions that no other replaces; one that was undone replaces nothing.

    Source: own design, docs/decisions/cases.md, 'corrections keep both versions'.
    """
    standing = {key: version for key, version in versions.items() if not version.undone}
    replaced = {f"{version.replaces}" for version in standing.values()}
    return {key: version for key, version in standing.items() if key not in replaced}


def former_versions(versions: Mapping[str, Version], key: str) -> list[tuple[str, Version]]:
    """Return the earlier versions of one, newest first, with their keys.

    Source: own design, docs/decisions/cases.md, 'corrections keep both versions'.
    """
    former = []
    while (earlier := f"{versions[key].replaces}") in versions:
        former.append((earlier, versions[earlier]))
        key = earlier
    return former


def newest_version(versions: Mapping[str, Versioned], key: str) -> str:
    """Return the key of the version that stands now in place of one.

    Source: own design, docs/decisions/cases.md, 'corrections keep both versions'.
    """
    replacing = {f"{version.replaces}": newer for newer, version in versions.items() if not version.undone}
    while key in replacing:
        key = replacing[key]
    return key
