"""Acts of several workers about keys and accesses, in browsers that are signed in."""

from tests.stories.walker import Walker


def open_in_an_emergency(oka: Walker, indah: Walker, esi: Walker, *, person: str, name: str) -> None:
    """Open a record in an emergency, which Indah reviews; Esi makes a decoy."""
    oka.go("/emergency")
    oka.go_on_without_a_word()
    oka.type("number", person)
    oka.tap("code", "DANGER")
    oka.type("words", "Somebody waits at her gate, and Ben cannot be reached.")
    oka.go_on()
    assert name in oka.text()
    indah.go("/accesses")
    indah.press('main a[href^="/accesses/"]')
    indah.go_on_without_a_word()
    indah.tap("decision", "JUSTIFIED")
    indah.type("words", "Oka called Ben twice first.")
    indah.go_on()
    esi.go("/decoys")
    esi.go_on_without_a_word()


def act_together(esi: Walker, gita: Walker) -> None:
    """Rehearse with the invented papers, vouch for Ben, and look at keys of colleagues who left."""
    esi.go("/papers")
    esi.tap("kind", "rehearsal")
    esi.go_on()
    gita.go("/papers")
    gita.press('main a[href$="/type"]')
    gita.go_on_without_a_word()
    gita.tap("compared")
    gita.type("recovery", gita.page.locator(".note .numbers").first.inner_text())
    gita.go_on()
    esi.go("/papers")
    esi.go("/forgotten")
    esi.press('main a[href^="/forgotten/"]')
    esi.go_on_without_a_word()
    esi.tap("known")
    esi.go_on()
    gita.go("/forgotten")
    gita.press('main a[href$="/confirm"]')
    gita.go_on_without_a_word()
    esi.go("/keys")


def replace_keys(esi: Walker, gita: Walker) -> None:
    """Disable Nina, replace the keys that she had, and look at the page for a stolen account."""
    gita.go("/workers")
    gita.press('main li:has-text("Nina") form[action$="/disable"] button')
    esi.go("/keys")
    esi.press('main a[href$="/change"]')
    esi.go_on_without_a_word()
    esi.go("/keys")
    esi.press('main a[href$="/renew"]')
