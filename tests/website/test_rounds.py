"""The rounds: jobs are asked for again and again, with ids only, whoever is signed in."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from suar.website import tasks

pytestmark = pytest.mark.django_db


def waiting(of: object) -> int:
    return DBTaskResult.objects.filter(task_path=of.module_path, status="READY").count()


def test_a_start_asks_for_one_round_however_often_it_happens() -> None:
    tasks.begin_rounds()
    tasks.begin_rounds()
    assert waiting(tasks.go_round) == 1


def test_a_round_asks_for_every_job_and_for_the_next_round() -> None:
    tasks.go_round.func()
    for job in tasks.JOBS:
        assert waiting(job) == 1
    later = DBTaskResult.objects.get(task_path=tasks.go_round.module_path)
    assert later.run_after > timezone.now()


def test_a_job_carries_nothing_but_ids() -> None:
    tasks.go_round.func()
    assert all(row.args_kwargs == {"args": [], "kwargs": {}} for row in DBTaskResult.objects.all())
