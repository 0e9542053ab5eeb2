"""`./suar estimate mse`: its answers, its refusals and its exit codes."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from suar_research.cli.main import main
from support import RESEARCH, environment, published

SHORT = ["--replicates", "200", "--workers", "1", "--methods", "stepwise,main"]


@pytest.fixture
def lists(tmp_path):
    path = tmp_path / "lists.csv"
    path.write_text(published.text("korea_3"), "utf-8")
    return path


def test_words_come_without_being_asked_for(lists, capsys):
    assert main(["estimate", "mse", str(lists), *SHORT]) == 0
    out = capsys.readouterr().out
    assert "123 people were seen, on 3 lists" in out
    assert "stepwise" in out and "269" in out


def test_json_names_version_seed_and_input(lists, capsys):
    assert main(["estimate", "mse", str(lists), *SHORT, "--json", "--seed", "9"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["seed"], len(told["input_sha256"]), told["version"]) == (9, 64, "0.1.0")
    assert [item["name"] for item in told["methods"]] == ["stepwise", "main"]
    assert told["methods"][0]["estimate"] == pytest.approx(268.7778, abs=1e-3)


def test_groups_are_told_apart_and_drawn_apart(tmp_path, capsys):
    rows = published.text("korea_3").splitlines()
    body = [f"{row},{sex}" for sex in ("f", "m") for row in rows[1:]]
    path = tmp_path / "by.csv"
    path.write_text("\n".join([rows[0] + ",sex", *body]), "utf-8")
    words = ["mse", str(path), *SHORT, "--by", "sex", "--plot", str(tmp_path / "all.svg")]
    assert main(["estimate", *words, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["groups"]) == {"f", "m"}
    assert sorted(path.name for path in tmp_path.glob("*.svg")) == ["all-f.svg", "all-m.svg"]
    assert main(["estimate", *words]) == 2
    assert "all-f.svg cannot be used" in capsys.readouterr().err
    assert main(["estimate", *words[:-2]]) == 0
    assert "sex: f" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"A,B,C,count\n1,1,0,-4\n", b"\xff\xfe", None])
def test_a_file_that_cannot_be_used_ends_with_two_and_writes_nothing(tmp_path, capsys, content):
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    assert main(["estimate", "mse", str(path), "--plot", str(tmp_path / "a.svg")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "cannot be used" in told.err
    assert not (tmp_path / "a.svg").exists()


def test_of_many_problems_the_first_ten_are_shown_and_how_many_more_there_are(tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_text("A,B,C,count\n" + "1,1,0,-4\n" * 2_000, "utf-8")
    assert main(["estimate", "mse", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 12 and lines[-1] == "  and 1,990 more"
    assert lines[1] == "  row 2, column count: not a whole number of people from 0"


@pytest.mark.parametrize(
    ("option", "name", "why"),
    [
        ("--plot", "drawn.svg", "nothing was overwritten"),
        ("--plot", "nowhere/drawn.svg", "there is no such folder"),
        ("--plot", "drawn.png", "must end with .svg"),
        ("--report", "nowhere/page.html", "there is no such folder"),
        ("--keep", "drawn.svg", "nothing can be kept there"),
    ],
)
def test_what_could_not_be_written_is_refused_before_the_work(lists, tmp_path, capsys, option, name, why):
    (tmp_path / "drawn.svg").write_text("mine", "utf-8")
    assert main(["estimate", "mse", str(lists), *SHORT, option, str(tmp_path / name)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and why in told.err
    assert (tmp_path / "drawn.svg").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ["--methods", "stepwise,oracle"],
        ["--methods", ","],
        ["--replicates", "0"],
        ["--replicates", "19"],
        ["--seed", "-1"],
    ],
)
def test_words_that_are_not_known_end_with_two(lists, words):
    assert main(["estimate", "mse", str(lists), *words]) == 2


@pytest.fixture
def _heeding_interruptions():
    """Let child processes heed SIGINT: a shell lets what it runs in the background ignore it, and they inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.long
@pytest.mark.usefixtures("_heeding_interruptions")
def test_an_interruption_says_what_is_kept(tmp_path):
    """Interrupted as by Ctrl-C: all processes at once, with one piece done and more to do."""
    kept = tmp_path / "kept"
    words = ["estimate", "mse", str(published.PLACE / "uk2013_6.csv"), "--methods", "stepwise"]
    words += ["--replicates", "50000", "--keep", str(kept), "--workers", "2"]
    program = [sys.executable, "-m", "suar_research", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True}
    going = subprocess.Popen(program, cwd=RESEARCH, env=environment(), text=True, **pipes)
    while not list(kept.glob("*.npy")):
        assert going.poll() is None, going.communicate()
        time.sleep(0.02)
    os.killpg(going.pid, signal.SIGINT)
    out, err = going.communicate(timeout=60)
    assert (going.returncode, out) == (130, "")
    assert f"Interrupted. What is done is kept in {kept}." in err


@pytest.mark.slow
def test_the_estimates_run_without_django_and_without_the_rest_of_suar(lists):
    """The same numbers come from a process that can import neither."""
    program = (
        "import sys; sys.modules['django'] = sys.modules['nacl'] = None\n"
        "from suar_research.cli.main import main\n"
        f"code = main(['estimate', 'mse', {str(lists)!r}, *{SHORT!r}])\n"
        "loaded = {name for name in sys.modules if name.split('.')[0] == 'suar'}\n"
        "assert not loaded, loaded\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=RESEARCH,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "269" in done.stdout
