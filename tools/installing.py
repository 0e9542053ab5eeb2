"""Install what a run or a test needs; the second time nothing is done."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.places import PYTHON, ROOT, VENV, report_progress, stop

# What each lock contains: `dev` is compiled from all of them.
HOLDS = {
    "base": ("base",),
    "research": ("research",),
    "cluster": ("research", "cluster"),
    "clear": ("research", "clear"),
    "spark": ("research", "clear", "spark"),
    "dev": ("base", "research", "cluster", "clear", "dev"),
}
EXTRAS = ("clear", "spark")
"""Installed only on request."""
LIGHTER = "chromium-headless-shell"
"""Chromium without windows; where packages cannot be installed, Chromium is used instead."""
DEBIAN = {
    "postgresql": "usr/lib/postgresql/*/bin/initdb",
    "chromium": "usr/bin/chromium",
    LIGHTER: "usr/bin/chromium-headless-shell",
    "fonts-noto-core": "usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "fonts-droid-fallback": "usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf",
}


def python_packages(lock: str) -> None:
    """Install into `.venv` exactly what requirements/`lock`.lock pins."""
    if not PYTHON.exists():
        _make_venv()
    wanted = _digest(lock)
    stamp = _stamp(lock)
    if stamp.exists() and stamp.read_text("ascii") == wanted:
        return
    report_progress(f"Installing the packages of requirements/{lock}.lock ...")
    for name in HOLDS[lock]:
        _stamp(name).unlink(missing_ok=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*command, "--require-hashes", "-r", f"requirements/{lock}.lock"],
        cwd=ROOT,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    for name in HOLDS[lock]:
        _stamp(name).write_text(_digest(name), "ascii")


def debian_packages(names: tuple[str, ...] = tuple(DEBIAN)) -> None:
    """Install missing Debian packages as root; otherwise print the command and exit."""
    missing = [name for name in names if not any(Path("/").glob(DEBIAN[name]))]
    if "chromium" in missing and shutil.which("chromium"):
        missing.remove("chromium")
    if LIGHTER in missing and not _may_install():
        missing.remove(LIGHTER)
    if missing:
        _apt_get(missing)


def _make_venv() -> None:
    try:
        import ensurepip  # noqa: F401 - Debian ships Python without it, which only shows here
    except ImportError:
        _apt_get(["python3-venv"])
    report_progress("Making .venv ...")
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_get(packages: list[str]) -> None:
    names = " ".join(packages)
    if not _may_install():
        stop(f"this needs Debian packages. Run: sudo apt-get install {names}")
    report_progress(f"Installing Debian packages: {names} ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, check=True, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _stamp(lock: str) -> Path:
    return VENV / f"suar-{lock}.stamp"


def _digest(lock: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{lock}.lock").read_bytes()).hexdigest()
