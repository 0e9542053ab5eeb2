"""`suar demo` and `suar run`: prepare a folder, then serve it until Ctrl-C."""

import argparse
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tools.folders import PINS, Folder
from tools.places import DEMO, has_command, say, stop
from tools.supervising import Ended, SiteProcess, Supervisor, end_on_signals

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SPAN = re.compile(r"(\d+)([dhm])\Z")
SECONDS = {"d": 86_400, "h": 3_600, "m": 60}
FARTHEST_DAYS = 3_650
SPAN_HELP = f"give a span such as 7d, 12h or 30m, at most {FARTHEST_DAYS} days in all, or 0 to come back"
WHY_LOOPBACK = """Without a proxy Suar answers only this machine: a proxy encrypts what crosses the network and \
holds back slow requests, which would block every page. Put nginx or Caddy in front (docs/go-live.md) and add \
--behind-proxy, --public-host, --staff-host and --files-host."""


@dataclass(frozen=True)
class Serving:
    """Hosts, ports and TLS of the two sites, and of the one that serves files of strangers to staff."""

    bind: str
    public_host: str
    staff_host: str
    public_port: int
    staff_port: int
    workers: int = 1
    files_host: str = "127.0.0.1"
    files_port: int = 8002
    tls: tuple[str, str] | None = None
    behind_proxy: bool = False
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def origins(self) -> tuple[str, str, str]:
        """Return the origins of the public site, the staff site and sent files."""
        return self._origin("public"), self._origin("staff"), self._origin("files")

    def sites(self) -> list[SiteProcess]:
        """Return the three web processes."""
        public, staff, files = self.origins
        variables = {
            "SUAR_FILES_HOSTS": self.files_host,
            "SUAR_FILES_ORIGIN": files,
            "SUAR_PUBLIC_HOSTS": self.public_host,
            "SUAR_STAFF_HOSTS": self.staff_host,
            "SUAR_PUBLIC_ORIGIN": public,
            "SUAR_STAFF_ORIGIN": staff,
            "SUAR_BEHIND_PROXY": "1" if self.behind_proxy else "0",
            **self.settings,
        }
        ports = (("public", self.public_port), ("staff", self.staff_port), ("files", self.files_port))
        return [SiteProcess(name, self.bind, port, self.workers, variables, self.tls) for name, port in ports]

    def _origin(self, site: str) -> str:
        host = getattr(self, f"{site}_host")
        if self.behind_proxy:
            return f"https://{host}"
        return f"{'https' if self.tls else 'http'}://{host}:{getattr(self, f'{site}_port')}"


def demo(options: argparse.Namespace) -> int:
    """Serve an invented world on this machine, with data and keys in one folder."""
    data = Path(options.data or DEMO).resolve()
    folder = Folder("demo", data, data / "keys")
    if options.reset:
        folder.remove()
    folder.make()
    folder.prepare("--people")
    return _serve(folder, serving_of_demo(options), _demo_words(folder))


def serving_of_demo(options: argparse.Namespace) -> Serving:
    """Return the three local origins of a demonstration."""
    ports = (options.public_port, options.staff_port)
    return Serving("127.0.0.1", "127.0.0.1", "localhost", *ports, files_port=options.files_port)


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
    serving = _serving(options)
    folder.make()
    folder.prepare()
    if has_command("setup_code"):
        folder.manage("setup_code", **serving.sites()[1].variables)
    return _serve(folder, serving, [])


def real_folder(options: argparse.Namespace) -> Folder:
    """Return the folder of real records; data and keys must not contain each other."""
    data, keys = Path(options.data).resolve(), Path(options.keys).resolve()
    if keys.is_relative_to(data) or data.is_relative_to(keys):
        stop("the keys must lie outside the data folder, so that a thief of one folder has only one")
    return Folder("run", data, keys)


def _serving(options: argparse.Namespace) -> Serving:
    """Return how the sites are reached; stop if a network could reach them without a proxy in front."""
    tls = (options.tls_cert, options.tls_key) if options.tls_cert and options.tls_key else None
    sealed = bool(tls) or options.behind_proxy
    public, staff = options.public_host or "127.0.0.1", options.staff_host or "localhost"
    files, bind = options.files_host or "127.0.0.1", options.bind or "127.0.0.1"
    named = bool(options.public_host and options.staff_host and options.files_host)
    if sealed and not named:
        stop("--public-host, --staff-host and --files-host are required: the host names of the sites and of sent files")
    if (not options.behind_proxy and bind not in LOOPBACK) or (not sealed and {public, staff, files} - set(LOOPBACK)):
        stop(WHY_LOOPBACK)
    if staff in (public, files) or (sealed and public == files):
        stop("the two sites and sent files need three host names, because one host name shares cookies")
    return Serving(
        bind=bind,
        public_host=public,
        staff_host=staff,
        public_port=options.public_port,
        staff_port=options.staff_port,
        files_host=files,
        files_port=options.files_port,
        workers=options.workers,
        tls=tls,
        behind_proxy=options.behind_proxy,
        settings={
            "SUAR_EXIT_URL": options.exit_url,
            "SUAR_TIME_ZONE": options.time_zone,
            "SUAR_COUNTRY": options.country,
            "SUAR_POLICE_TALKS": "1" if options.police_talks else "0",
            "SUAR_HSDS_VERSION": options.hsds_version,
            "SUAR_ROOM_FOR_FILES_MB": str(options.files_mb),
            "SUAR_AUDIT_HEADS": options.audit_heads,
            "SUAR_CLAMD_SOCKET": options.clamd_socket,
        },
    )


def _serve(folder: Folder, serving: Serving, words: list[str]) -> int:
    if not (folder.keys / PINS).exists():
        folder.manage("keys", "--first")
    end_on_signals()
    try:
        with Supervisor(folder, serving.sites()) as supervisor:
            public, staff, _files = serving.origins
            say("\n".join([f"Public site: {public}/", f"Staff site:  {staff}/", *words]))
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
