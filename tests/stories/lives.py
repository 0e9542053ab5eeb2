"""How a life over years is walked: workers who come back after months, and what each role sees at each point."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.standing import Demonstration
from tests.stories.handbook import LANGUAGE, Picture, take
from tests.stories.talks import answer, begin, listen
from tests.stories.test_thread import CLINIC, LEGAL_AID, SAFE, ended, name_needs
from tests.stories.walker import Walker, travel

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
OUTSIDERS = ("farid", "gita", "hadi", "indah", "nur")
"""A worker of another organisation, and those without keys: administrator, editor, privacy officer, complaints."""
SIGNS = {
    "SG_ARRANGED": ["I_A_RECRUIT", "I_A_TRANSPORT"],
    "SG_DEBT": ["I_M_DEBT"],
    "SG_PAID": ["I_P_NO_PAY"],
    "SG_WORK": ["I_P_HOURS"],
}
NARROWEST_LABEL_PX = 60
RATE = """ratings => {
  for (const [name, value] of Object.entries(ratings)) {
    document.querySelector(`main input[name="${name}"][value="${value}"]`).checked = true;
  }
}"""


@dataclass(frozen=True)
class Sees:
    """What a worker sees on a page and what not; a page that is not theirs is answered like one that is absent."""

    shows: Sequence[str] = ()
    hides: Sequence[str] = ()
    absent: bool = False


ABSENT = Sees(absent=True)


def life_language(usual: str) -> str:
    """Return the language in which a life is walked: that of the pictures, if they are asked for."""
    return LANGUAGE or usual


@dataclass
class Life:
    """A person's life as it passes, with the workers at their browsers; `secrets` only some may read."""

    opens: Callable[..., Walker]
    demonstration: Demonstration
    language: str
    secrets: tuple[str, ...]
    walkers: dict[str, Walker] = field(default_factory=dict)
    signed_in: set[str] = field(default_factory=set)

    def worker(self, name: str) -> Walker:
        """Return a worker at their browser, who signs in again after a pause."""
        walker = self.walkers.get(name) or self.walkers.setdefault(name, self.opens())
        if name not in self.signed_in:
            walker.sign_in(name, language=self.language, pause_s=0)
            self.signed_in.add(name)
        return walker

    def pass_days(self, days: int) -> None:
        """Let days pass; all sessions have ended since."""
        travel(self.demonstration, days=days)
        self.signed_in.clear()

    def expect(self, moment: str, seen: Mapping[str, Mapping[str, Sees]]) -> None:
        """Assert what each worker sees on pages, by name and path; no title says anything of the person."""
        for name, pages in seen.items():
            walker = self.worker(name)
            for path, sees in pages.items():
                self._look(f"{moment}: {name} at {path}", walker, path, sees)

    def expect_outsiders_see_nothing(self, moment: str, *paths: str, outsiders: Sequence[str] = OUTSIDERS) -> None:
        """Assert that those without a right see neither the person nor that there is one."""
        nothing = Sees(hides=self.secrets)
        self.expect(moment, {name: {**dict.fromkeys(paths, ABSENT), "/": nothing} for name in outsiders})

    def _look(self, where: str, walker: Walker, path: str, sees: Sees) -> None:
        address, speaks = f"{self.demonstration.staff}{path}", {"Accept-Language": self.language}
        page = walker.page.request.get(address, headers=speaks)
        text = page.text()
        assert page.status == (404 if sees.absent else 200), where
        for words in sees.shows:
            assert words in text, f"{where}: shows {words}"
        for words in self.secrets if sees.absent else sees.hides:
            assert words not in text, f"{where}: hides {words}"
        [title] = TITLE.findall(text)
        assert not [words for words in self.secrets if words in title], f"{where}: {title}"


def hold_talk(ben: Walker, *, name: str, number: str, outcome: str = "PRESUMED_VICTIM", **typed: str) -> str:
    """Hold a short talk with strong signs, store what the person wants stored, and return the person's path."""
    begin(ben, form="short")
    return go_through_talk(ben, outcome=outcome, name=name, contact=number, **typed)


def talk_again(ben: Walker, person: str, *, outcome: str = "PRESUMED_VICTIM", **typed: str) -> str:
    """Hold a second talk that continues the first, and return the person's path."""
    ben.go(person)
    ben.press('main a[href*="again="]')
    ben.choose("place", "VILLAGE_OFFICE")
    ben.go_on()
    ben.press('button[name="form"][value="short"]')
    return go_through_talk(ben, outcome=outcome, **typed)


