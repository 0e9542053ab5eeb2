"""An inspector's round through every page of the staff door, beside the workers of the thread."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from suar.demo.letters import SLIP
from tests.hsds.files import OFFICIAL
from tests.screening.talks import AGREED, FULL_SAFE
from tests.standing import Demonstration
from tests.stories.case_work import (
    cover,
    hand_over,
    import_people,
    plan_and_rate,
    plan_safety,
    record_offers,
    tell_history,
    write_notes,
)
from tests.stories.emergencies import act_together, open_in_an_emergency, replace_keys
from tests.stories.page_checks import Look, Looker
from tests.stories.talks import answer, begin, listen, up_to_consent
from tests.stories.test_questions import confirm_draft, upload_questions
from tests.stories.test_thread import (
    CLINIC,
    LEGAL_AID,
    NAME,
    agree_and_send,
    begin_a_talk,
    ended,
    find_help,
    talk_with_amina,
    up_to_the_end,
)
from tests.stories.upkeep import keep_true
from tests.stories.walker import travel
from tests.stories.wording import bring_recordings

NEW_PASSWORD = "a lamp by the harbour wall"
REFUSING = 'form:has(input[value="decline"])'
PEOPLE = {
    "name": "people.csv",
    "mimeType": "text/csv",
    "buffer": b"suar_Case,prs_FirstName,prs_Birthdate,prs_Gender,own\n1,Wati,1990-05-04,Hex,37\n2,Wita,2190-01-01,,\n",
}


def as_file(told: dict[str, Any]) -> Any:
    """Return something as a file that a browser sends."""
    content = json.dumps(told).encode()
    return {"name": "questions.json", "mimeType": "application/json", "buffer": content}


@dataclass
class Inspector:
    """Opens one browser after the other and goes where its worker may go."""

    browser: Any
    demonstration: Demonstration
    look: Look
    language: str
    width_px: int
    keys_only: bool = False

    def walk(self) -> None:
        """Go everywhere."""
        self.before_the_door()
        person, link = self.with_ben()
        self.with_ben_who_plans(person)
        self.with_chioma()
        self.with_kartika_at_her_letters()
        self.with_kartika_who_names_who_hears()
        self.with_nur()
        self.with_dan(link)
        self.with_ben_again(person)
        self.with_papers(person)
        self.with_documents(person)
        self.with_jaya_for_a_partner(self.with_ben_practising())
        self.with_ben_at_home()
        self.with_esi(person)
        self.with_esi_and_her_questions()
        self.with_lia()
        self.with_lia_in_other_forms()
        self.with_hadi()
        self.with_indah()
        self.with_gita_and_somebody_new()
        self.with_oka_in_an_emergency(person)
        self.with_keys_together()
        self.with_ben_who_met_her_twice()

    @contextmanager
    def beside(self, name: str = "") -> Iterator[Looker]:
        """Open a browser, with somebody signed in where a name is given."""
        context = self.browser.new_context(
            locale=self.language,
            viewport={"width": self.width_px, "height": 780},
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        walker = Looker(context.new_page(), self.demonstration, self.keys_only, look=self.look)
        self.look.watch(walker.page)
        if name:
            walker.sign_in(name, language=self.language)
        yield walker
        context.close()

    def before_the_door(self) -> None:
        """Look at what anybody sees, with mistakes."""
        with self.beside() as nobody:
            for path in ("/weather", "/nothing"):
                nobody.go(path)
            for path in ("/sign-in", "/welcome", "/recover"):
                nobody.go(path)
                nobody.go_on_without_a_word()

    def with_ben(self) -> tuple[str, str]:
        """Hold a talk and send both referrals; gives the person's path and the link."""
        with self.beside("ben") as ben:
            person = talk_with_amina(ben)
            find_help(ben, person)
            ben.go(f"{person}/options/{LEGAL_AID}")
            ben.unguard()
            ben.press('button[name="answer"][value="yes"]')
            ben.go(f"{person}/options")
            agree_and_send(ben, person, LEGAL_AID)
            ben.type("text", "Which day suits you?")
            ben.press('form[action$="/message"] button')
            ben.go(f"{person}/options")
            agree_and_send(ben, person, CLINIC)
            link = str(ben.page.locator("#link").input_value()).removeprefix(self.demonstration.staff)
            ben.press("main a.act")
            ben.go("/find")
            ben.type("name", NAME)
            ben.go_on()
            ben.go("/")
        return person, link

    def with_ben_who_met_her_twice(self) -> None:
        """Record the same person again, compare both records, merge them, and take them apart."""
        with self.beside("ben") as ben:
            again = talk_with_amina(ben)
            ben.go(f"{again}/duplicates")
            ben.press("#likely a")
            ben.go_on()
            ben.go(f"{again}/duplicates")
            ben.press('main form[action$="/undo"] button')

    def with_ben_who_plans(self, person: str) -> None:
        """Plan a step, correct and strike out a note, begin a hand-over, and look at the people and the week."""
        with self.beside("ben") as ben:
            write_notes(ben, person)
            tell_history(ben, person)
            plan_safety(ben, person)
            record_offers(ben, person)
            hand_over(ben, person)

    def with_chioma(self) -> None:
        """Accept what came in and look at the case."""
        with self.beside("chioma") as chioma:
            import_people(chioma)
            chioma.go("/inbox")
            chioma.press('main a[href^="/inbox/"]')
            chioma.press('form[action$="/accept"] button')
            case = chioma.path().partition("#")[0]
            plan_and_rate(chioma, case, self.language)
            chioma.go(f"{case}/contact")
            chioma.go(f"{case}/follow-up")
            chioma.press('form[action$="/wishes"] button')
            chioma.press('form[action$="/start"] button')
            chioma.press('form[action$="/follow-up"] button.act')
            chioma.go(case)
            chioma.press('form[action$="/arrived"] button')
            chioma.press('main a[href$="/close"]')
            chioma.go_on_without_a_word()

    def with_kartika_at_her_letters(self) -> None:
        """Read a letter, answer it, write one down for somebody, and look at the desk."""
        with self.beside("kartika") as kartika:
            kartika.go("/letters")
            kartika.go_to_one_with('main a[href*="/files/"]', among='main a[href^="/letters/"]')
            kartika.press('main a[href*="/files/"]')
            kartika.press('main a[href$="/removed"]')
            kartika.press('main a[href*="/files/"]')
            kartika.press('main a[href^="/letters/"]:not([href*="/files/"])')
            kartika.go((letter := kartika.path()) + "/removed")
            kartika.go(letter)
            kartika.go_on_without_a_word()
            kartika.type("answer", "Datanglah hari Senin.")
            kartika.go_on()
            kartika.go("/letters/new")
            kartika.go_on_without_a_word()
            kartika.type("words", "Katanya: tolong.")
            kartika.tap("kind", "words")
            kartika.go_on()
            kartika.go_on_without_a_word()
            kartika.go("/letters/desk")
            kartika.go_on()

    def with_kartika_who_names_who_hears(self) -> None:
        """Look at who hears feedback on the organisation; none of its workers may."""
        with self.beside("kartika") as kartika:
            kartika.go("/feedback/readers")
            kartika.unguard()
            kartika.type("who_en", "")
            kartika.press('main form:has([name="who_en"]) .act')

    def with_nur(self) -> None:
        """Read a complaint, answer without a word, count, and tell too small a number."""
        with self.beside("nur") as nur:
            nur.go("/feedback")
            nur.press("main #complaint a, main #going_on a")
            nur.go_on_without_a_word()
            nur.go("/feedback/numbers")
            nur.go("/feedback/quarter")
            nur.type("text_en", "Two women said so.")
            nur.type("text_id", "Dua perempuan bilang begitu.")
            nur.go_on()

    def with_dan(self, link: str) -> None:
        """Answer by link, first with a wrong code."""
        with self.beside() as dan:
            dan.go(link)
            dan.type("code", "000000")
            dan.press('main form:has(input[value="accept"]) button')
            dan.choose("reason", "RF_NO_PLACE", within=REFUSING)
            dan.press(f"main {REFUSING} button")
            dan.go(link)

    def with_ben_again(self, person: str) -> None:
        """Look at the person after the answers, tell less, and take a yes back."""
        with self.beside("ben") as ben:
            ben.go(person)
            ben.press('main li[data-kind="declined"] a')
            ben.go(person)
            ben.press('.facts a[href*="/yes/"]:not([href$="/copy"])')
            ben.go(person)
            ben.press('.facts > div:last-child a[href*="/yes/"]:not([href$="/copy"])')
            ben.press('main a[href$="/less"]')
            ben.page.go_back()
            ben.go_on()
            ben.page.go_back()
            ben.press('main a[href*="/people/"]')

    def with_papers(self, person: str) -> None:
        """Write down who must never know, take one off again, and look at what is printed."""
        with self.beside("ben") as ben:
            ben.go(f"{person}/exclusions")
            ben.unguard()
            ben.press('button[name="go"][value="keep"]')
            ben.type("find", "Pelita")
            ben.press('button[name="go"][value="find"]')
            ben.type("words", "saudara agen")
            ben.press('button[name="go"][value="keep"]')
            ben.go(f"{person}/exclusions")
            ben.unguard()
            ben.press('form[action*="/exclusions/"] button')
            ben.type("reason", "keliru")
            ben.press('form[action*="/exclusions/"] button')
            papers = ("papers", "papers/short", "papers/short/card", "yes", "information")
            for path in (f"{person}/details", f"{person}/card", *(f"/talk/{paper}" for paper in papers)):
                ben.go(path)
            ben.go(f"{person}/family/new")
            ben.type("who", "kakak di desa")
            ben.press('button[name="stance"][value="SUPPORTIVE"]')
            ben.press('main table a[href*="/family/"]')
            ben.go(f"{person}/circle")
            ben.go("/community")
            ben.go("/talk/papers/short")
            typed = ben.page.locator("header .code").first.inner_text()
            ben.go("/talk/papers")
            ben.go_on_without_a_word()
            ben.type("code", typed)
            ben.go_on()

    def with_documents(self, person: str) -> None:
        """Add a picture to the person's documents, look at it, and strike it out."""
        with self.beside("ben") as ben:
            ben.go(f"{person}/documents")
            ben.go_on_without_a_word()
            ben.page.locator('input[type="file"]').set_input_files(SLIP)
            ben.type("name", "slip gaji bulan Mei")
            ben.type("why", "menagih upah")
            ben.press("form[enctype] button.act")
            ben.press("main .list a")
            ben.unguard()
            ben.press('button[name="strike"]')
            ben.go(f"{person}/messenger")
            ben.go_on_without_a_word()
            ben.go(f"{person}/archive")
            ben.go_on_without_a_word()
            ben.tap("purpose", "PERSON")
            ben.type("receiver", "Amina")
            ben.type("reason", "meminta berkasnya")
            for box in ben.page.locator('main input[type="checkbox"]').all():
                box.check()
            ben.go_on()
            ben.go(f"{person}/for-person")
            ben.go_on_without_a_word()
            ben.go(f"{person}/for-person/in/id")
            ben.type("text", "saya punya dua anak")
            ben.press("#corrections form:last-of-type button.act")
            ben.go(f"{person}/for-person/summary")
            ben.go_on_without_a_word()

    def with_ben_practising(self) -> str:
        """Begin a practice, end a real talk lower than its signs suggest; gives its person."""
        with self.beside("ben") as ben:
            ben.go("/talk/practice")
            ben.press('button[name="with"]')
            ben.go("/talk/practice-ended")
            ben.go("/")
            up_to_the_end(ben)
            ben.tap("outcome", "UNABLE")
            ben.tap("reason", "RS_NO_ROOM")
            ben.tap("exclude", "no")
            return ended(ben)

    def with_jaya_for_a_partner(self, person: str) -> None:
        """Ask a partner organisation to read that outcome, read it there, and look at both organisations."""
        with self.beside("ben") as ben:
            ben.go(person)
            ben.press('main a[href$="/partner"]')
            ben.go_on_without_a_word()
            ben.tap("partner")
            ben.go_on()
        with self.beside("jaya") as jaya:
            jaya.go("/inbox/opinions")
            jaya.press('main a[href^="/inbox/opinions/"]')
            jaya.go_on_without_a_word()
        with self.beside("kartika") as kartika:
            kartika.go("/team/partners")
            kartika.go_on_without_a_word()

    def with_ben_at_home(self) -> None:
        """Look after the account, on a device that nobody else uses, after half an hour."""
        with self.beside() as ben:
            ben.go("/sign-in")
            ben.page.locator('main input[name="shared"]').uncheck(force=True)
            ben.prove("ben")
            for _ in range(3):
                travel(self.demonstration, seconds=14 * 60)
                ben.go("/account")
            password = self.demonstration.worker("ben")["password"]
            ben.go("/account/passkey")
            ben.type("password", password)
            ben.go_on()
            for path in ("factors", "passkey", "password", "app", "codes", "recovery"):
                ben.go(f"/account/{path}")
            ben.go_on_without_a_word()
            ben.type("password", password)
            ben.go_on()
            ben.go_on_without_a_word()

    def with_esi(self, person: str) -> None:
        """Look at the team's clocks, at the readers, and at what is missing."""
        with self.beside("esi") as esi:
            for path in (
                "/team",
                "/team/follow-ups",
                "/team/retention",
                "/erasures",
                *(f"{person}/{page}" for page in ("erasure", "readers", "exchange", "export")),
                "/team/offers",
                "/team/encounters",
                "/team/export",
                "/candidates",
                "/set-up/state",
            ):
                esi.go(path)
            esi.go("/talk/opinions")
            esi.press('main a[href^="/talk/opinions/"]')
            esi.go_on_without_a_word()
            cover(esi)
            esi.go("/team/import")
            esi.page.locator('input[type="file"]').set_input_files(PEOPLE)
            esi.go_on()

    def with_esi_and_her_questions(self) -> None:
        """Upload a question file, first with something that is never asked; Oka confirms it, and both go back."""
        with self.beside("esi") as esi, self.beside("oka") as oka:
            esi.go("/questions")
            esi.go("/questions/import/short")
            esi.page.locator('input[type="file"]').set_input_files(as_file({"kind": "x"}))
            esi.go_on()
            upload_questions(esi)
            confirm_draft(oka)
            esi.go("/questions")
            esi.press('main a[href*="/version/"]')
            esi.go("/questions")
            esi.press('main form[action$="/shipped/short"] button')
            confirm_draft(oka)

    def with_oka_in_an_emergency(self, person: str) -> None:
        with self.beside("oka") as oka, self.beside("indah") as indah, self.beside("esi") as esi:
            open_in_an_emergency(oka, indah, esi, person=person, name=NAME)

    def with_keys_together(self) -> None:
        with self.beside("esi") as esi, self.beside("gita") as gita:
            act_together(esi, gita)

    def with_lia(self) -> None:
        """Stop a talk because somebody is near, after the session had run out meanwhile."""
        with self.beside("lia") as lia:
            lia.go("/talk")
            lia.go_on_without_a_word()
            lia.go("/")
            begin_a_talk(lia)
            lia.go_on_without_a_word()
            for question, answer in (("SF_HEARD", "NO"), ("SF_NEAR", "YES"), ("SF_PHONE", "YES")):
                lia.tap(f"q-{question}", answer)
            travel(self.demonstration, seconds=95 * 60)
            lia.go_on()
            lia.prove("lia")
            lia.go_on()
            lia.press('button[name="go"][value="stop"]')
            lia.press("main a.act")
            lia.press('button[name="stop"][value="STOP_CONTROLLER"]')
            lia.tap("outcome", "UNABLE")
            lia.tap("reason", "RS_SAME")
            lia.press('main form[action$="/outcome"] button.act:not([data-quiet])')
            lia.go(f"{lia.path()}/options")

    def with_lia_in_other_forms(self) -> None:
        """Look at every page of a full talk, at the briefings, and at the signpost."""
        with self.beside("lia") as lia:
            begin(lia, form="full")
            up_to_consent(lia, FULL_SAFE)
            answer(lia, AGREED)
            lia.go_on()
            listen(lia, {"Q06": ["I_A_TRANSFER"], "Q21": ["I_M_CONFINE"], "Q16": ["I_P_SERVE"]})
            lia.tap("m-BR_BARRIERS", "P_MISTRUST")
            lia.press('button[name="go"][value="back"]')
            lia.go_on()
            lia.go_on()
            begin(lia, later="short", place="HOTLINE")
            lia.press('button[name="go"][value="stop"]')
            lia.press('button[name="stop"][value="STOP_STAFF"]')
            lia.press('main a[href$="/note"]')
            begin(lia, form="signpost", place="PRIVATE_HOUSEHOLD")
            answer(lia, {"SF_HEARD": "NO", "SF_NEAR": "NO", "SF_PHONE": "YES"})
            lia.go_on()

    def with_hadi(self) -> None:
        """Look an entry up, take a file over, first a wrong one, and make a booklet."""
        with self.beside("hadi") as hadi:
            hadi.go("/directory/booklets")
            hadi.choose("place", "32.74")
            hadi.go_on()
            keep_true(hadi)
            broken = {"name": "x.json", "mimeType": "application/json", "buffer": b'{"id": 1}'}
            for file in (broken, OFFICIAL / "3.0" / "service_full.json"):
                hadi.go("/directory/import")
                hadi.page.locator('input[type="file"]').set_input_files(file)
                hadi.go_on()
            with self.beside("dewi") as dewi:
                dewi.go("/directory")
                dewi.press('main a[href^="/directory/import/"]')
                dewi.press('button[name="answer"][value="yes"]')
            bring_recordings(hadi)

    def with_indah(self) -> None:
        """Read what people did, and what was refused."""
        with self.beside("indah") as indah:
            indah.press('main a[href="/log"]')
            indah.tap("refused")
            indah.press('form[role="search"] button')

    def with_gita_and_somebody_new(self) -> None:
        """Invite somebody, who is added to a team and leaves, so that her keys are to be replaced."""
        with self.beside("gita") as gita:
            gita.go("/workers")
            gita.press('a[href$="/invite"]')
            gita.go_on_without_a_word()
            gita.type("name", "nina")
            gita.type("display_name", "Nina")
            gita.choose("role", "SOCIAL_WORKER")
            gita.go_on()
            code = gita.page.locator("dd.numbers").inner_text()
            name = gita.page.locator("dl.answers dd").nth(1).inner_text()
        with self.beside() as nina:
            nina.go("/welcome")
            nina.type("name", name)
            nina.type("invitation", code)
            for field in ("new_password", "again"):
                nina.type(field, NEW_PASSWORD)
            nina.go_on()
            nina.go("/account/codes")
            nina.type("password", NEW_PASSWORD)
            nina.go_on()
        with self.beside("esi") as esi, self.beside("gita") as gita:
            esi.go("/candidates")
            esi.press('main li:has-text("Nina") a')
            esi.tap("compared")
            esi.go_on()
            replace_keys(esi, gita)
