"""An act made of acts stands or falls as one, with one way back and not one for each."""

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from suar.accounts.models import Organisation
from suar.core import clock
from suar.core.ids import new_id
from suar.db.together import together

pytestmark = pytest.mark.django_db


@together()
def found(name: str) -> None:
    """Make one house."""
    Organisation.objects.create(id=new_id(), name=name, made_at=clock.now())


@together()
def found_two(*, fails: bool = False) -> None:
    """Make two houses in one act."""
    found("SYN Satu")
    found("SYN Dua")
    if fails:
        raise LookupError


def test_both_stand():
    found_two()
    assert Organisation.objects.filter(name__startswith="SYN").count() == 2


def test_both_fall():
    with pytest.raises(LookupError):
        found_two(fails=True)
    assert not Organisation.objects.filter(name__startswith="SYN").exists()


def test_an_inner_act_has_no_savepoint_of_its_own():
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found_two()
    assert sum(each["sql"].startswith("SAVEPOINT") for each in asked) == 1


@together()
def go_on_after_a_failure() -> None:
    """Catch what failed inside, as nobody should."""
    with suppress(LookupError):
        found_two(fails=True)
    found("SYN Tiga")


def test_whoever_goes_on_after_an_inner_failure_keeps_nothing():
    with pytest.raises(transaction.TransactionManagementError):
        go_on_after_a_failure()
    assert not Organisation.objects.filter(name__startswith="SYN").exists()
