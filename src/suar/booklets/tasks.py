"""Jobs of the printed directory: they see what anybody may read, and nothing else."""

from uuid import UUID

from django_tasks import task

from suar.booklets import actions


@task()
def set_rest(edition: str) -> int:
    """Set the forms of a new edition that nobody waits for; says how many."""
    return actions.set_rest(UUID(edition))
