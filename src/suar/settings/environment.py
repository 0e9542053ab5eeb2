"""What the surroundings tell a process, read once; what is missing or wrong stops the start."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

COUNTRY = re.compile(r"[A-Z]{2}\Z")
HSDS_VERSIONS = ("3.0", "3.1")
MEGABYTES = re.compile(r"[0-9]{1,6}\Z")
ROOM_FOR_FILES_MB = 1000
"""More than one connection can bring in the 48 hours after which a desk closes by itself."""
LEAST_ROOM_MB = 10
HEX_KEY = re.compile(r"[0-9a-fA-F]{64}\Z")
T = TypeVar("T", bound=StrEnum)
DEMO_PUBLIC = "http://127.0.0.1:8000"
DEMO_STAFF = "http://localhost:8001"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class SettingsMissing(Exception):
    """A setting is missing or wrong; the message names it and never shows a secret."""


class Door(StrEnum):
    """Which side of the house a process serves."""

    PUBLIC = "public"
    STAFF = "staff"
    JOBS = "jobs"
    ALL = "all"


class Mode(StrEnum):
    """How much a process may bend: only `demo` reads a moved clock, only `test` has cheap keys."""

    DEMO = "demo"
    RUN = "run"
    TEST = "test"


@dataclass(frozen=True)
class Environment:
    """The typed reading of every SUAR_ variable."""

    mode: Mode
    door: Door
    data: Path
    keys: Path
    database_url: str
    public_hosts: tuple[str, ...]
    staff_hosts: tuple[str, ...]
    public_origin: str
    staff_origin: str
    behind_proxy: bool
    time_zone: str
    exit_url: str
    country: str
    police_talks: bool
    hsds_version: str
    room_for_files_mb: int

    @property
    def hosts(self) -> list[str]:
        """List the host names that this process answers to."""
        if self.door is Door.PUBLIC:
            return list(self.public_hosts)
        if self.door is Door.STAFF:
            return list(self.staff_hosts)
        return [*self.public_hosts, *self.staff_hosts]

    def secret_key(self) -> str:
        """Read the key that signs short-lived form tokens."""
        return read_key(self.keys / "secret.key")

    def database_key(self) -> str:
        """Read the 64 hex digits that open the database file."""
        key = read_key(self.keys / "db.key")
        if not HEX_KEY.match(key):
            raise SettingsMissing("db.key must hold 64 hex digits and nothing else")
        return key


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read and check the surroundings of this process.

    Outside `run`, hosts and origins have the values of the demonstration. Raises SettingsMissing.
    """
    mode = _one_of(Mode, variables, "SUAR_MODE")
    strict = mode is Mode.RUN
    local = "" if strict else ",".join(LOCAL_HOSTS)
    return Environment(
        mode=mode,
        door=_one_of(Door, variables, "SUAR_DOOR"),
        data=_folder(variables, "SUAR_DATA"),
        keys=_folder(variables, "SUAR_KEYS"),
        database_url=variables.get("DATABASE_URL", ""),
        public_hosts=_hosts(variables, "SUAR_PUBLIC_HOSTS", local),
        staff_hosts=_hosts(variables, "SUAR_STAFF_HOSTS", local),
        public_origin=_origin(variables, "SUAR_PUBLIC_ORIGIN", "" if strict else DEMO_PUBLIC),
        staff_origin=_origin(variables, "SUAR_STAFF_ORIGIN", "" if strict else DEMO_STAFF),
        behind_proxy=_switch(variables, "SUAR_BEHIND_PROXY"),
        time_zone=variables.get("SUAR_TIME_ZONE", "Asia/Jakarta"),
        exit_url=_exit_url(variables, "SUAR_EXIT_URL"),
        country=_country(variables, "SUAR_COUNTRY"),
        police_talks=_switch(variables, "SUAR_POLICE_TALKS"),
        hsds_version=_hsds_version(variables, "SUAR_HSDS_VERSION"),
        room_for_files_mb=_megabytes(variables, "SUAR_ROOM_FOR_FILES_MB"),
    )


def read_key(path: Path) -> str:
    """Read one key file; refuse a missing one, an empty one and one that others may read."""
    try:
        loose = stat.S_IMODE(path.stat().st_mode) & 0o077
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        raise SettingsMissing(f"{path.name} is not in the SUAR_KEYS folder") from None
    if loose:
        raise SettingsMissing(f"{path.name} may be read by others: set its mode to 0600")
    if not text:
        raise SettingsMissing(f"{path.name} is empty")
    return text


def postgres_settings(url: str) -> dict[str, Any]:
    """Turn postgres://user:password@host:port/name?option=value into Django's settings."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise SettingsMissing("DATABASE_URL must look like postgres://user@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _one_of(kind: type[T], variables: Mapping[str, str], name: str) -> T:
    try:
        return kind(variables.get(name, ""))
    except ValueError:
        raise SettingsMissing(f"{name} must be one of: {', '.join(kind)}") from None


def _folder(variables: Mapping[str, str], name: str) -> Path:
    if not variables.get(name):
        raise SettingsMissing(f"{name} must name a folder")
    path = Path(variables[name])
    if not path.is_absolute() or not path.is_dir():
        raise SettingsMissing(f"{name} must be an existing folder with its full path")
    return path


def _hosts(variables: Mapping[str, str], name: str, otherwise: str) -> tuple[str, ...]:
    hosts = tuple(filter(None, map(str.strip, variables.get(name, otherwise).split(","))))
    if not hosts or "*" in hosts:
        raise SettingsMissing(f"{name} must list the host names, with commas and without *")
    return hosts


def _origin(variables: Mapping[str, str], name: str, otherwise: str) -> str:
    origin = variables.get(name, otherwise)
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise SettingsMissing(f"{name} must look like https://host or https://host:port")
    return origin


def _exit_url(variables: Mapping[str, str], name: str) -> str:
    """Read where the leave-quickly control goes; empty means a neutral page of this host."""
    address = variables.get(name, "")
    if address and not address.startswith("https://"):
        raise SettingsMissing(f"{name} must begin with https://")
    return address


def _country(variables: Mapping[str, str], name: str) -> str:
    """Read the country a house works in, whose sentences are heard before a yes."""
    value = variables.get(name, "ID")
    if not COUNTRY.match(value):
        raise SettingsMissing(f"{name} must be two capital letters, such as ID")
    return value


def _hsds_version(variables: Mapping[str, str], name: str) -> str:
    """Read which version of HSDS is named to other systems; what is served is valid in each."""
    value = variables.get(name, HSDS_VERSIONS[-1])
    if value not in HSDS_VERSIONS:
        raise SettingsMissing(f"{name} must be one of: {', '.join(HSDS_VERSIONS)}")
    return value


def _megabytes(variables: Mapping[str, str], name: str) -> int:
    """Read how much room files have."""
    value = variables.get(name, str(ROOM_FOR_FILES_MB))
    if not MEGABYTES.match(value) or int(value) < LEAST_ROOM_MB:
        raise SettingsMissing(f"{name} must be a whole number from {LEAST_ROOM_MB} to 999999")
    return int(value)


def _switch(variables: Mapping[str, str], name: str) -> bool:
    value = variables.get(name, "0")
    if value not in ("0", "1"):
        raise SettingsMissing(f"{name} must be 0 or 1")
    return value == "1"
