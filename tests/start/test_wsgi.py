"""A web process keeps opened keys out of core files and out of reach of its neighbours."""

import os
import subprocess
import sys

import pytest

from tests.house.reading import ROOT

ASK = """
import ctypes, resource
{load}
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[1])
"""


def loaded_modules(load):
    surroundings = {**os.environ, "PYTHONPATH": "src", "DJANGO_SETTINGS_MODULE": "suar.settings"}
    command = [sys.executable, "-c", ASK.format(load=load)]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's switch is Linux's")
def test_a_web_process_is_closed_to_readers_of_memory():
    assert loaded_modules("import suar.wsgi") == ["0", "0"]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's switch is Linux's")
def test_an_ordinary_process_would_be_open():
    assert loaded_modules("")[0] == "1"
