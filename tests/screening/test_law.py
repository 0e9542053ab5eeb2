"""The child rule, without any framework."""

from itertools import product

import pytest

from suar.screening.rules.answers import (
    AgeBand,
    AgeFacts,
    Doubt,
    Element,
    Path,
    needed_elements,
    path_of_age,
)

YOUNG = (AgeBand.UNDER_12, AgeBand.FROM_12_TO_14, AgeBand.FROM_15_TO_17)


@pytest.mark.parametrize(
    ("age", "path"),
    [
        (AgeFacts(), Path.CHILD),
        (AgeFacts(years=17), Path.CHILD),
        (AgeFacts(years=17, doubt=Doubt.NO), Path.CHILD),
        (AgeFacts(years=18), Path.ADULT),
        (AgeFacts(years=18, doubt=Doubt.NO), Path.ADULT),
        (AgeFacts(years=19, doubt=Doubt.YES), Path.CHILD),
        (AgeFacts(years=19, doubt=Doubt.UNKNOWN), Path.CHILD),
        (AgeFacts(band=AgeBand.ADULT), Path.ADULT),
        (AgeFacts(band=AgeBand.ADULT, doubt=Doubt.YES), Path.CHILD),
        (AgeFacts(band=AgeBand.ADULT, years=16), Path.CHILD),
        (AgeFacts(doubt=Doubt.NO), Path.ADULT),
        (AgeFacts(doubt=Doubt.UNKNOWN), Path.CHILD),
    ],
)
def test_somebody_who_may_be_under_18_takes_the_child_path(age: AgeFacts, path: Path) -> None:
    assert path_of_age(age) is path


@pytest.mark.parametrize(("band", "doubt"), list(product(YOUNG, Doubt)))
def test_an_age_band_under_18_is_not_an_adult(band: AgeBand, doubt: Doubt) -> None:
    assert path_of_age(AgeFacts(years=25, band=band, doubt=doubt)) is Path.CHILD


def test_means_are_not_required_for_a_child() -> None:
    assert needed_elements(Path.CHILD) == {Element.ACT, Element.PURPOSE}
    assert needed_elements(Path.ADULT) == set(Element)
