"""How cost grows: the same work on a small and on a large house, against n log n."""

from dataclasses import dataclass, field
from math import log

from bench import people, visiting
from bench.figures import Figure
from bench.load import Client, run
from bench.wire import Door
from bench.workloads import LEAD, Stage

SECONDS = 3.0
NAMES = 8
Sizes = dict[int, dict[str, float]]


@dataclass(slots=True)
class Growth:
    """CPU for one request, by size of the house and by page."""

    at: Sizes = field(default_factory=dict)

    def took_over(self, size: int, *, rate: float) -> None:
        """Note the time of a directory of this size, at the services taken over in a second."""
        self.at.setdefault(size, {})["directory_import"] = size * 1000 / rate

    def look(self, stage: Stage, size: int, *, among: int) -> None:
        """Measure at a size; `among` people are there to be found."""
        staff, public = stage.house.staff, stage.house.public
        names = [people.full_name(people.person(place)) for place in range(0, among, among // NAMES)]
        found: dict[str, list[str]] = {}
        self.at[size] = self.at.get(size, {}) | {
            "public_search": _cpu(stage, public, visiting.searching(public, seed=size)),
            "case_list": _cpu(stage, staff, visiting.reading(staff, "/team", stage.cookies[LEAD])),
            "name_search": _cpu(stage, staff, visiting.finding(staff, names, stage.cookies[LEAD], found)),
        }

    def tell(self, stage: Stage) -> None:
        """Print how each page's cost grew from the smallest to the largest size."""
        small, large = min(self.at), max(self.at)
        may = large * log(large) / (small * log(small))
        unit = stage.yardstick_ms()
        for name in self.at[small]:
            grew = self.at[large][name] / self.at[small][name]
            stage.tell(
                Figure(
                    name=f"growth_{name}",
                    value=grew,
                    unit="x",
                    cpu_ms=self.at[large][name],
                    anchor=unit,
                    ratio=self.at[large][name] / unit,
                    goal=f"from {small:,} to {large:,}: <= {may:.1f} x (n log n)",
                    holds=grew <= may,
                    note=f"{self.at[small][name]:.1f} ms at {small:,}",
                )
            )


def _cpu(stage: Stage, door: Door, client: Client) -> float:
    return run(door, [client], seconds=SECONDS, roots=stage.house.roots).cpu_ms
