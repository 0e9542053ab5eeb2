"""A form that is sent several times in one moment is handled once."""

from uuid import uuid4

import pytest

from tests.at_once import LONG_S, beside, gathered  # noqa: F401 - a fixture
from tests.core.test_acts import add_line, lines
from tests.people import acting_as
from tests.records.conftest import begun

pytestmark = pytest.mark.db_contract


def test_concurrent_submissions_are_handled_once(gathered):  # noqa: F811 - the fixture
    record, form = begun(gathered.pelita, gathered.chioma), uuid4()
    contexts = [acting_as(gathered.chioma, form_id=form) for _ in range(4)]
    threads = [beside(lambda by=by: add_line(record, "she called", by=by)) for by in contexts]
    for thread in threads:
        thread.join(LONG_S)
    assert lines(record, gathered.chioma) == ["she called"]
