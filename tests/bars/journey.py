"""The whole journey of one person through the real pages, a canary in every free field.

`free_fields` knows every field there is, and a test holds the journey to it.
"""

import io
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import CharField
from django.test import Client
from django.urls import reverse
from PIL import Image

from suar.accounts.models import Alarm
from suar.accounts.roles import Role
from suar.cases import rules
from suar.cases.codes import HANDOVER_CHECKS, ClosureReason
from suar.cases.htcds.mapping import CASE, FIELDS
from suar.cases.models import Case
from suar.core import clock
from suar.core.files.sheets import write_csv
from suar.core.ids import new_id
from suar.demo import cast as casting
from suar.demo.cast import Cast
from tests.bars.canaries import Journey, post
from tests.bars.public_journey import look_from_outside, say_how_it_was, write_letters
from tests.contact.uploads import brought
from tests.people import CLINIC, LEGAL_AID, client_of, typed_steps
from tests.screening.conversing import Conversation, left_at

SAFE = {
    "q-SF_HEARD": "NO",
    "q-SF_NEAR": "NO",
    "q-SF_PHONE": "YES",
    "q-TI_KNOWS": "NONE",
    "q-LG_INTERPRETER": "NONE_NEEDED",
    "q-CU_HELD": "NO",
}
REPORTED = {
    "q-RP_WHO": "FAMILY",
    "q-RP_KNOWS": "TOLD",
    "q-RP_PART": "UNKNOWN",
    "q-RP_REACH": "NO",
    "q-TI_KNOWS": "NONE",
    "q-CU_HELD": "NO",
}
TOLD = {"understood": "on", "explained": "on", "how": "said", "interpretation": "not_needed", "language": "id"}


def walk(cast: Cast, number: int) -> Journey:
    """Carry one person from Ben's talk to Chioma's follow-up, typing canaries on the way."""
    way = Journey(number)
    ben = client_of(cast.ben)
    person = _talk(way, ben)
    referral, link = _refer(way, ben, person)
    _answer_by_link(way, Client(), link)
    _work(way, cast, referral)
    _tell_what_happened(way, ben, person)
    _plan_safety(way, ben, person)
    _open_in_an_emergency(way, cast, person)
    _look_for(way, ben, person)
    _hand_over(way, cast, ben, person)
    way.shown += ben.get(person).content.decode()
    _find(way, ben)
    _withdraw(way, ben, person)
    _never(way, ben, person)
    _read_elsewhere(way, cast)
    _import_people(way, cast)
    _call_somebody(way, cast)
    _talk_with_the_reported(way, cast, _report(way, cast))
    _import(way, cast)
    look_from_outside(way)
    write_letters(way, cast)
    say_how_it_was(way, cast)
    cache.clear()
    return way


def _talk(way: Journey, ben: Client) -> str:
    path = post(ben, reverse("talk_start"), place="VILLAGE_OFFICE", form="short")
    path = _step(ben, path, **SAFE)
    needs = {
        "n-ND_PAIN": "YES",
        "needs-all-asked": "yes",
        "n-ND_PAIN-acted": "SPOKE",
        "n-ND_PAIN-who": way.canary("nurse"),
    }
    path = _step(ben, path, **needs)
    path = _step(ben, path, **{"age-band": "ADULT", "age-doubt": "NO"})
    path = _step(ben, path, **{"q-CN_BACK": "YES", "q-CN_ANSWER": "YES"})
    signs = {
        "q-SG_DEBT": "YES",
        "s-SG_DEBT": "I_M_DEBT",
        "q-SG_PAID": "YES",
        "s-SG_PAID": "I_P_NO_PAY",
        "q-SG_ARRANGED": "YES",
        "s-SG_ARRANGED": "I_A_RECRUIT",
    }
    path = _step(ben, path, **signs)
    path = _step(ben, path, **{"q-SN_SEEN": "NO", "m-BR_BARRIERS": "P_FEAR_TRAFFICKER"})
    typed = {
        name: way.canary(name)
        for name in ("name", "contact", "hours", "wish", "do_not", "story", "words", "exclude_search", "exclude_words")
    }
    way.name = typed["name"]
    way.shown += ben.get(path).content.decode()
    ending = {"outcome": "PRESUMED_VICTIM", "reason": "RS_KNOW_MORE", "keep": "on", "exclude": "on"}
    looked = ben.post(path, {"go": "find", **ending, **typed})
    assert looked.status_code == 200
    way.shown += looked.content.decode()
    wrong = ben.post(path, {**ending, **typed, "story": way.canary("long") + "x" * 5000})
    assert wrong.status_code == 400, "what is refused may lie nowhere either"
    return post(ben, path, **ending, **typed).removesuffix("/options")


