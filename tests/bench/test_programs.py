"""Every program of the bench starts: its imports need no record and no settled database."""

import subprocess

import pytest

from tools.places import PYTHON, ROOT, environment

PROGRAMS = sorted(
    path.relative_to(ROOT) for name in ("bench_*.py", "prove_*.py", "tour.py") for path in (ROOT / "bench").glob(name)
)


def test_there_are_programs():
    assert len(PROGRAMS) >= 9


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_says_what_it_does(program):
    asked = [str(PYTHON), str(ROOT / program), "--help"]
    settings = environment(DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL="")
    told = subprocess.run(asked, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    assert "usage" in told.stdout
