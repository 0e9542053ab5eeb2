"""How workers walk through the pages of case work: notes, history, safety, offers, the plan and its ratings."""

from tests.stories.page_checks import Looker
from tests.stories.test_thread import plan_with_her
from tests.stories.walker import today


def write_notes(ben: Looker, person: str) -> None:
    """Plan a step, correct a note and strike it out."""
    ben.go(person)
    ben.type("due", str(today(ben.demonstration)))
    ben.press('form[action$="/next"] button')
    ben.page.locator('form[action$="/note"] [name="text"]').fill("She phones on Monday.")
    ben.press('form[action$="/note"] button')
    ben.press('main a[href*="/notes/"]')
    ben.type("text", "")
    ben.go_on_without_a_word()
    ben.type("text", "She phones on Tuesday.")
    ben.go_on()
    ben.press('main a[href*="/notes/"]')
    ben.type("reason", "Somebody else's")
    ben.press('button[name="strike"]')
    ben.press('.facts a[href$="/copy"]')


def tell_history(ben: Looker, person: str) -> None:
    """Add a time of exploitation, first without a date, and what weakened or strengthened the person."""
    ben.go(f"{person}/history/add")
    ben.type("start", "soon")
    ben.go_on()
    ben.type("start", "2019")
    ben.type("end", "2021")
    ben.go_on()
    ben.press('main a[href*="/history/"]:not([href$="/add"]):not([href*="stages"])')
    ben.go(f"{person}/history/stages/before")
    ben.page.locator('main input[type="checkbox"]').first.check()
    ben.go_on()


def plan_safety(ben: Looker, person: str) -> None:
    """Make a safety plan and look at the copy."""
    ben.go(f"{person}/safety")
    ben.press('main a[href$="/safety/change"]')
    ben.go_on_without_a_word()
    ben.type("what_to_do", "Go to the neighbour")
    ben.type("pocket", "000 5101")
    ben.tap("copy_for_person", "POCKET")
    ben.type_day("review_on")
    ben.go_on()
    ben.press('main a[href$="/safety/copy"]')


def record_offers(ben: Looker, person: str) -> None:
    """Record a no that was not free, and earlier encounters."""
    ben.go(f"{person}/offers")
    ben.page.select_option('[name="other"]', "JUS_WAGES")
    ben.press('button[value="DECLINED_NOT_FREE"]')
    ben.press('main .line a[href*="/offers/"]')
    ben.type("again_on", str(today(ben.demonstration)))
    ben.go_on_without_a_word()
    ben.go(f"{person}/encounters/add?event=ARRESTED")
    ben.type("when", "soon")
    ben.go_on()
    ben.type("when", "May 2024")
    ben.go_on()
    ben.press('main .sheet a[href*="/encounters/"]')
    ben.go(f"{person}/encounters/add")
    ben.page.select_option('[name="event"]', "ARRESTED")
    ben.go_on()


def hand_over(ben: Looker, person: str) -> None:
    """Begin a hand-over, look at the people and the week, and finish the step."""
    ben.go(f"{person}/hand-over")
    ben.go_on_without_a_word()
    for path in ("/people?team=1", "/people/week", person):
        ben.go(path)
    ben.press('form[action*="/next/"] button')


def plan_and_rate(chioma: Looker, case: str, language: str) -> None:
    """Look at each part of the plan, ask the person, rate, and see both on paper."""
    plan_with_her(chioma, case)
    for part in ("relative", "frame", "service", "given", "answer"):
        chioma.go(f"{case}/plan/{part}")
        chioma.go_on_without_a_word()
    chioma.go(f"{case}/plan/paper/{language}")
    for rating in ("2", "4"):
        chioma.go(f"{case}/progress/rate/usual")
        chioma.go_on_without_a_word()
        for rater in ("person", "worker"):
            chioma.tap(f"{rater}-HOUSING", rating)
        chioma.go_on()
    chioma.press('main a[href*="/progress/"]:not([href*="/rate/"], [href*="/paper/"])')
    chioma.go(f"{case}/progress/paper/all/{language}")


def import_people(chioma: Looker) -> None:
    """Import one of two people from a spreadsheet, after a file that is none."""
    chioma.go("/people/import")
    chioma.go_on_without_a_word()
    content = b"Nama,Umur,Catatan\nSiti Rekaan,24,upah tidak dibayar\nBudi Rekaan,tua,\n"
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": content}
    chioma.page.locator('input[type="file"]').set_input_files(file)
    chioma.press("form[enctype] button.act")
    chioma.go_on()
    chioma.go_on()


def cover(esi: Looker) -> None:
    """Look at who would cover for the first worker, and at what is missing."""
    esi.go("/team/cover")
    for name in ("worker", "to"):
        esi.page.locator(f'main label:has([name="{name}"])').first.click()
    esi.go_on()
    esi.go_on_without_a_word()
