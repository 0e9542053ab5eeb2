"""Walking by keyboard alone: Tab leads to a place, one sees where one is, and keys do the rest."""

from typing import Any

MAX_STEPS = 400
WAY = """target => {
  const here = document.activeElement;
  const together = here.type === "radio" && target.type === "radio"
    && here.name === target.name && here.form === target.form;
  if (here === target || together) return "";
  const ahead = here.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
  return here === document.body || ahead ? "Tab" : "Shift+Tab";
}"""
SEEN = """() => {
  const here = document.activeElement;
  const shown = [here, here.closest("label")].filter((part) => part);
  const ringed = shown.some((part) => {
    const style = getComputedStyle(part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  });
  const box = shown.at(-1).getBoundingClientRect();
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return ringed && inside && here.matches(":focus-visible");
}"""
AT_A_PLACE = "() => location.hash !== '' && document.activeElement === document.body"
LABEL = "(list, value) => [...list.options].find((each) => each.value === value).text.trim()"


def reach(page: Any, target: Any) -> None:
    """Press Tab, or Shift and Tab, until a place has the focus, and see that one sees it there.

    A group of radio buttons is one stop. Fails as soon as a place was passed over.
    """
    target.wait_for(state="attached")
    if page.evaluate(AT_A_PLACE):
        # An address with a place in the page begins there, whichever way one goes from it.
        page.keyboard.press("Tab")
    way = before = target.evaluate(WAY)
    for _ in range(MAX_STEPS):
        if not way or way != before:
            break
        page.keyboard.press(way)
        before, way = way, target.evaluate(WAY)
    assert not way, f"Tab does not lead to {target}"
    assert target.evaluate(SEEN), f"nobody sees that they are at {target}"


def fill(page: Any, field: Any, text: str) -> None:
    """Type into a field in place of what stood there."""
    reach(page, field)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def tick(page: Any, box: Any) -> None:
    """Choose in a group of radio buttons with the arrows, tick a box with Space."""
    reach(page, box)
    here = "box => box === document.activeElement"
    for _ in range(MAX_STEPS):
        if box.evaluate(here):
            break
        page.keyboard.press("ArrowDown")
    if not box.is_checked():
        page.keyboard.press("Space")


def pick(page: Any, field: Any, value: str) -> None:
    """Choose in a list that drops down by typing how the choice begins."""
    reach(page, field)
    page.keyboard.type(field.evaluate(LABEL, value))
    assert field.input_value() == value, f"{value} did not take"


def enter(page: Any, target: Any) -> None:
    """Press a button, follow a link, or open a folded part."""
    reach(page, target)
    page.keyboard.press("Enter")
