"""The command line of the estimates: `./suar estimate mse LISTS.csv`, `rds` or `nsum`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from suar_research.asking import Unusable
from suar_research.cluster import NoCluster
from suar_research.inputs import Inputs
from suar_research.mse import asking as mse
from suar_research.nsum import asking as nsum
from suar_research.rds import asking as rds
from suar_research.running import Lost

INTERRUPTED, LOST = 130, 1


def main(words: Sequence[str]) -> int:
    """Estimate what the command line asks for."""
    return answered(parser(), words)


def answered(reader: argparse.ArgumentParser, words: Sequence[str]) -> int:
    """Read the command line, answer, and give 2 when a file or a cluster cannot be used."""
    asked = reader.parse_args(words)
    asked.inputs = Inputs()
    try:
        asked.ready(asked)()
    except Unusable as error:
        return _refused(error.name, error.problems)
    except NoCluster as error:
        return _refused(asked.on, [str(error)])
    except Lost as error:
        kept = _kept(asked) or " Nothing is kept without --keep FOLDER."
        sys.stderr.write(f"\nsuar: the work stopped: {error}.{kept}\n")
        return LOST
    except KeyboardInterrupt:
        sys.stderr.write(f"\nInterrupted.{_kept(asked)}\n")
        return INTERRUPTED
    return 0


def _kept(asked: argparse.Namespace) -> str:
    keep = getattr(asked, "keep", None)
    return f" What is done is kept in {keep}." if keep else ""


def parser() -> argparse.ArgumentParser:
    """Make the command line of `./suar estimate`."""
    made = argparse.ArgumentParser(prog="./suar estimate", description=__doc__)
    kinds = made.add_subparsers(dest="kind", required=True, metavar="KIND")
    mse.add(kinds)
    rds.add(kinds)
    nsum.add(kinds)
    return made


def _refused(name: str, problems: Sequence[str]) -> int:
    lines = "".join(f"  {each}\n" for each in problems)
    sys.stderr.write(f"suar: {name} cannot be used:\n{lines}")
    return 2
