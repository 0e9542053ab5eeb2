"""What changed because of what people said, as anybody may read it."""

from dataclasses import dataclass

from suar.contact import labels, labels_feedback, queries_feedback


@dataclass(frozen=True, slots=True)
class Changed:
    """One quarter in the language of the page; `heard` is a multiple of five, or 0."""

    house: str
    months: str
    heard: int
    words: str
    told_in: str


def told() -> list[Changed]:
    """List the last quarters that were told, newest first."""
    told_in = labels.told_in()
    return [
        Changed(
            each.house,
            labels_feedback.months_of(each.year, each.number),
            each.heard,
            each.told_id if told_in == "id" else each.told_en,
            told_in,
        )
        for each in queries_feedback.quarters()
    ]
