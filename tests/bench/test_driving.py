"""The load driver asks only this machine, for a bounded time, and counts what it was answered."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bench import figures, machine
from bench.figures import Figure, percentile
from bench.load import LONGEST_S, Ask, Client, run
from bench.wire import Connection, Door, request


class Answering(BaseHTTPRequestHandler):
    """Answers whole, in pieces, with an error, or not at all."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/gone":
            self.close_connection = True
            return
        self.send_response(503 if self.path == "/busy" else 200)
        self.send_header("X-Said", "yes")
        if self.path == "/pieces":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            return
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"whole")

    def log_message(self, *ignored: Any) -> None:
        """Say nothing."""


@pytest.fixture
def door() -> Iterator[Door]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Door(server.server_address[1])
        server.shutdown()
        thread.join()


def test_an_answer_is_read_whole_however_it_is_sent(door: Door) -> None:
    with Connection(door) as connection:
        bodies = [connection.send(request(door, "GET", path)) for path in ("/", "/pieces", "/")]
    assert [each.body for each in bodies] == [b"whole", b"abcde", b"whole"]
    assert bodies[0].header("x-said") == "yes"
    assert bodies[0].header("absent") == ""


def test_a_broken_connection_is_an_answer_of_its_own_and_not_asked_again(door: Door) -> None:
    with Connection(door) as connection:
        assert connection.send(request(door, "GET", "/gone")).status == 0
        assert connection.send(request(door, "GET", "/")).status == 200


def test_a_form_names_the_page_it_comes_from() -> None:
    sent = request(Door(80, "localhost"), "POST", "/x", body="a=1", cookies="one=1")
    assert b"Origin: http://localhost:80\r\n" in sent
    assert b"Cookie: one=1\r\n" in sent
    assert sent.endswith(b"Content-Length: 3\r\n\r\na=1")


def test_only_what_counts_is_counted_and_clients_may_end_early(door: Door) -> None:
    def client() -> Client:
        yield Ask(request(door, "GET", "/"), counts=False)
        for path in ("/", "/busy", "/"):
            yield Ask(request(door, "GET", path))

    loop = run(door, [client() for _ in range(3)], seconds=20)
    assert loop.n == 9
    assert dict(loop.statuses) == {200: 6, 503: 3}
    assert loop.seconds < 20


def test_a_client_that_fails_fails_the_loop(door: Door) -> None:
    def client() -> Client:
        yield Ask(request(door, "GET", "/"))
        raise ValueError("not what was expected")

    with pytest.raises(ValueError, match="not what was expected"):
        run(door, [client()], seconds=5)


def test_no_loop_is_longer_than_a_minute(door: Door) -> None:
    with pytest.raises(ValueError, match="at most a minute"):
        run(door, [], seconds=LONGEST_S + 1)


def test_a_percentile_is_the_nearest_rank() -> None:
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([5.0], 0.95) == 5
    assert percentile([1, 2, 3, 4], 0.5) == 2


def test_a_figure_is_one_line_with_its_goal(capsys: pytest.CaptureFixture[str]) -> None:
    told = Figure(name="a", value=1.23456, unit="ms", goal="<= 2 ms", holds=True)
    figures.tell(figures.on("embedded", told))
    line = json.loads(capsys.readouterr().out)
    wanted = {"name", "value", "unit", "p50", "p95", "cpu_ms", "anchor", "ratio", "goal", "holds"}
    assert wanted <= set(line)
    assert (line["value"], line["database"], line["holds"]) == (1.2346, "embedded", True)
    figures.REACHED.clear()


def test_the_cpu_and_memory_of_a_tree_are_read_from_its_root() -> None:
    own = os.getpid()
    before = machine.cpu_s([own])
    sum(place * place for place in range(3_000_000))
    assert machine.cpu_s([own]) > before
    assert machine.own_mib([own]) > 1
    assert own in machine.children_of(machine.parent_of(own))
    assert machine.cpu_s([]) == 0
