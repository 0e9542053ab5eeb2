"""Which pairs of rows are looked at when words may be seen: those that agree on something rare.

All pairs of two long lists are too many to compare word by word. A rule is one column, or two
together, on which both rows must agree; it is taken where few pairs do.
Source: Christen 2012, Data Matching, chapter 4 (blocking); the choice of rules is own design,
docs/decisions/linkage.md.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from suar_research.reading import refuse
from suar_research.texts import texts

Column = Sequence[str]
Columns = dict[str, Column]
Rule = tuple[str, ...]
PAIRS_EACH = 50
TEXTS = texts("linkage.blocking")
TOO_ALIKE: str = TEXTS["too_alike"]


def rules(lists: Sequence[Columns]) -> list[Rule]:
    """Choose columns and twos of columns on which at most 50 pairs agree for each row.

    Empty words agree with none. Rules are in order of how few pairs agree. Raises Unreadable where
    fewer than two rules without a common column can be had, for then nothing can be learnt.
    """
    most = PAIRS_EACH * sum(len(next(iter(each.values()))) for each in lists)
    names = list(lists[0])
    alone: dict[Rule, int] = {(name,): agreeing(lists, (name,)) for name in names}
    single = {rule: number for rule, number in alone.items() if 0 < number <= most}
    rest = [name for name in names if (name,) not in single]
    double: dict[Rule, int] = {rule: agreeing(lists, rule) for rule in combinations(rest, 2)}
    fit = single | {rule: number for rule, number in double.items() if 0 < number <= most}
    chosen = sorted(fit, key=lambda rule: (fit[rule], rule))
    refuse([] if chosen and apart(chosen) else [TOO_ALIKE])
    return chosen


def apart(chosen: Sequence[Rule]) -> tuple[Rule, Rule] | None:
    """Give the first two rules that have no column in common, or None."""
    found = (two for two in combinations(chosen, 2) if not set(two[0]) & set(two[1]))
    return next(found, None)


def agreeing(lists: Sequence[Columns], rule: Rule) -> int:
    """Count the pairs of rows of two lists that agree on all columns of a rule."""
    counts = [Counter(key for key in zip(*(each[name] for name in rule), strict=True) if all(key)) for each in lists]
    return sum(number * other[key] for one, other in combinations(counts, 2) for key, number in one.items())