def _step(ben: Client, path: str, **taps: object) -> str:
    page = ben.get(path)
    version = page.context["page"]["version"]
    return post(ben, path, version=str(version), **taps)


def _refer(way: Journey, ben: Client, person: str) -> tuple[str, str]:
    about = {"district": "32.74", "sex": "FEMALE", "language": "id", "papers": "NONE"}
    post(ben, f"{person}/about", **about)
    _facts(way, ben, person)
    _documents(way, ben, person)
    post(ben, f"{person}/options", types=["JUS_WAGES", "HEA_GENERAL", "HOU_EMERGENCY"])
    post(ben, f"{person}/spoke", need="need-HOU_EMERGENCY", whom=way.canary("spoken"))
    forged = {"need": way.canary("forged"), "whom": way.canary("nobody")}
    assert ben.post(f"{person}/spoke", forged).status_code == 400
    way.shown += ben.get(f"{person}/options").content.decode()
    sent = [_send(way, ben, person, service) for service in (LEGAL_AID, CLINIC)]
    return sent[0], sent[1]


def _facts(way: Journey, ben: Client, person: str) -> None:
    """Enter all facts, correct some that the talk had stored, and plan the next step."""
    form = ben.get(f"{person}/details").context["form"]
    shown = {f"initial-{bound.html_name}": bound.value() or "" for bound in form}
    before = {bound.html_name: bound.value() for bound in form if bound.value()}
    facts = {bound.name: way.canary(bound.name) for bound in form if isinstance(bound.field, CharField)}
    way.name = facts["name"]
    post(ben, f"{person}/details", **shown, **{**before, **facts})
    way.shown += ben.get(f"{person}/details").content.decode()
    post(ben, f"{person}/next", kind="MEET", due=str(clock.today()), text=way.canary("task"))
    post(ben, f"{person}/note", text=way.canary("jotted"), way="CALL")
    page = ben.get(person)
    [jotted] = [event for event in page.context["events"] if event.kind == "note"]
    post(ben, f"{person}/notes/{jotted.key}", text=way.canary("reworded"), seen=jotted.text)
    way.shown += ben.get(person).content.decode()
    post(ben, f"{person}/notes/{jotted.key}", strike="yes", reason=way.canary("struck"))
    half = {"draft": "note", "text": way.canary("draft"), "way": "CALL"}
    assert ben.post(f"{person}/draft", half).status_code == 204
    post(ben, f"{person}/family/new", who=way.canary("tie"), on="2021", stance="UNKNOWN", note=way.canary("of_tie"))
    way.shown += ben.get(f"{person}/family").content.decode()
    post(ben, reverse("community_work"), kind="SCHOOL", on=str(clock.today()), words=way.canary("meeting"))
    way.shown += ben.get(reverse("community_work")).content.decode()
    way.shown += ben.get(person).content.decode()
    _offers(way, ben, person)


