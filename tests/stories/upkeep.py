"""How an editor walks through keeping the directory true, and a provider through their link."""

from tests.stories.test_thread import CLINIC, LEGAL_AID
from tests.stories.walker import Walker


def keep_true(hadi: Walker) -> None:
    """Ask a provider, look at a draft, change an entry, compare two, and open a provider's link."""
    hadi.go("/directory/providers-to-ask")
    hadi.press('button[name="act"][value="write"]')
    hadi.press('button[name="act"][value="take_back"]')
    _add_a_service(hadi)
    hadi.go("/directory/duplicates")
    hadi.go(f"/directory/{LEGAL_AID}/merge/{CLINIC}")
    hadi.go("/directory?show=drafts")
    hadi.press('main .list a[href^="/directory/"]')
    hadi.press('main a[href^="/directory/drafts/"]')
    hadi.go("/directory")
    hadi.press('main .list a[href^="/directory/"]')
    entry = hadi.page.url.removeprefix(hadi.demonstration.staff)
    hadi.press(f'main a[href="{entry}/history"]')
    hadi.go(f"{entry}/edit")
    hadi.type("name--en", "A name to be checked")
    hadi.go_on()
    hadi.go(entry)
    hadi.press(f'form[action="{entry}/link"] button')
    link = hadi.page.locator("#link").input_value()
    hadi.page.goto(link)
    hadi.press('button[name="act"][value="true"]')
    hadi.page.goto(f"{hadi.demonstration.staff}/e/nothing")


def _add_a_service(hadi: Walker) -> None:
    """Forget half, look for an organisation, keep a new service, read it, write it anew, let go."""
    hadi.go("/directory/add")
    hadi.type("house--name", "Rumah")
    hadi.press('button[name="act"][value="look"]')
    hadi.type("house--name", "Kantor Percobaan")
    hadi.tap("site--kind", "OPEN")
    hadi.go_on()
    hadi.type("name--en", "Beds for fishers")
    hadi.tap("types", "JUS_ADVICE")
    hadi.type("site--address_1", "Jalan Rekaan 7")
    hadi.choose("site--district", "32.12")
    hadi.go_on()
    hadi.press('main a[href$="/edit"]')
    hadi.go("/directory?show=drafts")
    hadi.press('main .list a[href^="/directory/drafts/"]')
    hadi.press('form[action$="/discard"] button')
