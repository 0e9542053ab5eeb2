"""What the web server loads: one door of Suar, chosen by SUAR_DOOR."""

import ctypes
import gc
import os
import resource
import sys

from django.core.wsgi import get_wsgi_application

PR_SET_DUMPABLE = 4
HAND_ON_AFTER_S = 0.0005


def keep_memory_private() -> None:
    """Leave no core file, and let no other process of this user read opened keys from memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def spare_what_stays() -> None:
    """Take what was loaded at the start out of the collector's rounds: it stays while we serve.

    Each whole round walked through all of it and held every page for about 50 ms.
    """
    gc.collect()
    gc.freeze()


def hand_on_soon() -> None:
    """Let a thread that works on in Python give way after half a millisecond, not after five.

    Who has the turn to write lets the interpreter go at each statement, and has to get it back
    from a page that is being made, while all other writers wait.
    """
    sys.setswitchinterval(HAND_ON_AFTER_S)


keep_memory_private()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suar.settings")
application = get_wsgi_application()
hand_on_soon()
spare_what_stays()