def _offers(way: Journey, ben: Client, person: str) -> None:
    """Record a no, then in which words and what would change it, and an earlier encounter."""
    post(ben, f"{person}/offers", other="MEN_COUNSEL", outcome="DECLINED")
    [line] = ben.get(f"{person}/offers").context["lines"]
    offer = f"{person}/offers/{line['line'].key}"
    shown = {bound.html_name: bound.value() or "" for bound in ben.get(offer).context["form"]}
    typed = {name: way.canary(name) for name in ("words", "consequences", "would_change", "safe_way")}
    post(ben, offer, **(shown | typed))
    way.shown += ben.get(f"{person}/offers").content.decode()
    met = {name: way.canary(name) for name in ("behaviour", "lesson", "lesson_owner")}
    post(ben, f"{person}/encounters/add", event="ARRESTED", when="May 2024", **met)
    way.shown += ben.get(f"{person}/encounters").content.decode()


def _documents(way: Journey, ben: Client, person: str) -> None:
    """Add a picture with words in it that nobody sees, keep its original, and strike the document out."""
    words = {name: way.canary(name) for name in ("given_by", "why", "why_original")}
    named = {"name": way.canary("document"), "kind": "CONTRACT", "keep_until": str(clock.today())}
    refused = {**named, **words, "file": brought(b"%PDF-" + way.canary("broken").encode())}
    page = ben.post(f"{person}/documents", refused)
    assert page.status_code == 400
    way.shown += page.content.decode()
    written, name = io.BytesIO(), way.canary("inside")
    Image.new("RGB", (64, 48)).save(written, "JPEG", comment=name.encode())
    post(ben, f"{person}/documents", **named, **words, file=brought(written.getvalue(), f"{name}.jpg"))
    page = ben.get(f"{person}/documents")
    [(key, _, _)] = page.context["attachments"]
    way.shown += page.content.decode() + ben.get(f"{person}/documents/{key}").content.decode()
    again = {**named, **words, "name": way.canary("renamed"), "version": "1"}
    post(ben, f"{person}/documents/{key}", **again)
    post(ben, f"{person}/documents/{key}", **{"strike": "yes", "strike-reason": way.canary("struck")})
    way.shown += ben.get(f"{person}/documents/{key}").content.decode()
    pasted = {"messenger": "WHATSAPP", "paste": "yes"}
    for target in ("note", "account"):
        post(ben, f"{person}/messenger", **pasted, target=target, text=way.canary(f"pasted_{target}"))
    _save_whole_file(way, ben, person)
    post(ben, f"{person}/for-person", text=way.canary("correction"))
    [(wish, _, _)] = ben.get(f"{person}/for-person").context["corrections"]
    answered = {f"{wish}-outcome": "ADDED", f"{wish}-answer": way.canary("correction_answer")}
    post(ben, f"{person}/for-person/corrections/{wish}", **answered)
    way.shown += ben.get(f"{person}/for-person").content.decode()
    post(ben, f"{person}/erasure/change", verb="ask_hold", words=way.canary("hold"))
    way.shown += ben.get(f"{person}/erasure").content.decode()
    summary = {"words": way.canary("summary"), "days": "14", "kind": "digits"}
    refused = ben.post(f"{person}/for-person/summary", summary)
    assert refused.status_code == 400, "the person is asked first"
    way.shown += refused.content.decode()
    assert ben.post(f"{person}/for-person/summary", {**summary, "agreed": "on"}).status_code == 200


def _save_whole_file(way: Journey, ben: Client, person: str) -> None:
    """Save the whole file as an archive, after a receiver was missing."""
    asked = {"purpose": "PERSON", "language": "id", "sure": ["PERSON", "EXCLUDED"], "reason": way.canary("asked_for")}
    assert ben.post(f"{person}/archive", asked).status_code == 400
    asked["receiver"] = way.canary("receiver")
    seed = ben.post(f"{person}/archive", asked).context["seed"]
    assert ben.post(f"{person}/archive", {**asked, "seed": seed}).headers["Content-Disposition"]
    way.shown += ben.get(f"{person}/archive").content.decode()


