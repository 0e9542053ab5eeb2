"""A key that is not there, or not of the kind that opens, is a refusal and never a guess."""

from uuid import uuid4

import pytest

from suar.accounts import queries
from suar.accounts.codes import KeyKind
from suar.accounts.keys import newest_public
from suar.core.refusals import KeyNotTrusted, NotYours

pytestmark = pytest.mark.django_db


def test_a_missing_key_id_is_an_error(cast):
    village = cast.village.organisation.id
    team = newest_public(KeyKind.TEAM, cast.village.team.id)
    found = queries.publics_of([team.id], organisation=village)
    assert found == {team.id: bytes(team.public)}
    with pytest.raises(KeyNotTrusted):
        queries.publics_of([team.id, uuid4()], organisation=village)


def test_a_key_of_another_organisation_is_not_trusted(cast):
    team = newest_public(KeyKind.TEAM, cast.pelita.team.id)
    with pytest.raises(KeyNotTrusted):
        queries.publics_of([team.id], organisation=cast.village.organisation.id)


def test_a_key_that_signs_opens_nothing(cast):
    [signing] = cast.esi.keys.list_keys(KeyKind.IDENTITY)
    assert cast.esi.keys.identity(cast.village.organisation.id).public == signing.public
    with pytest.raises(NotYours):
        cast.esi.keys.pair(signing.id)
