"""The timed bars of cryptography (B5) and of the audit (B9)."""

from bench.figures import Figure
from bench.workloads import LEAD, Stage

RECORD_MS, ROWS_MS, ROWS = 5, 20, 50
EVENTS_A_SECOND, VERIFY_S, A_MILLION = 500, 60, 1_000_000


def cryptography(stage: Stage, *, times: int = 40) -> None:
    """B5: open a record of 50 fields, and the names of a page of 50 rows."""
    unit = stage.yardstick_ms()
    told = stage.house.ask("locked", "opening", LEAD, times)
    bare, whole = told["bare"], told["whole"]
    stage.tell(
        Figure(
            name="B5_open_50_fields",
            value=bare["p95"],
            unit="ms CPU",
            **bare,
            cpu_ms=bare["p50"],
            anchor=unit,
            ratio=bare["p50"] / unit,
            goal=f"cryptography <= {RECORD_MS} ms",
            n=times,
            holds=bare["p95"] <= RECORD_MS,
            note=f"with its queries {whole['p50']:.2f} ms CPU",
        )
    )
    rows = stage.house.ask("locked", "sheets", LEAD, ROWS, times)
    stage.tell(
        Figure(
            name="B5_names_of_50_rows",
            value=rows["p95"],
            unit="ms CPU",
            **rows,
            cpu_ms=rows["p50"],
            anchor=unit,
            ratio=rows["p50"] / unit,
            goal=f"<= {ROWS_MS} ms with queries",
            n=times,
            holds=rows["p95"] <= ROWS_MS,
        )
    )


def audit_rate(stage: Stage, *, number: int = 1000) -> None:
    """B9: add entries one after the other, each durable by itself."""
    told = stage.house.ask("locked", "noting", number)
    rate, unit = number / told["seconds"], stage.yardstick_ms()
    stage.tell(
        Figure(
            name="B9_events",
            value=rate,
            unit="events/s",
            p50=1000 / rate,
            cpu_ms=told["cpu_ms"],
            anchor=unit,
            ratio=told["cpu_ms"] / unit,
            goal=f">= {EVENTS_A_SECOND} events/s, one writer",
            holds=rate >= EVENTS_A_SECOND,
            n=number,
        )
    )


def audit_walk(stage: Stage, *, number: int) -> None:
    """B9: verify the chain and its index; a shorter chain is counted up to a million."""
    stage.house.ask("locked", "lengthen", number)
    told = stage.house.ask("locked", "verifying")
    seconds, unit = told["seconds"] * A_MILLION / told["number"], stage.yardstick_ms()
    a_thousand = told["cpu_s"] * 1_000_000 / told["number"]
    stage.tell(
        Figure(
            name="B9_verify_a_million",
            value=seconds,
            unit="s",
            cpu_ms=a_thousand,
            anchor=unit,
            ratio=a_thousand / unit,
            goal=f"<= {VERIFY_S} s",
            holds=seconds <= VERIFY_S,
            n=told["number"],
            note="cpu_ms is for a thousand events"
            + ("" if told["number"] >= A_MILLION else "; counted up from a shorter chain"),
        )
    )
