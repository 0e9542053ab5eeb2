"""What other systems read of the directory: pages of lists, and one service."""

import json

from bench import visiting
from bench.figures import Figure
from bench.load import run
from bench.wire import Connection, request
from bench.workloads import Stage

CLIENTS, SECONDS = 4, 3
LISTS = {"hsds_services": "services", "hsds_organizations": "organizations", "hsds_places": "service_at_locations"}


def read(stage: Stage) -> None:
    """Read the first page of each list, and one service, each with four clients."""
    unit = stage.yardstick_ms()
    for name, path in {**LISTS, "hsds_service": f"services/{_first(stage)}"}.items():
        door = stage.house.public
        clients = [visiting.reading(door, f"/hsds/{path}") for _ in range(CLIENTS)]
        loop = run(door, clients, seconds=SECONDS, roots=stage.house.roots)
        stage.tell(
            Figure(
                name=name,
                value=loop.at(0.95),
                unit="ms",
                p50=loop.at(0.5),
                p95=loop.at(0.95),
                cpu_ms=loop.cpu_ms,
                anchor=unit,
                ratio=loop.cpu_ms / unit,
                n=loop.n,
                others=loop.others,
                note=f"{CLIENTS} clients, {stage.services:,} services",
            )
        )


def _first(stage: Stage) -> str:
    door = stage.house.public
    with Connection(door) as connection:
        answer = connection.send(request(door, "GET", "/hsds/services?per_page=1"))
    return str(json.loads(answer.body)["contents"][0]["id"])
