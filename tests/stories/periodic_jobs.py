"""Every periodic job once, now, as a process of a demonstration: a world that travelled does not wait for them."""

import subprocess

from tests.standing import Demonstration
from tools.places import PYTHON, ROOT


def run_jobs(demonstration: Demonstration) -> None:
    """Run the periodic jobs in the folder of a demonstration."""
    command = [str(PYTHON), "-m", "tests.stories.periodic_jobs"]
    subprocess.run(command, cwd=ROOT, env=demonstration.folder.variables(), check=True, capture_output=True)


def _main() -> None:
    import django

    django.setup()

    from suar.website.tasks import JOBS

    for job in JOBS:
        job.func()


if __name__ == "__main__":
    _main()
