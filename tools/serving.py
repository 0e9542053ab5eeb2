"""`suar demo` and `suar run`: prepare a folder, then serve it until Ctrl-C."""

import argparse
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.folders import HOSTS, PINS, PORTS, Folder, site_variables
from tools.places import DEMO, say, stop
from tools.supervising import Ended, SiteProcess, Supervisor, end_on_signals

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SETTINGS = ("exit_url", "time_zone", "country", "hsds_version", "room_for_files_mb", "audit_heads", "clamd_socket")
"""Options of `./suar run` that are settings of the same name."""
SPAN = re.compile(r"(\d+)([dhm])\Z")
SECONDS = {"d": 86_400, "h": 3_600, "m": 60}
FARTHEST_DAYS = 3_650
SPAN_HELP = f"give a span such as 7d, 12h or 30m, at most {FARTHEST_DAYS} days in all, or 0 to come back"
WHY_LOOPBACK = """Without a proxy Suar answers only this machine: a proxy encrypts what crosses the network and \
holds back slow requests, which would block every page. Put nginx or Caddy in front (docs/go-live.md) and add \
--behind-proxy, --public-host, --staff-host and --files-host."""


@dataclass(frozen=True)
class Server:
    """Hosts and ports of the sites by their names, and how they are reached."""

    ports: Mapping[str, int]
    hosts: Mapping[str, str] = field(default_factory=HOSTS.copy)
    bind: str = "127.0.0.1"
    workers: int = 1
    tls: tuple[str, str] | None = None
    behind_proxy: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def origins(self) -> dict[str, str]:
        """Return the origins of the public site, the staff site and sent files, by their names."""
        if self.behind_proxy:
            return {site: f"https://{host}" for site, host in self.hosts.items()}
        scheme = "https" if self.tls else "http"
        return {site: f"{scheme}://{host}:{self.ports[site]}" for site, host in self.hosts.items()}

    def sites(self) -> list[SiteProcess]:
        """Return the three web processes."""
        variables = {
            **site_variables(self.hosts, self.origins),
            "SUAR_BEHIND_PROXY": str(int(self.behind_proxy)),
            **self.settings,
        }
        return [
            SiteProcess(site, self.bind, self.ports[site], self.workers, variables, self.tls) for site in self.hosts
        ]


def demo(options: argparse.Namespace) -> int:
    """Serve an invented world on this machine, with data and keys in one folder."""
    data = Path(options.data or DEMO).resolve()
    folder = Folder("demo", data, data / "keys")
    if options.reset:
        folder.remove()
    folder.make()
    folder.prepare("--people")
    return _serve(folder, Server(_ports(options)), _demo_words(folder))


def demo_code(options: argparse.Namespace) -> int:
    """Print the current second-factor code of a demonstration worker."""
    return _existing_demo(options).manage("demo_code", options.name)


def span(text: str) -> int:
    """Parse a span such as 7d, 12h or 30m into seconds; "0" is 0."""
    result = SPAN.match(text)
    if text != "0" and not result:
        raise argparse.ArgumentTypeError(SPAN_HELP)
    return int(result[1]) * SECONDS[result[2]] if result else 0


def demo_travel(options: argparse.Namespace) -> int:
    """Move the clock of the demonstration forward by a span in seconds; 0 resets it."""
    folder = _existing_demo(options)
    shift = folder.data / "clock.shift"
    if not options.span:
        shift.unlink(missing_ok=True)
        say("The demonstration world is back at the real time.")
        return 0
    after = options.span + (int(shift.read_text("ascii")) if shift.exists() else 0)
    if after > FARTHEST_DAYS * SECONDS["d"]:
        stop(SPAN_HELP, code=2)
    shift.write_text(str(after), "ascii")
    say(f"The demonstration world is now {after / 86_400:.1f} days ahead in all. Spans add up; 0 comes back.")
    return 0


def run(options: argparse.Namespace) -> int:
    """Serve real records: keys outside the data folder, and loopback only unless TLS is used."""
    folder = real_folder(options)
    server = server_of(options)
    folder.make()
    folder.prepare()
    folder.manage("setup_code", **server.sites()[1].variables)
    return _serve(folder, server, [])


def real_folder(options: argparse.Namespace) -> Folder:
    """Return the folder of real records; data and keys must not contain each other."""
    data, keys = Path(options.data).resolve(), Path(options.keys).resolve()
    if keys.is_relative_to(data) or data.is_relative_to(keys):
        stop("the keys must lie outside the data folder, so that a thief of one folder has only one")
    return Folder("run", data, keys)


def server_of(options: argparse.Namespace) -> Server:
    """Return how `./suar run` serves the sites; stop if a network could reach them without a proxy in front."""
    tls = (options.tls_cert, options.tls_key) if options.tls_cert and options.tls_key else None
    is_encrypted = bool(tls) or options.behind_proxy
    named = {site: getattr(options, f"{site}_host") for site in HOSTS}
    hosts, bind = {site: named[site] or host for site, host in HOSTS.items()}, options.bind or "127.0.0.1"
    if is_encrypted and not all(named.values()):
        stop("--public-host, --staff-host and --files-host are required: the host names of the sites and of sent files")
    is_local = {*hosts.values()} <= set(LOOPBACK)
    if (not options.behind_proxy and bind not in LOOPBACK) or not (is_encrypted or is_local):
        stop(WHY_LOOPBACK)
    if hosts["staff"] in (hosts["public"], hosts["files"]) or (is_encrypted and hosts["public"] == hosts["files"]):
        stop("the two sites and sent files need three host names, because one host name shares cookies")
    settings = {f"SUAR_{name.upper()}": str(getattr(options, name)) for name in SETTINGS}
    settings["SUAR_POLICE_TALKS"] = str(int(options.police_talks))
    return Server(
        _ports(options),
        hosts,
        bind=bind,
        workers=options.workers,
        tls=tls,
        behind_proxy=options.behind_proxy,
        settings=settings,
    )


def _ports(options: argparse.Namespace) -> dict[str, int]:
    return {site: getattr(options, f"{site}_port") for site in PORTS}


def _serve(folder: Folder, server: Server, words: list[str]) -> int:
    if not (folder.keys / PINS).exists():
        folder.manage("keys", "--first")
    end_on_signals()
    try:
        with Supervisor(folder, server.sites()) as supervisor:
            origins = server.origins
            say("\n".join([f"Public site: {origins['public']}/", f"Staff site:  {origins['staff']}/", *words]))
            say("Press Ctrl-C to stop.")
            return supervisor.watch()
    except Ended:
        return 0


def _existing_demo(options: argparse.Namespace) -> Folder:
    data = Path(options.data or DEMO).resolve()
    folder = Folder("demo", data, data / "keys")
    if not folder.mark.exists() or folder.mark.read_text("ascii") != "demo":
        stop(f"{data} is not a demonstration folder: start `./suar demo` first, or give its --data here as well")
    return folder


def _demo_words(folder: Folder) -> list[str]:
    """List the demonstration workers and how to sign in as them."""
    words = ["This is a demonstration: the keys lie beside the data. Enter no real person."]
    path = folder.data / "demo.json"
    if not path.exists():
        return words
    for worker in json.loads(path.read_text("utf-8"))["workers"]:
        who = f"  {worker['name']:<10} {worker['password']}"
        words.append(f"{who}   ({worker['role']}, {worker['organisation']})")
    given = "" if folder.data == Path(DEMO).resolve() else f" --data {folder.data}"
    return [*words, f"The second factor: ./suar demo code NAME{given}"]
