"""The entry point of the web server: the site that SUAR_SITE names."""

import ctypes
import gc
import os
import resource
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from suar.core.environment import Site

PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """Write no core file, and let no other process of this user read opened keys from memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


keep_memory_private()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suar.settings")
application = get_wsgi_application()
if settings.SUAR_SITE == Site.PUBLIC:
    from suar.website.search_queries import warm_up

    warm_up()
_ = get_resolver().url_patterns
gc.freeze()  # all modules are loaded and stay; a full collection that looks at them holds a request up for 0.2 seconds
