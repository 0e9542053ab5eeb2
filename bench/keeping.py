"""Names under which the proofs of research know `bench.figures`."""

from bench.figures import DOCS, ROOT, TRIALS, code, commit, machine

__all__ = ["DOCS", "ROOT", "TRIALS", "code", "commit", "machine"]