def _send(way: Journey, ben: Client, person: str, service: object) -> str:
    """Ask for the yes, send; gives the referral's path, or the link when it goes by link."""
    ends_on = clock.today() + timedelta(days=60)
    page = ben.get(f"{person}/options/{service}")
    fields = list(page.context["form"]["shared_fields"].initial or [])
    asked = {"answer": "yes", "shared_fields": fields, "ends_on": str(ends_on), **TOLD}
    path = post(ben, f"{person}/options/{service}", **asked)
    way.shown += ben.get(path).content.decode()
    answer = ben.post(path, {"compared": "yes"})
    if answer.status_code == 302:
        return str(answer["Location"])
    return str(answer.context["link"])


def _answer_by_link(way: Journey, dan: Client, link: str) -> None:
    path = "/" + link.split("/", 3)[3]
    assert dan.get(path).status_code == 200
    post(dan, path, text=way.canary("by_link"))
    way.shown += dan.get(path).content.decode()
    assert dan.post(path, {"verb": "decline", "reason": "RF_NO_PLACE"}).status_code == 200


def _work(way: Journey, cast: Cast, sent: str) -> None:
    chioma = client_of(cast.chioma)
    referral = sent.rsplit("/", 1)[1]
    post(client_of(cast.ben), f"{sent}/message", text=way.canary("asked"))
    post(chioma, reverse("write_to_sender", args=[referral]), text=way.canary("replied"))
    way.shown += chioma.get(reverse("inbox_item", args=[referral])).content.decode()
    case = post(chioma, reverse("accept_referral", args=[referral]))
    post(chioma, f"{case}/message", text=way.canary("answered"))
    post(chioma, f"{case}/note", text=way.canary("note"))
    post(chioma, f"{case}/name", name=way.canary("alias"))
    _note_too_late(way, cast, case)
    _plan(way, chioma, case)
    with clock.shifted(timedelta(days=7)):
        again = client_of(cast.chioma)
        done = {"code": "FU_1W", "result": "FUR_REACHED", "way": "MET", "reason": way.canary("followed")}
        said = {"text": way.canary("followed_text"), "harder": way.canary("harder"), "setbacks": ["MONEY"]}
        post(again, f"{case}/follow-up", **done, **said)
        wishes = {"wanted": ["FU_1M"], "asked_on": str(clock.today()), "come_back": way.canary("come_back")}
        post(again, f"{case}/follow-up/wishes", **wishes, version="0")
        way.shown += again.get(f"{case}/follow-up").content.decode()
        way.shown += again.get(case).content.decode()
    post(chioma, f"{case}/arrived")
    _close(way, chioma, case)


def _plan(way: Journey, chioma: Client, case: str) -> None:
    """Write each part of the plan, ask the person, record a service and what was given, and rate the domains."""
    day, today = str(clock.today() + timedelta(days=20)), str(clock.today())
    steps = typed_steps({"what": way.canary("step"), "who": way.canary("who"), "by": day})
    goal = {name: way.canary(name) for name in ("goal", "baseline", "measure")}
    post(chioma, f"{case}/plan/goal", **goal, **steps, review_on=day, version="0")
    relative = {name: way.canary(name) for name in ("called", "needs")}
    post(chioma, f"{case}/plan/relative", group="SB_CHILD", **relative, **typed_steps(), version="0")
    frame = {name: way.canary(name) for name in ("family", "exit", "risk-0-what", "risk-0-measure")}
    counts = {"risk-TOTAL_FORMS": "1", "risk-INITIAL_FORMS": "0"}
    post(chioma, f"{case}/plan/frame", **frame, **counts, review_on=day, version="0")
    version = chioma.get(f"{case}/plan/answer").context["form"]["version"].value()
    answer = {"answer": "SPOKEN", "on": today, "copy_left": "UNSAFE", "reason": way.canary("unsigned")}
    post(chioma, f"{case}/plan/answer", **answer, version=str(version))
    service = {"service_type": "JUS_WAGES", "source": "elsewhere", "began_on": today}
    words = {name: way.canary(name) for name in ("provider", "note")}
    post(chioma, f"{case}/plan/service", **service, **words, version="0")
    given = {"kind": "ITEM", "currency": "IDR", "rhythm": "ONE_OFF", "given_on": today, "receiver": "OTHER"}
    words = {name: way.canary(name) for name in ("what", "purpose", "given_by", "received_by")}
    post(chioma, f"{case}/plan/given", **given, **words, version="0")
    way.shown += chioma.get(f"{case}/plan").content.decode()
    way.shown += chioma.get(f"{case}/plan/paper/en").content.decode()
    rating = {"person-HOUSING": "2", "worker-HOUSING": "3", "on": today, "version": "0", "note": way.canary("rated")}
    post(chioma, f"{case}/progress/rate/usual", **rating)
    way.shown += chioma.get(f"{case}/progress").content.decode()


