"""The SUAR_ environment variables, read once and validated; a missing or wrong one stops the start."""

import re
import stat
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from environ import Env
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    DirectoryPath,
    Field,
    StringConstraints,
    ValidationError,
)

HEX_KEY = re.compile(r"[0-9a-fA-F]{64}\Z")
CONNECTION_WITHIN_S = 10
DEMO_DEFAULTS = {
    "SUAR_PUBLIC_HOSTS": "localhost,127.0.0.1,[::1]",
    "SUAR_STAFF_HOSTS": "localhost,127.0.0.1,[::1]",
    "SUAR_FILES_HOSTS": "127.0.0.1",
    "SUAR_PUBLIC_ORIGIN": "http://127.0.0.1:8000",
    "SUAR_STAFF_ORIGIN": "http://localhost:8001",
    "SUAR_FILES_ORIGIN": "http://127.0.0.1:8002",
}


class SettingsMissing(Exception):
    """A setting is missing or wrong; the message names it and never shows a secret."""


class Site(StrEnum):
    """The site that a process serves."""

    PUBLIC = "public"
    STAFF = "staff"
    FILES = "files"
    JOBS = "jobs"
    ALL = "all"


class Mode(StrEnum):
    """Only `demo` reads a shifted clock, only `test` has cheap keys."""

    DEMO = "demo"
    RUN = "run"
    TEST = "test"


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("must be a full path")
    return path


def _split_hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(filter(None, map(str.strip, value.split(","))))
    if not hosts or "*" in hosts:
        raise ValueError("must list the host names, with commas and without *")
    return hosts


def _read_switch(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return value == "1"


Folder = Annotated[DirectoryPath, AfterValidator(_absolute)]
Hosts = Annotated[tuple[str, ...], BeforeValidator(_split_hosts)]
Switch = Annotated[bool, BeforeValidator(_read_switch)]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#]+$")]


class Environment(BaseModel):
    """Every SUAR_ variable with its type, such as SUAR_DATA in `data`."""

    model_config = ConfigDict(
        frozen=True, hide_input_in_errors=True, alias_generator=lambda name: f"SUAR_{name.upper()}"
    )
    mode: Mode
    site: Site
    data: Folder
    keys: Folder
    database_url: str = Field("", alias="DATABASE_URL")
    # Connections to PostgreSQL that the threads of this process share; 0 if it has one of its own.
    database_connections: Annotated[int, Field(ge=0, le=100)] = 0
    public_hosts: Hosts
    staff_hosts: Hosts
    files_hosts: Hosts
    public_origin: Origin
    staff_origin: Origin
    files_origin: Origin
    behind_proxy: Switch = False
    time_zone: str = "Asia/Jakarta"
    exit_url: Annotated[str, StringConstraints(pattern=r"^(https://.+)?$")] = ""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "ID"
    police_talks: Switch = False
    audit_heads: Annotated[str, StringConstraints(pattern=r"^(/.+)?$")] = ""
    clamd_socket: Annotated[str, StringConstraints(pattern=r"^(/.+)?$")] = ""
    hsds_version: Literal["3.0", "3.1"] = "3.1"
    # The default is more than one connection can upload in the 48 hours after which a desk closes by itself.
    room_for_files_mb: Annotated[int, Field(ge=10, le=999_999)] = 1000

    @property
    def hosts(self) -> list[str]:
        """The host names that this process answers to."""
        own = {Site.PUBLIC: self.public_hosts, Site.STAFF: self.staff_hosts, Site.FILES: self.files_hosts}
        return [*own.get(self.site, (*self.public_hosts, *self.staff_hosts))]

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
    """Read and validate the environment of this process.

    Outside of `run`, hosts and origins default to those of the demonstration. Raises SettingsMissing.
    """
    defaults = {} if variables.get("SUAR_MODE") == Mode.RUN else DEMO_DEFAULTS
    try:
        return Environment.model_validate({**defaults, **variables})
    except ValidationError as error:
        problems = [f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors(include_input=False)]
        raise SettingsMissing("; ".join(problems)) from None


def read_key(path: Path) -> str:
    """Read a key file; raises SettingsMissing if it is missing, empty or readable by others."""
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


def postgres_settings(url: str, connections: int = 0) -> dict[str, Any]:
    """Turn postgres://user:password@host:port/name?option=value into Django's settings.

    With `connections` the threads share a pool of so many: a request waits for one, and fails after the timeout.
    """
    settings = Env.db_url_config(url) if url.startswith(("postgres://", "postgresql://")) else {}
    if not settings.get("NAME"):
        raise SettingsMissing("DATABASE_URL must look like postgres://user@host:port/name")
    settings |= {"HOST": unquote(settings["HOST"]), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if connections:
        pool = {"min_size": 1, "max_size": connections, "timeout": CONNECTION_WITHIN_S}
        settings |= {"CONN_MAX_AGE": 0, "OPTIONS": {**settings.get("OPTIONS", {}), "pool": pool}}
    return settings
