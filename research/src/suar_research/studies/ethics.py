"""The rules of ethics as data: what each asks, and from where it comes."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).with_name("data") / "ethics.json"


@dataclass(frozen=True)
class Rule:
    """One rule: its code, name, what it says in short, and its sources."""

    code: str
    name: str
    says: str
    source: tuple[str, ...]

    def why(self) -> str:
        """Say why something is asked for, with where the rule comes from."""
        return f"{self.code}, {self.name}: {self.says} ({'; '.join(self.source)})"


@cache
def rules() -> dict[str, Rule]:
    """Give every rule by its code."""
    listed = json.loads(RULES.read_text("utf-8"))["rules"]
    return {each["code"]: Rule(each["code"], each["name"], each["says"], tuple(each["source"])) for each in listed}
