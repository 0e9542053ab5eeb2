"""`./suar prove research`: every test of research, the long ones too: papers, attacks, Dask."""

import os
import subprocess
import sys

from bench.figures import ROOT
from tools.testing import ONE_THREAD


def main() -> int:
    """Run the tests, and return the exit code of pytest."""
    words = [sys.executable, "-m", "pytest", "research/tests", *sys.argv[1:]]
    return subprocess.call(words, cwd=ROOT, env={**os.environ, **ONE_THREAD, "SUAR_LONG": "1"})


if __name__ == "__main__":
    sys.exit(main())
