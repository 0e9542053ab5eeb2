"""What a browser saw: its history, what it asked for, and what its policy stopped."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Error

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (rules) =>
  (await axe.run({runOnly: rules, resultTypes: ["violations"]})).violations"""
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.warn("stopped by the policy:", event.violatedDirective);
});
"""


def entries(page: Any) -> list[tuple[str, str]]:
    """List the address and the title of each entry of the tab's history, up to this one."""
    session = page.context.new_cdp_session(page)
    history = session.send("Page.getNavigationHistory")
    session.detach()
    upto = history["entries"][: history["currentIndex"] + 1]
    return [(entry["url"], entry["title"]) for entry in upto]


def stopped_by_policy(page: Any) -> list[str]:
    """Start to list what the policy of this page stops."""
    stopped: list[str] = []

    def heard(message: Any) -> None:
        if "stopped by the policy" in message.text or "Content Security Policy" in message.text:
            stopped.append(message.text)

    page.add_init_script(WATCH)
    page.on("console", heard)
    return stopped


def asked_elsewhere(page: Any, own: str) -> list[str]:
    """Start to list what is asked of other machines, also where the policy then stops it."""
    elsewhere: list[str] = []

    def heard(request: Any) -> None:
        if not request.url.startswith((own, "data:")):
            elsewhere.append(request.url)

    page.on("request", heard)
    return elsewhere


def faults(page: Any) -> list[str]:
    """Ask axe what somebody could stumble over on this page."""
    page.evaluate(AXE.read_text("utf-8"))
    return broken(page, RULES)


def broken(page: Any, rules: Any) -> list[str]:
    """Ask axe, which stands in the page, for every place that breaks one of these rules.

    It also lists all that keeps them, which would take longer to bring out of the browser than
    to find; that stays there.
    """
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in page.evaluate(RUN, rules)
        for node in fault["nodes"]
    ]


def is_too_wide(page: Any) -> bool:
    """Say whether one has to scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def press(page: Any, target: Any) -> None:
    """Press what leads to a page, and wait until that page stands, whatever its address is.

    A form may first ask whether anybody answers (signal.js), and is sent some moments after
    the click: what looks at the page right away would look at one that is about to go.
    """
    with page.expect_event("load"):
        target.click()


def go_back(page: Any) -> None:
    """Press Back; the page that offers to send a form again counts as an error and is none."""
    try:
        page.go_back(timeout=3000)
    except Error as error:
        if "ERR_CACHE_MISS" not in str(error):
            raise
        page.wait_for_timeout(500)
