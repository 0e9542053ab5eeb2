"""Somebody asks for help on a borrowed phone without script, comes back, reads, deletes, leaves."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contact.uploads import a_pdf, a_picture
from tests.routes import NEUTRAL
from tests.standing import Demonstration
from tests.stories.page_checks import NARROW_PX
from tests.stories.test_thread import Opens
from tests.stories.walker import travel
from tests.website.watching import entries, faults, go_back, is_too_wide

pytestmark = pytest.mark.story
OTHER, MORE = "Kartu saya diambil.", "Ada fotonya."
WORDS, ANSWER = "Gaji saya ditahan sejak Maret.", "Datanglah hari Senin pukul sembilan."


@pytest.fixture(params=[pytest.param(False, marks=pytest.mark.long), True], ids=["no script", "script"])
def phone(
    request: Any, browser: Any, demonstration: Demonstration, story_language: str, story_width_px: int
) -> Iterator[Any]:
    """Yield a phone at the first page of the public door."""
    context = browser.new_context(
        locale=story_language,
        viewport={"width": story_width_px, "height": 780},
        java_script_enabled=request.param,
        base_url=demonstration.public,
    )
    context.set_default_timeout(15_000)
    phone = context.new_page()
    phone.script, phone.wrong = request.param, []
    phone.goto("/")
    yield phone
    assert phone.wrong == []
    assert context.cookies() == []
    context.close()


def press(phone: Any, do: str) -> None:
    """Press a button, and look at the page it leads to; that of a file has its id."""
    named = {"file_code": "file", "confirm_remove": "remove"}.get(do)
    button = f'button[name="{named}"]' if named else f'button[name="do"][value="{do}"]'
    with phone.expect_event("load"):
        phone.locator(f"main {button}").first.click()
    assert phone.url.rstrip("/").count("/") == 2, "everything stays at the root"
    assert phone.title() in NEUTRAL
    if phone.script:
        size = phone.viewport_size
        for width in (NARROW_PX, size["width"]):
            phone.set_viewport_size({**size, "width": width})
            phone.wrong += [*faults(phone), *(["too wide"] if is_too_wide(phone) else [])]


def shown(phone: Any) -> list[tuple[str, str]]:
    """Read the code that the page shows: digits, or pictures with how many of each."""
    if not phone.script:
        return [("code", phone.locator(".code").inner_text().replace(" ", "-"))]
    code = []
    for number, each in enumerate(phone.locator(".drawn li").all(), 1):
        thing = each.locator("use").first.get_attribute("href").removeprefix("#t-")
        code += [(f"thing{number}", thing), (f"many{number}", str(each.locator("use").count()))]
    assert len(code) == 16, "which thing and how many, eight times"
    return code


def enter(phone: Any, code: list[tuple[str, str]]) -> None:
    """Type the digits, or tap the pictures."""
    for name, value in code:
        if name == "code":
            phone.locator('main [name="code"]').fill(value)
        else:
            box = phone.locator(f'main [name="{name}"][value="{value}"]')
            fold = box.locator("xpath=ancestor::details")
            if fold.get_attribute("open") is None:
                fold.locator("summary").press("Enter")
            box.evaluate("box => box.scrollIntoView({block: 'center'})")
            box.check(force=True)


def come_back(phone: Any, code: list[tuple[str, str]]) -> None:
    """Open the letters with a code."""
    phone.goto("/")
    press(phone, "enter_code")
    if phone.script:
        press(phone, "pictures")
    enter(phone, code)
    press(phone, "read")


def test_somebody_asks_reads_the_answer_and_deletes_everything(
    phone: Any, opens: Opens, demonstration: Demonstration
) -> None:
    chioma = opens("chioma")
    chioma.go("/letters")
    press(phone, "ask")
    press(phone, "send")
    assert phone.locator(".problems").is_visible(), "nothing was written yet"
    phone.locator('main [name="words"]').fill(WORDS)
    kind = "pictures" if phone.script else "digits"
    phone.locator(f'main input[name="kind"][value="{kind}"]').check(force=True)
    press(phone, "send")
    code = shown(phone)
    enter(phone, code)
    press(phone, "check_code")
    add_a_picture(phone)
    answer_as_the_team(chioma)
    come_back(phone, code)
    assert ANSWER in phone.locator("main").inner_text()
    open_the_picture(phone, code)
    _leaving_shows_nothing(phone, demonstration)
    come_back(phone, code)
    press(phone, "confirm_delete")
    press(phone, "delete")
    come_back(phone, code)
    assert phone.locator(".problems").is_visible()
    assert ANSWER not in phone.content()


def add_a_picture(phone: Any) -> None:
    """Choose a picture and send it, after the words have arrived."""
    press(phone, "add_files")
    slip = {"name": "slip.png", "mimeType": "image/png", "buffer": a_picture(kind="PNG")}
    phone.locator('input[type="file"]').set_input_files(slip)
    press(phone, "attach")
    assert "slip.png" in phone.locator("main").inner_text()


def open_the_picture(phone: Any, code: list[tuple[str, str]]) -> None:
    """Open the picture by its button and with the code once more."""
    press(phone, "file_code")
    enter(phone, code)
    press(phone, "file")
    assert str(phone.locator("main img").get_attribute("src")).startswith("data:image/jpeg;")


def answer_as_the_team(chioma: Any) -> None:
    """Answer the letter as a worker does."""
    chioma.go("/letters")
    waiting = chioma.page.locator('#waiting a[href^="/letters/"]').all()
    for path in [str(item.get_attribute("href")) for item in waiting]:
        chioma.go(path)
        if WORDS in chioma.text():
            break
    chioma.type("answer", ANSWER)
    chioma.go_on()
    assert ANSWER in chioma.text()


@pytest.mark.long
def test_text_typed_beside_the_files_button_is_sent(phone: Any, demonstration: Demonstration, opens: Opens) -> None:
    travel(demonstration, seconds=3600)  # nobody on this connection has asked in this hour
    opens("chioma").go("/letters")  # a desk where nobody looked for two days takes nothing
    phone.goto("/")
    press(phone, "ask")
    phone.locator('main [name="words"]').fill(OTHER)
    kind = "pictures" if phone.script else "digits"
    phone.locator(f'main input[name="kind"][value="{kind}"]').check(force=True)
    press(phone, "send")
    code = shown(phone)
    come_back(phone, code)
    assert phone.locator('main input[type="file"]').count() == 0
    phone.locator('main [name="words"]').fill(MORE)
    press(phone, "add_files")
    assert phone.locator('main [name="words"]').input_value() == MORE
    press(phone, "write")
    press(phone, "add_files")
    paper = {"name": "slip.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    phone.locator('main input[type="file"]').set_input_files(paper)
    press(phone, "attach")
    assert "slip.pdf" in phone.locator("main").inner_text()
    come_back(phone, code)
    read = phone.locator("main").inner_text()
    assert MORE in read
    assert "slip.pdf" in read
    press(phone, "confirm_remove")
    press(phone, "remove")
    come_back(phone, code)
    assert MORE in phone.locator("main").inner_text()
    assert "slip.pdf" not in phone.locator("main").inner_text()


def _leaving_shows_nothing(phone: Any, demonstration: Demonstration) -> None:
    """Leave, go back, and let the browser send the form again: only the start is there (B18)."""
    phone.locator(".leave").click()
    phone.wait_for_url("**/weather")
    own = [entry for entry in entries(phone) if entry[0].startswith(demonstration.public)]
    named = {url.removeprefix(demonstration.public) for url, _title in own}
    assert named <= {"/", "/weather"}
    if not phone.script:
        go_back(phone)
        phone.reload()
        assert ANSWER not in phone.content()
        assert phone.locator(".needs").is_visible()