def go_through_talk(ben: Walker, *, outcome: str, **typed: str) -> str:
    """Walk through a short talk that has begun, with strong signs, and end it."""
    answer(ben, SAFE)
    take(ben, Picture.TALK)
    ben.go_on()
    ben.press("#needs-all-asked")
    ben.tap("age-band", "ADULT")
    ben.tap("age-doubt", "NO")
    ben.go_on()
    answer(ben, {"CN_BACK": "YES", "CN_ANSWER": "YES"})
    take(ben, Picture.TALK_CONSENT)
    ben.go_on()
    take(ben, Picture.TALK_SIGNS)
    listen(ben, SIGNS)
    ben.go_on()
    ben.tap("outcome", outcome)
    ben.tap("reason", "RS_SAME" if outcome == "PRESUMED_VICTIM" else "RS_OTHER_CAUSE")
    ben.tap("keep", "on")
    for field_name, text in typed.items():
        ben.type(field_name, text)
    take(ben, Picture.OUTCOME)
    ben.tap("exclude", "no")
    return ended(ben)


def ask_legal_aid(ben: Walker, person: str) -> str:
    """Find help together, ask for the consent, and send the referral; return its path."""
    ben.go(f"{person}/options")
    name_needs(ben)
    take(ben, Picture.OPTIONS, at="main .two h2")
    ben.press(f'a[href="{person}/options/{LEGAL_AID}"]')
    return agree(ben)


def agree(ben: Walker) -> str:
    """Record the consent on its page and send the referral; return the path of what was sent."""
    ben.tap("understood")
    ben.tap("explained")
    take(ben, Picture.CONSENT)
    ben.press('button[name="answer"][value="yes"]')
    take(ben, Picture.SENT)
    ben.go_on()
    return ben.path().partition("?")[0]


def accept(worker: Walker, referral: str) -> str:
    """Accept a referral in the inbox; return the path of the case."""
    worker.go(f"/inbox/{referral}")
    take(worker, Picture.REQUEST)
    worker.press('form[action$="/accept"] button')
    return worker.path().partition("#")[0].partition("?")[0]


def write_message(worker: Walker, text: str) -> None:
    """Write to the other side of a referral, on the page of what was sent or of the case."""
    form = 'main form[action$="/message"]'
    if not worker.page.locator(f'{form} [name="text"]').is_visible():
        worker.page.locator("#messages summary").click()
    worker.page.locator(f'{form} [name="text"]').fill(text)
    worker.press(f"{form} button")


def change_facts(worker: Walker, record: str, part: str, *ticked: str, **typed: str) -> None:
    """Change facts of one part of the person's page."""
    worker.go(f"{record}/details?part={part}")
    for name, text in typed.items():
        worker.type(name, text)
    for name in ticked:
        worker.tap(name)
    if part == "contact":
        take(worker, Picture.FACTS)
    worker.go_on()


def rate(worker: Walker, case: str, which: str, *, person: Mapping[str, str], of_worker: Mapping[str, str]) -> None:
    """Rate domains side by side."""
    worker.go(f"{case}/progress/rate/{which}")
    ratings = {f"person-{code}": rating for code, rating in person.items()}
    worker.page.evaluate(RATE, ratings | {f"worker-{code}": rating for code, rating in of_worker.items()})
    take(worker, Picture.RATING)
    worker.go_on()
    assert worker.path().partition("#")[0] == f"{case}/progress"


def set_goal(worker: Walker, case: str, goal: str, *, domain: str, step: str) -> None:
    """Write the first goal of the plan with a step."""
    worker.go(f"{case}/plan/goal")
    worker.type("goal", goal)
    worker.choose("domain", domain)
    worker.type("step-0-what", step)
    worker.type_day("step-0-by")
    worker.type_day("review_on")
    worker.go_on()
    assert worker.path().partition("#")[0] == f"{case}/plan"


def answer_plan(worker: Walker, case: str, *, answered: str, copy_left: str) -> None:
    """Read the plan out and record what the person said."""
    worker.go(f"{case}/plan/answer")
    worker.tap("answer", answered)
    worker.tap("copy_left", copy_left)
    worker.go_on()


def add_tie(worker: Walker, record: str, who: str, *, relation: str, stance: str, **more: str) -> None:
    """Add somebody around the person."""
    worker.go(f"{record}/family/new")
    worker.type("who", who)
    worker.tap("relation", relation)
    for name, value in more.items():
        worker.tap(name, value)
    worker.press(f'button[name="stance"][value="{stance}"]')


