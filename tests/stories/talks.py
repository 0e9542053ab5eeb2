"""How a story holds a talk: safe, asked about needs, agreed, and ended."""

from collections.abc import Callable, Mapping, Sequence

from tests.stories.walker import Walker

MAX_PAGES = 15
END = 'main form[action$="/outcome"] button.act:not([data-quiet])'


def begin(walker: Walker, *, form: str = "", later: str = "", place: str = "VILLAGE_OFFICE") -> None:
    """Say where, read the briefing, and begin a form now, or write down one that was held."""
    walker.go("/talk")
    walker.choose("place", place)
    walker.go_on()
    name, value = ("later", later) if later else ("form", form)
    walker.press(f'button[name="{name}"][value="{value}"]')


def answer(walker: Walker, taps: Mapping[str, str]) -> None:
    """Tap an answer under each of these questions."""
    for question, value in taps.items():
        walker.tap(f"q-{question}", value)


def up_to_consent(walker: Walker, safe: Mapping[str, str], *, on: Callable[[], None] = lambda: None) -> None:
    """Go through safety and needs with a grown person who needs nothing now; `on` is called on each new page."""
    answer(walker, safe)
    walker.go_on()
    on()
    walker.press("#needs-all-asked")
    on()
    walker.tap("age-band", "ADULT")
    walker.tap("age-doubt", "NO")
    walker.go_on()
    on()


def tick(walker: Walker, told: Mapping[str, Sequence[str]]) -> None:
    """Tap a sign and its kinds under each prompt."""
    for question, kinds in told.items():
        walker.tap(f"q-{question}", "YES")
        for kind in kinds:
            walker.tap(f"s-{question}", kind)


def listen(walker: Walker, told: Mapping[str, Sequence[str]], *, on: Callable[[], None] | None = None) -> None:
    """Go through the pages of prompts, tap what was told, and say that those who gained did it."""
    for _ in range(MAX_PAGES):
        if "/SIGNS" not in walker.path():
            return
        tick(walker, {code: kinds for code, kinds in told.items() if _asks(walker, code)})
        if _asks(walker, "BW_WHO"):
            walker.tap("q-BW_WHO", "THEM")
        (on or walker.go_on)()
    raise AssertionError(walker.text())


def _asks(walker: Walker, question: str) -> bool:
    return bool(walker.page.locator(f'main input[name="q-{question}"] + span').first.is_visible())


def end(walker: Walker, outcome: str, reason: str) -> None:
    """Choose, and end the talk."""
    walker.tap("outcome", outcome)
    walker.tap("reason", reason)
    walker.press(END)
