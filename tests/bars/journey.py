"""The whole journey of one person through the real pages, a canary in every free field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from suar.demo.cast import Cast
from suar.kernel import clock
from tests.people import CLINIC, LEGAL_AID, client_of

SAFE = {"q-SF_HEARD": "NO", "q-SF_NEAR": "NO", "q-SF_PHONE": "YES", "q-TI_KNOWS": "NONE"}
TOLD = {"said_back": "on", "told": "on", "how": "said", "interpretation": "not_needed",
        "language": "id"}  # fmt: skip


@dataclass
class Journey:
    """What was typed where, and what the pages showed of it."""

    number: int
    canaries: list[str] = field(default_factory=list)
    shown: str = ""

    def canary(self, name: str) -> str:
        """Make a word that stands nowhere else in the world."""
        word = f"canary{self.number}{name}{len(self.canaries)}"
        self.canaries.append(word)
        return word


def walk(cast: Cast, number: int) -> Journey:
    """Carry one person from Ben's talk to Chioma's follow-up, typing canaries on the way."""
    way = Journey(number)
    ben = client_of(cast.ben)
    person = _talk(way, ben)
    referral, link = _refer(way, ben, person)
    _answer_by_link(Client(), link)
    _work(way, cast, referral)
    way.shown += ben.get(person).content.decode()
    _find(way, ben)
    _withdraw(way, ben, person)
    cache.clear()
    return way


def post(client: Client, path: str, **data: object) -> str:
    """Post a form and give where it led; anything but a redirect is a fault of the journey."""
    answer = client.post(path, data)
    assert answer.status_code == 302, (
        f"{path}: {answer.status_code} {answer.content.decode()[:3000]}"
    )
    return str(answer["Location"])


def _talk(way: Journey, ben: Client) -> str:
    path = post(ben, reverse("talk_start"), place="VILLAGE_OFFICE", form="short")
    path = _step(ben, path, **SAFE)
    needs = {"n-ND_PAIN": "YES", "needs-all-asked": "yes", "n-ND_PAIN-acted": "SPOKE",
             "n-ND_PAIN-who": way.canary("nurse")}  # fmt: skip
    path = _step(ben, path, **needs)
    path = _step(ben, path, **{"age-band": "ADULT", "age-doubt": "NO"})
    path = _step(ben, path, **{"q-CN_BACK": "YES", "q-CN_ANSWER": "YES"})
    signs = {"q-SG_DEBT": "YES", "s-SG_DEBT": "I_M_DEBT", "q-SG_PAID": "YES",
             "s-SG_PAID": "I_P_NO_PAY", "q-SG_ARRANGED": "YES",
             "s-SG_ARRANGED": "I_A_RECRUIT"}  # fmt: skip
    path = _step(ben, path, **signs)
    path = _step(ben, path, **{"q-SN_SEEN": "NO", "m-BR_BARRIERS": "P_FEAR_TRAFFICKER"})
    typed = {name: way.canary(name) for name in
             ("name", "contact", "hours", "do_not", "story", "words", "never_words")}  # fmt: skip
    way.shown += ben.get(path).content.decode()
    end = post(
        ben, path, outcome="PRESUMED_VICTIM", reason="RS_KNOW_MORE", keep="on", never="on", **typed
    )
    return end.removesuffix("/options")


def _step(ben: Client, path: str, **taps: object) -> str:
    page = ben.get(path)
    version = page.context["page"].version
    return post(ben, path, version=str(version), **taps)


def _refer(way: Journey, ben: Client, person: str) -> tuple[str, str]:
    about = {"district": "32.74", "sex": "FEMALE", "language": "id", "papers": "NONE"}
    post(ben, f"{person}/about", **about)
    post(ben, f"{person}/options", types=["JUS_WAGES", "HEA_GENERAL", "HOU_EMERGENCY"])
    post(ben, f"{person}/spoke", need="need-HOU_EMERGENCY", whom=way.canary("spoken"))
    sent = [_send(way, ben, person, service) for service in (LEGAL_AID, CLINIC)]
    return sent[0], sent[1]


def _send(way: Journey, ben: Client, person: str, service: object) -> str:
    """Ask for the yes, send; gives the referral's path, or the link when it goes by link."""
    ends_on = clock.today() + timedelta(days=60)
    page = ben.get(f"{person}/options/{service}")
    fields = list(page.context["asked"].form["fields_told"].initial or [])
    asked = {"answer": "yes", "fields_told": fields, "ends_on": str(ends_on), **TOLD}
    path = post(ben, f"{person}/options/{service}", **asked)
    way.shown += ben.get(path).content.decode()
    answer = ben.post(path, {"compared": "yes"})
    if answer.status_code == 302:
        return str(answer["Location"])
    return str(answer.context["link"])


def _answer_by_link(dan: Client, link: str) -> None:
    path = "/" + link.split("/", 3)[3]
    assert dan.get(path).status_code == 200
    assert dan.post(path, {"verb": "decline", "reason": "RF_NO_PLACE"}).status_code == 200


def _work(way: Journey, cast: Cast, sent: str) -> None:
    chioma = client_of(cast.chioma)
    referral = sent.rsplit("/", 1)[1]
    chioma.get(reverse("inbox_item", args=[referral]))
    case = post(chioma, reverse("accept_referral", args=[referral]))
    post(chioma, f"{case}/note", text=way.canary("note"))
    page = chioma.get(case)
    day = str(clock.today() + timedelta(days=20))
    plan = {"goal": way.canary("goal"), "step": way.canary("step"), "who": way.canary("who"),
            "by": day, "review_on": day,
            "version": str(page.context["case"].plan_version)}  # fmt: skip
    post(chioma, f"{case}/plan", **plan)
    with clock.shifted(timedelta(days=7)):
        again = client_of(cast.chioma)
        done = {"code": "FU_1W", "result": "FUR_REACHED", "reason": way.canary("followed")}
        post(again, f"{case}/follow-up", **done)
        way.shown += again.get(case).content.decode()
    post(chioma, f"{case}/arrived")


def _find(way: Journey, ben: Client) -> None:
    name = next(each for each in way.canaries if "name" in each)
    found = ben.post(reverse("find_person"), {"name": name})
    way.shown += found.content.decode()


def _withdraw(way: Journey, ben: Client, person: str) -> None:
    consents = ben.get(person).context["person"].consents
    path = f"{person}/yes/{consents[0].id}"
    post(ben, path, reason=way.canary("withdrawn"))


def shown_canaries(way: Journey) -> Iterator[str]:
    """Give the canaries that some page showed again."""
    return (each for each in way.canaries if each in way.shown)