def offer(worker: Walker, record: str, kind: str, outcome: str) -> None:
    """Record what came of offering a kind of help."""
    worker.go(f"{record}/offers")
    worker.choose("other", kind)
    worker.press(f'form:has([name="other"]) button[value="{outcome}"]')


def complete_offer(worker: Walker, record: str, **chosen: str) -> None:
    """Add to the newest offer in which words it was made, why it was declined, and when to ask again."""
    worker.go(f"{record}/offers")
    worker.press('main .line a[href*="/offers/"]')
    for name in ("reason", "second", "information"):
        if name in chosen:
            worker.choose(name, chosen.pop(name))
    worker.tap("recontact", chosen.pop("recontact"))
    for name, text in chosen.items():
        worker.type(name, text)
    take(worker, Picture.DECLINE, at="main fieldset.sheet:nth-of-type(2)")
    worker.go_on()


def want_follow_ups(worker: Walker, case: str, *codes: str) -> None:
    """Write down which follow-ups the person wants, and no others."""
    worker.go(f"{case}/follow-up")
    boxes = 'main input[name="wanted"]'
    worker.page.evaluate(
        "([boxes, codes]) => document.querySelectorAll(boxes).forEach(b => b.checked = codes.includes(b.value))",
        [boxes, codes],
    )
    worker.press('form[action$="/wishes"] button')


def follow_up(worker: Walker, case: str, way: str, *, result: str = "FUR_REACHED", **said: str) -> None:
    """Record a contact or an attempt."""
    worker.go(f"{case}/follow-up")
    worker.tap("way", way)
    if result == "FUR_REACHED":
        worker.tap("safe", "SAFE")
    for name, text in said.items():
        if name == "setbacks":
            worker.tap(name, text)
        else:
            worker.type(name, text)
    take(worker, Picture.FOLLOW_UP)
    worker.press(f'form[action$="/follow-up"] button[value="{result}"]')


def hand_over(worker: Walker, record: str, to: str, *, until: str = "", note: str = "") -> list[str]:
    """Hand the person over to a colleague; return who could have been chosen."""
    worker.go(f"{record}/hand-over")
    choice = worker.page.locator('main select[name="worker"]')
    offered = [text.strip() for text in choice.locator("option").all_inner_texts()][1:]
    choice.select_option(label=to)
    worker.tap("agreed", "yes")
    for box in worker.page.locator('main input[name="checks"]').all():
        worker.tap("checks", str(box.get_attribute("value")))
    if until:
        worker.type("until", until)
    if note:
        worker.type("note", note)
    take(worker, Picture.HAND_OVER)
    worker.go_on()
    return offered


def ask_closing(worker: Walker, case: str, reason: str, *confirmed: str, **typed: str) -> None:
    """Ask to close a case, or close it where the reason needs no second person."""
    worker.go(f"{case}/close")
    for radio in worker.page.locator('main input[name^="need-"][value="met"]').all():
        worker.tap(str(radio.get_attribute("name")), "met")
    worker.tap("reason", reason)
    for check in confirmed:
        worker.tap("confirmed", check)
    if care := typed.pop("after_care", ""):
        worker.tap("after_care", care)
    for name, text in typed.items():
        worker.type(name, text)
    for label in worker.page.locator("main .closing .field label:visible").all():
        assert label.bounding_box()["width"] > NARROWEST_LABEL_PX, "each word on its line"
    take(worker, Picture.CLOSING, at="main .closing")
    worker.press("main form.form button.act:not([data-quiet])")


def read_under_code(life: Life, code: str) -> str:
    """Open what waits under a return code on the public site, as the person does on any phone."""
    phone = life.opens().page
    phone.goto(life.demonstration.public)
    for do, typed in (("enter_code", ""), ("read", code)):
        if typed:
            phone.locator('main [name="code"]').fill(typed)
        with phone.expect_event("load"):
            phone.locator(f'main button[name="do"][value="{do}"]').first.click()
    return str(phone.locator("main").inner_text())


def confirm_directory(life: Life) -> None:
    """Let the editor confirm the entries that nobody confirmed for years, so that they are found again."""
    hadi = life.worker("hadi")
    for service in (LEGAL_AID, CLINIC):
        hadi.go(f"/directory/{service}")
        hadi.press(f'form[action$="/{service}/confirm"] button')
