"""A visitor's walk through every kind of public page, in one language."""

from collections.abc import Iterator
from typing import Any

PLAIN = ("about", "read/5", "read/11", "read/12", "others", "phone", "changed", "booklets")
WORDS = "SYN 12"
WRONG_CODE = "000-000-000-000"
MAIN_ACT = "main form.form .act:not([data-quiet])"


def walk(tab: Any, language: str) -> Iterator[str]:
    """Visit every page; yield the name of each page once it is open."""
    for part in (_reads, _finds, _finds_nobody, _writes, _comes_back, _says):
        yield from part(tab, language)


def _reads(tab: Any, language: str) -> Iterator[str]:
    yield from _opened(tab, f"/{language}/", "front")
    _unfold(tab, ".tongues > summary")
    yield "front, languages unfolded"
    for path in PLAIN:
        yield from _opened(tab, f"/{language}/{path}", path)
    yield from _opened(tab, f"/{language}/read/1", "read/1")
    _unfold(tab, "main .sheet details > summary")
    yield "read/1, what can be heard"
    yield from _opened(tab, f"/{language}/nothing", "an address that is not there")
    yield from _opened(tab, "/weather", "where one leaves to")
    tab.goto(f"/{language}/")
    yield from _pressed(tab, "main button[name=check]", "check")
    for leads in ("danger", "pay"):
        tab.locator(f"[data-leads={leads}]").first.check(force=True)
    yield "check, two ticked"


def _finds(tab: Any, language: str) -> Iterator[str]:
    tab.goto(f"/{language}/")
    _unfold(tab, "main details > summary")
    yield "front, all unfolded"
    tab.locator("input[value=wages]").check(force=True)
    tab.locator("select[name=place]").select_option("32.74")
    yield from _pressed(tab, MAIN_ACT, "found")
    yield from _pressed(tab, ".entry .plain", "service")
    yield from _pressed(tab, "button[name=wrong]", "wrong")
    yield from _pressed(tab, "button[name=report]", "wrong, nothing chosen")
    tab.locator("main input[name=kind]").first.check(force=True)
    yield from _pressed(tab, "button[name=report]", "wrong, told")


def _finds_nobody(tab: Any, language: str) -> Iterator[str]:
    tab.goto(f"/{language}/")
    _unfold(tab, "main details > summary")
    tab.locator("input[name=text]").fill("qqqqqqqq")
    yield from _pressed(tab, MAIN_ACT, "found nobody")


def _writes(tab: Any, language: str) -> Iterator[str]:
    yield from _acted(tab, language, "ask", "ask")
    yield from _pressed(tab, _do("send"), "ask, nothing written")
    for kind in ("pictures", "digits"):
        _act(tab, language, "ask")
        tab.locator('main [name="words"]').fill(WORDS)
        tab.locator(f'main input[name="kind"][value="{kind}"]').check(force=True)
        yield from _pressed(tab, _do("send"), f"code in {kind}")


def _comes_back(tab: Any, language: str) -> Iterator[str]:
    """Return with the digits that the page before shows."""
    code = tab.locator(".code").inner_text().replace(" ", "-")
    tab.locator('main [name="code"]').fill(code)
    yield from _pressed(tab, _do("check_code"), "code is right")
    yield from _acted(tab, language, "enter_code", "come back")
    yield from _pressed(tab, _do("pictures"), "come back with pictures")
    _act(tab, language, "enter_code")
    tab.locator('main [name="code"]').fill(WRONG_CODE)
    yield from _pressed(tab, _do("read"), "no such code")
    _act(tab, language, "enter_code")
    tab.locator('main [name="code"]').fill(code)
    yield from _pressed(tab, _do("read"), "letters")
    yield from _pressed(tab, _do("write"), "write again, nothing written")
    _act(tab, language, "enter_code")
    tab.locator('main [name="code"]').fill(code)
    _press(tab, _do("read"))
    yield from _pressed(tab, _do("confirm_delete"), "delete?")
    yield from _pressed(tab, _do("delete"), "deleted")


def _says(tab: Any, language: str) -> Iterator[str]:
    yield from _acted(tab, language, "choose_stage", "say how it was")
    tab.locator('main input[value="SHELTER"]').check(force=True)
    yield from _pressed(tab, _do("give_feedback"), "say, of a stage")
    yield from _pressed(tab, _do("send_feedback"), "say, nothing tapped")
    _act(tab, language, "choose_stage")
    yield from _pressed(tab, _do("complain"), "complain")
    tab.locator('main [name="kind"][value="none"]').check(force=True)
    tab.locator('main [name="complaint"]').first.check(force=True)
    yield from _pressed(tab, _do("send_complaint"), "complained")


def _opened(tab: Any, path: str, name: str) -> Iterator[str]:
    tab.goto(path)
    yield name


def _acted(tab: Any, language: str, act: str, name: str) -> Iterator[str]:
    _act(tab, language, act)
    yield name


def _pressed(tab: Any, selector: str, name: str) -> Iterator[str]:
    _press(tab, selector)
    yield name


def _act(tab: Any, language: str, act: str) -> None:
    tab.goto(f"/{language}/")
    _press(tab, _do(act))


def _do(act: str) -> str:
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
