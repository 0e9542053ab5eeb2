"""The child rule and the definition, without any framework."""

from itertools import product

import pytest

from suar.law.rules import consent_counts, definition, needed_elements, path_of
from suar.law.terms import AgeBand, AgeFacts, Doubt, Element, Path

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
        (AgeFacts(years=19, doubt=Doubt.YES, settled=Path.ADULT), Path.ADULT),
        (AgeFacts(years=30, settled=Path.CHILD), Path.CHILD),
    ],
)
def test_whoever_may_be_under_18_takes_the_child_path_until_it_is_settled(age: AgeFacts, path: Path) -> None:
    assert path_of(age) is path


@pytest.mark.parametrize(("band", "doubt"), list(product(YOUNG, Doubt)))
def test_an_age_band_under_18_is_never_read_as_adult(band: AgeBand, doubt: Doubt) -> None:
    assert path_of(AgeFacts(years=25, band=band, doubt=doubt)) is Path.CHILD


def test_a_child_never_needs_means() -> None:
    assert needed_elements(Path.CHILD) == {Element.ACT, Element.PURPOSE}
    assert needed_elements(Path.ADULT) == set(Element)


def test_consent_to_exploitation_has_no_weight_for_a_child_nor_after_means() -> None:
    assert not consent_counts(Path.CHILD, any_means=False)
    assert not consent_counts(Path.CHILD, any_means=True)
    assert consent_counts(Path.ADULT, any_means=True).because == "MEANS_WERE_USED"
    assert consent_counts(Path.ADULT, any_means=False)


def test_the_definition_lists_every_element_with_a_source_in_both_languages() -> None:
    listed = definition()
    codes = [each.code for forms in listed.values() for each in forms]
    assert {element: len(forms) for element, forms in listed.items()} == {
        Element.ACT: 5,
        Element.MEANS: 7,
        Element.PURPOSE: 5,
    }
    assert len(codes) == len(set(codes))
    assert all(each.en and each.id and each.source for forms in listed.values() for each in forms)
