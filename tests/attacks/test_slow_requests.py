"""Two hundred strangers send their request bodies a byte at a time; everybody else still reads pages.

The proxies run with the examples of docs/go-live.md. Without nginx or Caddy on this machine their test is skipped:
`apt-get install nginx-light caddy`. Every run checks that pages are answered at all; how fast is measured by the long
test, which `./suar prove bars` runs while the machine does nothing else.
"""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from suar.accounts.models import Worker
from suar.core.environment import CONNECTION_WITHIN_S
from tests.standing import free_port, free_ports, own_database
from tools import serving
from tools.folders import Folder
from tools.places import ROOT
from tools.serving import Server
from tools.supervising import CONNECTIONS, Supervisor

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "go-live.md").read_text("utf-8")
PUBLIC, STAFF, FILES = "help.example.org", "work.example.org", "files.example.org"
SLOW = 200
HUNG_UP_S, LARGEST_MB = 60, 41
"""A request that stalls is ended after 10 seconds, and half a minute later at most where nginx lingers."""
ADDRESSES = 40
"""From how many addresses they come: a botnet, or the limits of nginx for one address would end it."""
OTHER_CONNECTIONS = 3
"""Of the jobs, and of this test."""
VISITS, P95_S, PATIENCE_S, BLOCKED_S = 10, 1.0, 30.0, 4.0
SITES = ((PUBLIC, "/", "/en/about"), (STAFF, "/sign-in", "/sign-in"), (FILES, "/f/x", "/f/x"))
"""Each site: where the slow requests go, and the page that others read."""


def example(kind: str) -> str:
    """Return the example of a proxy from the page."""
    return re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture(scope="module")
def sites(tmp_path_factory, pytestconfig):
    """Serve both sites of an empty Suar behind a proxy that is still to come: one process each, two with --long."""
    place = tmp_path_factory.mktemp("slow")
    folder = Folder("run", place / "data", place / "keys", own_database("suar_slow"))
    folder.make()
    folder.prepare()
    hosts = {"public": PUBLIC, "staff": STAFF, "files": FILES}
    served = Server(free_ports(), hosts, workers=1 + pytestconfig.option.long, behind_proxy=True)
    with Supervisor(folder, served.sites()):
        yield served


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """Make a certificate for both names."""
    place = tmp_path_factory.mktemp("tls")
    key, chain = place / "key.pem", place / "chain.pem"
    words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", key, "-out", chain]
    names = ["-subj", f"/CN={PUBLIC}", "-addext", f"subjectAltName=DNS:{PUBLIC},DNS:{STAFF},DNS:{FILES}"]
    subprocess.run(["openssl", "req", "-x509", *words, *names], check=True, capture_output=True)
    return key, chain


def answers(port: int) -> bool:
    """Return True if something listens on a port."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: list[str | Path], port: int, place: Path) -> Iterator[None]:
    """Run a proxy until the block ends."""
    with (place / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, cwd=place) as process:
        try:
            until = time.monotonic() + 20
            while not answers(port):
                assert process.poll() is None and time.monotonic() < until, (place / "log").read_text()
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(10)


def with_ports_of(sites: Server, text: str) -> str:
    """Return an example with the ports of these sites."""
    ports = {"8000": sites.ports["public"], "8001": sites.ports["staff"], "8002": sites.ports["files"]}
    return re.sub(r"800[012]", lambda match: str(ports[match[0]]), text)


@contextmanager
def nginx(sites: Server, certificate: tuple[Path, Path], place: Path) -> Iterator[int]:
    """Run nginx with the example of the page, on other ports and with another certificate."""
    port, redirecting, (key, chain) = free_port(), free_port(), certificate
    text = example("nginx").replace("/etc/ssl/suar/chain.pem", str(chain)).replace("/etc/ssl/suar/key.pem", str(key))
    text = re.sub(r"listen \[::\]:\d+( ssl)?;", "", text.replace("/var/log/nginx/", f"{place}/"))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{redirecting};").replace(
        "listen 443 ", f"listen 127.0.0.1:{port} "
    )
    text = with_ports_of(sites, text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "\n".join(f"{kind}_temp_path {place}/{kind};" for kind in kinds)
    whole = f"daemon off; pid {place}/pid; events {{ worker_connections 2048; }} http {{ {own}\n{text} }}"
    (place / "nginx.conf").write_text(whole)
    with running(["nginx", "-e", f"{place}/first.log", "-c", place / "nginx.conf"], port, place):
        yield port


@contextmanager
def caddy(sites: Server, certificate: tuple[Path, Path], place: Path) -> Iterator[int]:
    """Run Caddy with the example of the page, on other ports and with a certificate of ours."""
    port, (key, chain) = free_port(), certificate
    text = example("caddy").replace("{\n", "{\n    admin off\n    auto_https disable_redirects\n", 1)
    for name in (PUBLIC, STAFF, FILES):
        text = text.replace(f"{name} {{", f"https://{name}:{port} {{\n    tls {chain} {key}")
    text = with_ports_of(sites, text)
    (place / "Caddyfile").write_text(text)
    command = ["env", f"HOME={place}", f"XDG_DATA_HOME={place}", "caddy", "run", "--config", place / "Caddyfile"]
    with running([*command, "--adapter", "caddyfile"], port, place):
        yield port


def connected(port: int, host: str, *, source: str, tls: bool) -> socket.socket:
    """Connect from an address of this machine."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(source, 0))
    if not tls:
        return raw
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(raw, server_hostname=host)


