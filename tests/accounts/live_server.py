"""The staff site on a port of this machine, served by this process to a real browser."""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = False

    def process_request_thread(self, request, client_address) -> None:
        super().process_request_thread(request, client_address)
        connections.close_all()


@pytest.fixture
def site_url(committed, settings) -> Iterator[str]:
    """Serve the staff site on localhost until the test ends."""
    server = make_server("localhost", 0, WSGIHandler(), server_class=Threads, handler_class=Quiet)
    settings.SUAR_STAFF_ORIGIN = f"http://localhost:{server.server_port}"
    settings.CSRF_TRUSTED_ORIGINS = [settings.SUAR_STAFF_ORIGIN]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield settings.SUAR_STAFF_ORIGIN
    server.shutdown()
    server.server_close()