def _note_too_late(way: Journey, cast: Cast, case: str) -> None:
    """Post when the session has ended: the sign-in page carries what was typed in itself."""
    away = client_of(cast.chioma)
    with clock.shifted(timedelta(hours=9)):
        asked = away.post(f"{case}/note", {"text": way.canary("carried")})
    assert asked.status_code == 401
    assert way.canaries[-1] in asked.content.decode()


def _close(way: Journey, chioma: Client, case: str) -> None:
    page = chioma.get(f"{case}/close")
    needs = {need_field.html_name: "open" for need_field in page.context["form"].need_fields}
    wish = {"reason": "CL_PERSON", "on": str(clock.today()), "agreed": way.canary("agreed"), "call": way.canary("call")}
    confirmed = [str(confirmation) for confirmation in rules.confirmations(ClosureReason.PERSON)]
    post(chioma, f"{case}/close", **wish, **needs, confirmed=confirmed)
    way.shown += chioma.get(case).content.decode()


def _tell_what_happened(way: Journey, ben: Client, person: str) -> None:
    """Record a time of exploitation, strike one out, and say what strengthens the person."""
    for reason in ("", "mistaken"):
        post(ben, f"{person}/history/add", place=way.canary("town"), words=way.canary("account"))
        page = ben.get(f"{person}/history")
        if reason:
            episode = page.context["episodes"][-1]["key"]
            post(ben, f"{person}/history/{episode}", strike="yes", version=1, reason=way.canary(reason))
    post(ben, f"{person}/history/stages/after", words=way.canary("strength"), version=0)
    way.shown += ben.get(f"{person}/history").content.decode()


def _plan_safety(way: Journey, ben: Client, person: str) -> None:
    """Make a safety plan, look at both copies."""
    parts = ("warning_signs", "what_to_do", "safe_places", "whom_to_call", "code_word", "to_carry", "children")
    plan = {name: way.canary(name) for name in (*parts, "digital", "pocket")}
    review_on = str(clock.today() + timedelta(days=20))
    for version, copy in enumerate(("POCKET", "FULL")):
        typed = {**plan, "copy_for_person": copy, "review_on": review_on, "version": version}
        post(ben, f"{person}/safety/change", **typed)
        way.shown += ben.get(f"{person}/safety/copy").content.decode()
    way.shown += ben.get(f"{person}/safety").content.decode()


def _open_in_an_emergency(way: Journey, cast: Cast, person: str) -> None:
    """Let a duty officer open the record in an emergency, and Esi review that."""
    officer = casting.join(cast.village, f"duty-{way.number}", "Duty", Role.SUPERVISOR, at=clock.now())
    why, found = way.canary("whyitwasopenedatonce"), way.canary("whatthereviewfound")
    post(client_of(officer), reverse("emergency"), number=person, code="DANGER", words=why)
    page, esi = reverse("review_access", args=[Alarm.objects.get(worker=officer.id).id]), client_of(cast.esi)
    post(esi, page, decision="JUSTIFIED", words=found)
    way.shown += esi.get(page).content.decode()


def _look_for(way: Journey, ben: Client, person: str) -> None:
    """Write down that the person is missing, and was found."""
    for verb in ("report_missing", "record_found"):
        post(ben, f"{person}/contact", verb=verb, words=way.canary(verb))
    way.shown += ben.get(f"{person}/contact").content.decode()


