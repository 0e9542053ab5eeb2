"""The words that a journey types, each found nowhere else, and what pages showed of them."""

from dataclasses import dataclass, field

from django.test import Client


@dataclass
class Journey:
    """What was typed where, and what the pages showed of it."""

    number: int
    canaries: list[str] = field(default_factory=list)
    shown: str = ""
    name: str = ""

    def canary(self, name: str) -> str:
        """Make a word that stands nowhere else in the world."""
        word = f"canary{self.number}{name}{len(self.canaries)}"
        self.canaries.append(word)
        return word


def unseen(way: Journey) -> set[str]:
    """Name the canaries that no page showed again."""
    return {
        canary.removeprefix(f"canary{way.number}").rstrip("0123456789")
        for canary in way.canaries
        if canary not in way.shown
    }


def post(client: Client, path: str, **data: object) -> str:
    """Post a form and give where it led; anything but a redirect is a fault of the journey."""
    answer = client.post(path, data)
    assert answer.status_code == 302, f"{path}: {answer.status_code} {answer.content.decode()[:3000]}"
    return str(answer["Location"])
