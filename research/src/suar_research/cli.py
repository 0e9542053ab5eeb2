"""The command line: `suar-research estimate|link|tabulate|release|study`."""

import sys

from suar_research.casefiles.asking import parser as tabulate
from suar_research.command import answered
from suar_research.command import parser as estimate
from suar_research.linkage.__main__ import parser as link
from suar_research.releases.__main__ import parser as release
from suar_research.studies.asking import parser as study

COMMANDS = {"estimate": estimate, "link": link, "tabulate": tabulate, "release": release, "study": study}


def main() -> int:
    """Run the command that the first argument names, and return its exit code."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name not in COMMANDS:
        sys.stderr.write(f"usage: suar-research {{{','.join(COMMANDS)}}} ...\n")
        return 2
    return answered(COMMANDS[name](), arguments)
