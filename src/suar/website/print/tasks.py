"""Jobs of the printed directory."""

from uuid import UUID

from django_tasks import task

from suar.website.print import actions


@task()
def render_rest(edition: str) -> int:
    """Render the other layouts of a new edition, and return how many."""
    return actions.render_rest(UUID(edition))