@contextmanager
def slow_bodies(port: int, host: str, path: str, *, tls: bool) -> Iterator[list[socket.socket]]:
    """Hold 200 requests open that promise 100,000 bytes and send one byte a second."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://{host}\r\nX-Forwarded-Proto: https\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
    )
    sockets, done = [], threading.Event()

    def drip() -> None:
        while not done.wait(1):
            for each in sockets:
                with suppress(OSError):
                    each.send(b"a")

    for number in range(SLOW):
        sockets.append(connected(port, host, source=f"127.0.1.{number % ADDRESSES + 1}", tls=tls))
        sockets[-1].sendall(head.encode())
    thread = threading.Thread(target=drip)
    thread.start()
    try:
        time.sleep(1)  # until the sites have read what they will read
        yield sockets
    finally:
        done.set()
        thread.join()
        for each in sockets:
            each.close()


def seconds(port: int, host: str, path: str, *, tls: bool, patience_s: float = PATIENCE_S) -> float | None:
    """Time one visit on a connection of its own; None if nobody answers."""
    begun = time.monotonic()
    try:
        with connected(port, host, source="127.0.0.1", tls=tls) as line:
            line.settimeout(patience_s)
            response = response_to(line, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n")
    except TimeoutError:
        return None
    assert response.status in ((404,) if host == FILES else (200, 302)), response.status
    return time.monotonic() - begun


def response_to(line: socket.socket, head: str, body: str = "") -> http.client.HTTPResponse:
    """Send a request and return the response, which was read to its end."""
    line.sendall(f"{head}X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n{body}".encode())
    response = http.client.HTTPResponse(line)
    response.begin()
    response.read()
    return response


@contextmanager
def running_proxy(proxy: Any, sites: Server, certificate: tuple[Path, Path], place: Path) -> Iterator[int]:
    """Run a proxy and return its port; skip the test where it is not installed."""
    if not shutil.which(proxy.__name__):
        pytest.skip(f"{proxy.__name__} is not installed: apt-get install nginx-light caddy")
    with proxy(sites, certificate, place) as port:
        yield port


@pytest.mark.db_contract
@pytest.mark.parametrize("proxy", [nginx, caddy], ids=["nginx", "caddy"])
def test_other_pages_answer_behind_the_proxies_of_the_page(proxy, sites, certificate, tmp_path):
    with running_proxy(proxy, sites, certificate, tmp_path) as port:
        for host, path, other in SITES:
            with slow_bodies(port, host, path, tls=True):
                assert all(seconds(port, host, other, tls=True) is not None for _ in range(VISITS))


@pytest.mark.long
@pytest.mark.parametrize("proxy", [nginx, caddy], ids=["nginx", "caddy"])
def test_other_pages_answer_within_a_second_behind_the_proxies_of_the_page(proxy, sites, certificate, tmp_path):
    with running_proxy(proxy, sites, certificate, tmp_path) as port:
        for host, path, other in SITES:
            with slow_bodies(port, host, path, tls=True):
                visits = sorted(seconds(port, host, other, tls=True) or PATIENCE_S for _ in range(40))
                assert visits[37] <= P95_S


@pytest.fixture
def server() -> Iterator[psycopg.Connection]:
    """Return a connection to the database of the sites; skip the test on the encrypted file, which has no limit."""
    if not os.environ.get("DATABASE_URL"):
        pytest.skip("the encrypted file has no limit of connections")
    with psycopg.connect(os.environ["DATABASE_URL"].rpartition("/")[0] + "/suar_slow", autocommit=True) as connection:
        yield connection


@pytest.mark.db_contract(long=True)
def test_many_requests_at_once_share_few_connections_to_postgresql(sites, server):
    pages = [(sites.ports["public"], PUBLIC, "/en/changed"), (sites.ports["staff"], STAFF, "/sign-in")] * SLOW

    def visit(page: tuple[int, str, str]) -> float | None:
        return seconds(*page, tls=False)

    with ThreadPoolExecutor(SLOW) as visitors:
        visits = [visitors.submit(visit, page) for page in pages]
        most = 0
        while not all(each.done() for each in visits):
            counted = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = 'suar_slow'").fetchone()
            most = max(most, counted[0])
            time.sleep(0.05)
    assert all(each.result() is not None for each in visits)
    assert OTHER_CONNECTIONS < most <= CONNECTIONS + OTHER_CONNECTIONS


@pytest.mark.db_contract(long=True)
def test_a_request_without_a_connection_in_time_is_answered_503(sites, server):
    def visit(_: int) -> tuple[int, str | None]:
        with connected(sites.ports["staff"], STAFF, source="127.0.0.1", tls=False) as line:
            response = response_to(line, f"GET /sign-in HTTP/1.1\r\nHost: {STAFF}\r\n")
            return response.status, response.headers["Retry-After"]

    with ThreadPoolExecutor(SLOW) as visitors:
        with server.transaction():
            server.execute(f"LOCK TABLE {Worker._meta.db_table}")
            visits = [visitors.submit(visit, number) for number in range(60)]
            time.sleep(CONNECTION_WITHIN_S + 2)
        answers = {each.result() for each in visits}
    assert answers == {(503, "60"), (302, None)}


@pytest.mark.long
def test_other_staff_pages_answer_within_a_second_while_many_sign_in(sites):
    form, head = (
        "csrfmiddlewaretoken={0}&name=nobody{1}&password=x{1}&code=123456",
        "POST /sign-in HTTP/1.1\r\nHost: {0}\r\n",
    )
    head += "Origin: https://{0}\r\nCookie: __Host-form={1}\r\nX-Forwarded-For: 192.0.2.{2}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {3}\r\n"

    def sign_in(number: int) -> int:
        body = form.format("a" * 32, number)
        with connected(sites.ports["staff"], STAFF, source="127.0.0.1", tls=False) as line:
            return response_to(line, head.format(STAFF, "a" * 32, number, len(body)), body).status

    with ThreadPoolExecutor(SLOW) as visitors:
        signing_in = [visitors.submit(sign_in, number) for number in range(120)]
        visits = []
        while not all(each.done() for each in signing_in):
            visits.append(seconds(sites.ports["staff"], STAFF, "/sign-in", tls=False) or PATIENCE_S)
    assert {each.result() for each in signing_in} == {400, 503}
    assert sorted(visits)[len(visits) * 95 // 100] <= P95_S
    assert max(visits) <= BLOCKED_S


def test_without_a_proxy_the_same_attack_blocks_a_site(sites):
    """The positive control: this is why Suar listens on loopback only."""
    with slow_bodies(sites.ports["public"], PUBLIC, "/", tls=False):
        until = time.monotonic() + 30
        while seconds(sites.ports["public"], PUBLIC, "/en/about", tls=False, patience_s=BLOCKED_S) is not None:
            assert time.monotonic() < until, "the slow requests block nobody"


def test_nginx_limits_the_connections_of_one_address(sites, certificate, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.attacks.test_slow_requests.ADDRESSES", 1)
    with (
        running_proxy(nginx, sites, certificate, tmp_path) as port,
        slow_bodies(port, PUBLIC, "/", tls=True) as sockets,
    ):
        until = time.monotonic() + PATIENCE_S
        refused: set[socket.socket] = set()
        while len(refused) < SLOW - 100:
            assert time.monotonic() < until
            refused |= {each for each in sockets if each not in refused and is_refused(each)}
        assert seconds(port, PUBLIC, "/en/about", tls=True) is not None


@pytest.mark.parametrize("path", ["/en/about", "/hsds/services"])
def test_nginx_gives_one_address_ten_pages_a_second(path, sites, certificate, tmp_path):
    until = time.monotonic() + 8

    def flood(_: int) -> int:
        pages = 0
        while time.monotonic() < until:
            with connected(port, PUBLIC, source="127.0.1.1", tls=True) as line:
                pages += response_to(line, f"GET {path} HTTP/1.1\r\nHost: {PUBLIC}\r\n").status == 200
        return pages

    with running_proxy(nginx, sites, certificate, tmp_path) as port, ThreadPoolExecutor(8) as pool:
        flooding = pool.map(flood, range(8))
        others = [seconds(port, PUBLIC, "/en/about", tls=True) for _ in range(VISITS)]
        assert 20 < sum(flooding) <= 120
        assert all(others)


STALLED = {
    "header": f"POST / HTTP/1.1\r\nHost: {PUBLIC}\r\nX-Slow:",
    "body": f"POST / HTTP/1.1\r\nHost: {PUBLIC}\r\nContent-Length: 1000\r\n\r\na",
}


@pytest.mark.parametrize(("proxy", "part"), [(nginx, "header"), (nginx, "body"), (caddy, "header")])
def test_the_proxies_hang_up_on_requests_that_stall(proxy, part, sites, certificate, tmp_path):
    """Caddy limits a whole body to five minutes, and not the time between two pieces."""
    with (
        running_proxy(proxy, sites, certificate, tmp_path) as port,
        connected(port, PUBLIC, source="127.0.0.1", tls=True) as line,
    ):
        line.sendall(STALLED[part].encode())
        line.settimeout(HUNG_UP_S)
        try:
            while line.recv(4096):
                pass
        except TimeoutError:
            pytest.fail("nobody hung up")
        except OSError:
            pass


def test_nginx_takes_no_larger_body_than_a_site_does(sites, certificate, tmp_path):
    with running_proxy(nginx, sites, certificate, tmp_path) as port:
        for host, path in ((PUBLIC, "/"), (STAFF, "/sign-in"), (FILES, "/")):
            head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {{0}}\r\n"
            assert not is_too_large(port, host, head, 1000), "the control"
            assert is_too_large(port, host, head, LARGEST_MB * 1_000_000 + 3_000_000)


def test_caddy_limits_the_body_that_it_buffers_for_each_site():
    """It answers no 413 itself: what it buffers is cut there, and the site refuses the rest."""
    limits = re.findall(r"max_size (\d+)MB\n    }\n    reverse_proxy", example("caddy"))
    assert sorted(map(int, limits)) == [1, 25, LARGEST_MB]


def is_too_large(port: int, host: str, head: str, length: int) -> bool:
    """Announce a body of some length and send its first thousand bytes; return True if the proxy refuses it itself."""
    with connected(port, host, source="127.0.0.1", tls=True) as line:
        line.settimeout(PATIENCE_S / 3)
        line.sendall(f"{head.format(length)}Connection: close\r\n\r\n{'a' * 1000}".encode())
        response = http.client.HTTPResponse(line)
        try:
            response.begin()
        except TimeoutError:
            return False
        return response.status == 413 and response.headers["Content-Security-Policy"] is None


def is_refused(line: socket.socket) -> bool:
    """Return True if the proxy answered that this address has too many connections."""
    line.settimeout(0.01)
    try:
        return b" 503 " in line.recv(64)
    except (TimeoutError, OSError):
        return False


def options(**more):
    """Return the options of `./suar run` as its parser gives them."""
    from tests.start.test_script import options as defaults

    return defaults(public_host=PUBLIC, staff_host=STAFF, files_host=FILES, **more)


@pytest.mark.parametrize("wide", [{}, {"bind": "0.0.0.0"}], ids=["default", "bind"])  # noqa: S104 - what is refused
def test_without_a_proxy_suar_listens_on_loopback_only(wide):
    own_tls = options(tls_cert="c.pem", tls_key="k.pem", **wide)
    if wide:
        with pytest.raises(SystemExit):
            serving.server_of(own_tls)
    else:
        assert serving.server_of(own_tls).bind in serving.LOOPBACK
