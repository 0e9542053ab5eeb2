"""A visitor's walk through every kind of public page, in one language."""

from collections.abc import Iterator
from typing import Any

PLAIN = ("about", "read/5", "read/11", "read/12", "others", "phone", "changed", "booklets")
WORDS = "SYN 12"
WRONG_CODE = "000-000-000-000"
MAIN_ACT = "main form.form .act:not([data-quiet])"


def walk(tab: Any, language: str) -> Iterator[str]:
    """Visit every page; yield the name of each page once it is open."""
    for part in (_reading_pages, _search_pages, _empty_search_pages, _letter_pages, _return_pages, _feedback_pages):
        yield from part(tab, language)


def _reading_pages(tab: Any, language: str) -> Iterator[str]:
    yield from _open(tab, f"/{language}/", "front")
    _unfold(tab, ".locales > summary")
    yield "front, languages unfolded"
    for path in PLAIN:
        yield from _open(tab, f"/{language}/{path}", path)
    yield from _open(tab, f"/{language}/read/1", "read/1")
    _unfold(tab, "main .sheet details > summary")
    yield "read/1, what can be heard"
    yield from _open(tab, f"/{language}/nothing", "an address that is not there")
    yield from _open(tab, "/weather", "the neutral page after leaving")
    tab.goto(f"/{language}/")
    yield from _press_and_name(tab, "main button[name=check]", "check")
    for leads in ("danger", "pay"):
        tab.locator(f"[data-leads={leads}]").first.check(force=True)
    yield "check, two ticked"


def _search_pages(tab: Any, language: str) -> Iterator[str]:
    tab.goto(f"/{language}/")
    _unfold(tab, "main details > summary")
    yield "front, all unfolded"
    tab.locator("input[value=wages]").check(force=True)
    tab.locator("select[name=place]").select_option("32.74")
    yield from _press_and_name(tab, MAIN_ACT, "found")
    yield from _press_and_name(tab, ".entry .plain", "service")
    yield from _press_and_name(tab, "button[name=wrong]", "wrong")
    yield from _press_and_name(tab, "button[name=report]", "wrong, nothing chosen")
    tab.locator("main input[name=kind]").first.check(force=True)
    yield from _press_and_name(tab, "button[name=report]", "wrong, told")


def _empty_search_pages(tab: Any, language: str) -> Iterator[str]:
    tab.goto(f"/{language}/")
    _unfold(tab, "main details > summary")
    tab.locator("input[name=text]").fill("qqqqqqqq")
    yield from _press_and_name(tab, MAIN_ACT, "found nobody")


def _letter_pages(tab: Any, language: str) -> Iterator[str]:
    yield from _open_by_button(tab, language, "ask", "ask")
    yield from _press_and_name(tab, _button("send"), "ask, nothing written")
    for kind in ("pictures", "digits"):
        _act(tab, language, "ask")
        tab.locator('main [name="words"]').fill(WORDS)
        tab.locator(f'main input[name="kind"][value="{kind}"]').check(force=True)
        yield from _press_and_name(tab, _button("send"), f"code in {kind}")


def _return_pages(tab: Any, language: str) -> Iterator[str]:
    """Return with the digits that the page before shows."""
    code = tab.locator(".code").inner_text().replace(" ", "-")
    tab.locator('main [name="code"]').fill(code)
    yield from _press_and_name(tab, _button("check_code"), "code is right")
    yield from _open_by_button(tab, language, "enter_code", "come back")
    yield from _press_and_name(tab, _button("pictures"), "come back with pictures")
    _act(tab, language, "enter_code")
    tab.locator('main [name="code"]').fill(WRONG_CODE)
    yield from _press_and_name(tab, _button("read"), "no such code")
    _act(tab, language, "enter_code")
    tab.locator('main [name="code"]').fill(code)
    yield from _press_and_name(tab, _button("read"), "letters")
    yield from _press_and_name(tab, _button("write"), "write again, nothing written")
    _act(tab, language, "enter_code")
    tab.locator('main [name="code"]').fill(code)
    _press(tab, _button("read"))
    yield from _press_and_name(tab, _button("confirm_delete"), "delete?")
    yield from _press_and_name(tab, _button("delete"), "deleted")


def _feedback_pages(tab: Any, language: str) -> Iterator[str]:
    yield from _open_by_button(tab, language, "choose_stage", "say how it was")
    tab.locator('main input[value="SHELTER"]').check(force=True)
    yield from _press_and_name(tab, _button("give_feedback"), "say, of a stage")
    yield from _press_and_name(tab, _button("send_feedback"), "say, nothing tapped")
    _act(tab, language, "choose_stage")
    yield from _press_and_name(tab, _button("complain"), "complain")
    tab.locator('main [name="kind"][value="none"]').check(force=True)
    tab.locator('main [name="complaint"]').first.check(force=True)
    yield from _press_and_name(tab, _button("send_complaint"), "complained")


def _open(tab: Any, path: str, name: str) -> Iterator[str]:
    tab.goto(path)
    yield name


def _open_by_button(tab: Any, language: str, act: str, name: str) -> Iterator[str]:
    _act(tab, language, act)
    yield name


def _press_and_name(tab: Any, selector: str, name: str) -> Iterator[str]:
    _press(tab, selector)
    yield name


def _act(tab: Any, language: str, act: str) -> None:
    tab.goto(f"/{language}/")
    _press(tab, _button(act))


def _button(act: str) -> str:
    return f'main button[name="do"][value="{act}"]'


def _press(tab: Any, selector: str) -> None:
    target = tab.locator(selector).first
    if not target.is_visible():
        _unfold(tab, "main details:not([open]) > summary")
    with tab.expect_event("load"):
        target.click()


def _unfold(tab: Any, summaries: str) -> None:
    for item in tab.locator(summaries).all():
        item.click()