def _hand_over(way: Journey, cast: Cast, ben: Client, person: str) -> None:
    """Let Esi stand in for Ben, with words for her; Ben may still open the record."""
    answers = {"agreed": "not_asked", "why": way.canary("not_asked"), "note": way.canary("for_colleague")}
    checks = [code for code, _label in HANDOVER_CHECKS.choices]
    until = str(clock.today() + timedelta(days=9))
    post(ben, f"{person}/hand-over", worker=str(cast.esi.id), checks=checks, until=until, **answers)


def _find(way: Journey, ben: Client) -> None:
    for name in (way.name, way.canary("stranger")):
        found = ben.post(reverse("find_person"), {"name": name})
        way.shown += found.content.decode()


def _withdraw(way: Journey, ben: Client, person: str) -> None:
    consents = ben.get(person).context["consents"]
    path = f"{person}/yes/{consents[0]['consent'].id}"
    post(ben, path, reason=way.canary("withdrawn"))
    way.shown += ben.get(person).content.decode()


def _never(way: Journey, ben: Client, person: str) -> None:
    """Look for a body, write down somebody in words, and let them know again."""
    typed = {"find": way.canary("body"), "words": way.canary("brother")}
    looked = ben.post(f"{person}/exclusions", {"go": "find", **typed})
    assert looked.status_code == 200
    way.shown += looked.content.decode()
    post(ben, f"{person}/exclusions", go="keep", **typed)
    page = ben.get(f"{person}/exclusions")
    way.shown += page.content.decode()
    line = page.context["active"][-1]["entry"].id
    post(ben, f"{person}/exclusions/{line}", reason=way.canary("forgiven"))
    way.shown += ben.get(f"{person}/exclusions").content.decode()


def _read_elsewhere(way: Journey, cast: Cast) -> None:
    """End another talk lower than suggested, ask a partner organisation, and read what it answers."""
    partner = cast.pelita.organisation.id
    with clock.shifted(timedelta(minutes=1)):
        talk = Conversation.begun_by(cast.ben).walk()
    lower = {"outcome": "POSSIBLE_AT_RISK", "reason": "RS_OTHER_CAUSE"}
    left = left_at(talk.end(**lower, keep="on", exclude="no", name=way.canary("lower")))
    ben, jaya = client_of(cast.ben), client_of(cast.jaya)
    post(ben, reverse("ask_partner", args=[left]), partner=partner)
    [waits] = jaya.get(reverse("opinions")).context["waiting"]
    answer = {"answer": "PARTNER_LOOK_AGAIN", "reason": "ANOTHER", "words": way.canary("partner")}
    post(jaya, reverse("opinion", args=[waits.id]), **answer)
    way.shown += ben.get(reverse("person", args=[left])).content.decode()


def _import_people(way: Journey, cast: Cast) -> None:
    """Upload a spreadsheet, import one of its people, and get the other one back."""
    chioma, names = client_of(cast.chioma), ("from_sheet", "sheet_note", "unmapped", "left_in_sheet", "heading")
    words = {name: way.canary(name) for name in names}
    rows = [
        ["Nama", "Catatan", words["heading"], "Umur"],
        [words["from_sheet"], words["sheet_note"], words["unmapped"]],
    ]
    rows.append([words["left_in_sheet"], "", "", way.canary("no_age")])
    content = "\n".join(",".join(row) for row in rows).encode()
    refused = chioma.post(reverse("import_people"), {"file": brought(b"\x89PNG" + way.canary("no_sheet").encode())})
    assert refused.status_code == 400
    sheet = post(chioma, reverse("import_people"), file=brought(content, "people.csv"))
    page = chioma.get(sheet)
    chosen = {bound.html_name: bound.value() for bound in page.context["form"] if bound.value()}
    checked = post(chioma, sheet, **chosen)
    way.shown += page.content.decode() + chioma.get(checked).content.decode()
    assert chioma.post(checked, {"take": ["2"]}).status_code == 302
    way.shown += chioma.get(checked).content.decode()
    way.shown += chioma.post(f"{sheet}/rest").content.decode()


