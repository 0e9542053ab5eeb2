"""How Chromium is started: without network except this machine."""

import shutil
from typing import Any

BROWSER_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def found_browser() -> str | None:
    """Return the path of Chromium, preferring the headless shell, or None."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return next((found for name in names if (found := shutil.which(name))), None)


def launch_chromium(playwright: Any) -> Any:
    """Start Chromium without a window and return it."""
    return playwright.chromium.launch(executable_path=found_browser(), chromium_sandbox=False, args=BROWSER_FLAGS)