def _call_somebody(way: Journey, cast: Cast) -> None:
    """Stop a talk for danger and say who was reached."""
    talk = Conversation.begun_by(cast.ben)
    talk.post("SAFE", **SAFE)
    talk.ways_to_stop(step="SAFE", stop="STOP_DANGER")
    reached = {"acted": "SPOKE", "whom": way.canary("reached")}
    ending = {"outcome": "UNABLE", "reason": "RS_NO_ROOM", "keep": "on", "exclude": "no"}
    answer = talk.end(**ending, **reached, name="Contoh")
    way.shown += talk.client.get(answer["Location"]).content.decode()


def _report(way: Journey, cast: Cast) -> UUID:
    """Take a report about somebody who is not there, a danger among it; gives what it left."""
    talk = Conversation.begun_by(cast.ben, place="FAMILY_REPORT", form="report")
    talk.post("REPORT", **REPORTED)
    danger = {"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "SPOKE", "n-ND_DANGER-who": way.canary("alarmed")}
    talk.post("NEEDS", **{"needs-all-asked": "yes", **danger})
    note = reverse("talk_note", args=[talk.record])
    version = talk.client.get(note).context["version"]
    noted = {"version": version, "said": "I_O_CONTROLLED", "by": "THEM", "needs": "ND_DANGER", "age-band": "ADULT"}
    post(talk.client, note, **noted)
    of_person = {name: way.canary(f"reported_{name}") for name in ("about", "place", "reach", "do_not", "text")}
    of_reporter = {name: way.canary(f"reporter_{name}") for name in ("wants", "name", "contact", "hours")}
    unwished = talk.end(**of_person, keep="no", name=way.canary("unwished"))
    assert unwished.status_code == 400, "a name that may not be stored lies nowhere either"
    ended = talk.end(**of_person, **of_reporter, keep="on")
    way.shown += talk.client.get(ended["Location"]).content.decode()
    return left_at(ended)


def _talk_with_the_reported(way: Journey, cast: Cast, report: UUID) -> None:
    """Talk with whom the report is about, and once more, when one fact of the first talk changes."""
    ending = {"outcome": "PRESUMED_VICTIM", "reason": "RS_SAME", "keep": "on", "exclude": "no"}
    before = report
    for time in ("first", "second"):
        talk = Conversation.begun_by(cast.ben, again=str(before))
        way.shown += talk.page("SAFE").content.decode()
        words = {name: way.canary(f"{time}_{name}") for name in ("name", "contact", "hours", "wish", "do_not", "story")}
        before = left_at(talk.walk().end(**ending, **words))
        person = reverse("person", args=[before])
        way.shown += talk.client.get(person).content.decode() + talk.client.get(f"{person}/details").content.decode()


def _import(way: Journey, cast: Cast) -> None:
    """Let Kartika import a person with a canary in every column that takes words; the file is checked first."""
    kartika = client_of(cast.kartika)
    names = [name for name, field in FIELDS.items() if not field.codes and field.type not in ("Date", "Checkbox")]
    cells = [way.canary(f"import{name}") for name in (*names, "own column")]
    content = write_csv([[*names, "own column", CASE], [*cells, way.canary("case")]])
    form = {"team": str(cast.pelita.team.id), "form_id": str(new_id())}
    path = reverse("import_htcds")
    checked = kartika.post(path, form | {"file": SimpleUploadedFile("people.csv", content)})
    again = {"checked": checked.context["checked"], "file": SimpleUploadedFile("people.csv", content)}
    assert post(kartika, path, **form, **again) == reverse("caseload")
    record = Case.objects.filter(referral=None).latest("at").record
    for page in ("person", "person_details", "history", "exchange"):
        way.shown += kartika.get(reverse(page, args=[record])).content.decode()
