"""What the papers name is there: links, commands, options, decisions."""

import argparse
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from uuid import uuid4

import pytest
from django.urls import URLPattern, get_resolver, reverse

from suar.core.files.sheets import MAX_SHEET_BYTES
from suar.hsds.files import MAX_BYTES
from suar.website.middleware import FILES_BYTES
from tests.house.reading import ROOT, files, name_of

LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
COMMAND = re.compile(r"\./suar ([a-z]+)")
DECISION = re.compile(r"decisions/(\d{4}|[a-z][a-z-]+[a-z])")
OPTION = re.compile(r"^\|.*?\|", re.MULTILINE)
PAPERS = [path for path in files(".md") if "fixtures" not in path.parts]
DECISIONS = ROOT / "docs" / "decisions"
GENERATED = {
    *("inventory", "permissions", "states", "htcds", "talk", "talk-stories", "search"),
    *("bench", "security-bars", "access", "fuzz"),
}
"""Pages in docs that a program writes, or whose figures it does."""
MAX_WORDS = 35_000
NO_KEYS = {"rest", "form", "factor", "step", "stage", "part", "line", "which", "language", "number"}
"""Texts in addresses that open nothing: ids and codes that stand on pages."""


def commands():
    """Read the commands of the script and the options of each from its own parser."""
    loader = SourceFileLoader("suar_script", str(ROOT / "suar"))
    script = module_from_spec(spec_from_loader("suar_script", loader))
    loader.exec_module(script)
    actions = script._parser()._actions
    return next(action for action in actions if isinstance(action, argparse._SubParsersAction)).choices


def dead_links(path, text):
    return [target for target in LINK.findall(text) if not (path.parent / target).exists()]


def test_every_link_leads_to_a_file():
    assert len(PAPERS) > 10
    dead = {name_of(path): dead_links(path, path.read_text("utf-8")) for path in PAPERS}
    assert {name: links for name, links in dead.items() if links} == {}


def test_the_check_finds_a_dead_link():
    assert dead_links(ROOT / "README.md", "[a](docs) [b](docs/no-such-page.md#x)") == ["docs/no-such-page.md"]


def test_every_command_that_is_named_exists():
    known = set(commands())
    named = {word for path in PAPERS for word in COMMAND.findall(path.read_text("utf-8"))}
    assert {"demo", "test", "run"} <= named
    assert named - known == set()


def test_going_live_names_every_option_of_run_and_no_other():
    part = (ROOT / "docs" / "go-live.md").read_text("utf-8").partition("option of `./suar run`")[2]
    rows = OPTION.findall(part.partition("\n\n")[0])
    options = {option for row in rows for option in re.findall(r"--[a-z][a-z-]+", row)}
    real = {word for action in commands()["run"]._actions for word in action.option_strings}
    assert options == {word for word in real if word.startswith("--")} - {"--help"}


def test_the_documented_proxies_allow_a_whole_directory_file():
    text = (ROOT / "docs" / "go-live.md").read_text("utf-8")
    nginx, caddy = text.partition("### nginx")[2].partition("### Caddy")[::2]
    taken = nginx.partition(f"location = {reverse('import_directory')} ")[2].partition("}\n}")[0]
    limits = [*re.findall(r"_size (\d+)m", taken), *re.findall(r"max_size (\d+)MB", caddy)[1:2]]
    assert len(limits) == 3
    assert all(int(limit) * 10**6 > MAX_BYTES + 10**6 for limit in limits)


def test_the_documented_proxies_allow_attachments_and_store_none():
    text = (ROOT / "docs" / "go-live.md").read_text("utf-8")
    nginx, caddy = text.partition("### nginx")[2].partition("### Caddy")[::2]
    start = nginx.partition("location = / ")[2].partition("}\n")[0]
    limits = [*re.findall(r"_size (\d+)m", start), *re.findall(r"max_size (\d+)MB", caddy)[:1]]
    assert len(limits) == 3
    assert all(int(limit) * 10**6 >= FILES_BYTES for limit in limits), "the door says what is wrong"
    both = r"client_max_body_size \d+m;.*?client_body_buffer_size \d+m"
    for place in re.findall(both, nginx, re.S):
        most, held = re.findall(r"_size (\d+)m", place)
        assert int(held) >= int(most), "nginx writes what it cannot hold to the disk in clear"
    assert nginx.count("client_max_body_size") == nginx.count("client_body_buffer_size") == 4


def test_the_documented_proxies_allow_sheets_and_documents_of_people():
    nginx = (ROOT / "docs" / "go-live.md").read_text("utf-8").partition("### nginx")[2].partition("### Caddy")[0]
    address, taken = re.search(r"location ~ (\S+) \{(.*?)\}\n\n", nginx, re.S).groups()
    urls = [reverse(name) for name in ("import_htcds", "import_people", "recordings")]
    assert all(re.search(address, url) for url in (*urls, reverse("attachments", args=[uuid4()])))
    assert not re.search(address, "/people/week")
    limits = re.findall(r"_size (\d+)m", taken)
    assert len(limits) == 2
    assert all(int(limit) * 10**6 > MAX_SHEET_BYTES + 10**6 for limit in limits)


def test_the_monthly_log_check_finds_every_secret_address():
    keys = set()
    for door in ("suar.website.public_urls", "suar.website.staff_urls", "suar.website.files_urls"):
        keys |= {address for address in addresses(get_resolver(door)) if "<str:token>" in address}
    assert len(keys) >= 3
    text = (ROOT / "docs" / "go-live.md").read_text("utf-8")
    looks = re.compile(re.search(r"grep \S+ '(.+)' /var/log/nginx/", text)[1])
    assert {key for key in keys if not looks.search(f"/{key}")} == set()
    assert not looks.search("2026-11-27T08:00:00+00:00 help.example.org 200 GET")


def addresses(resolver, before=""):
    """Return every address under a resolver, as it is written."""
    for url_pattern in resolver.url_patterns:
        here = before + str(url_pattern.pattern)
        yield from [here] if isinstance(url_pattern, URLPattern) else addresses(url_pattern, here)


def test_every_text_in_an_address_is_a_secret_or_listed_as_none():
    texts = set()
    for door in ("suar.website.public_urls", "suar.website.staff_urls"):
        for address in addresses(get_resolver(door)):
            texts |= set(re.findall(r"<(?:str|path|slug):(\w+)>", address))
    assert texts == {"token", *NO_KEYS}


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150


def is_written(name):
    """Return True for a page that people write, apart from research and the handbooks."""
    generated = {f"docs/{page}.md" for page in GENERATED}
    return name not in generated and not name.startswith(("research/", "docs/handbook/"))


def test_the_written_pages_stay_short_enough_to_be_read():
    pages = [path.read_text("utf-8") for path in PAPERS if is_written(name_of(path))]
    assert len(pages) > 40
    assert sum(len(re.findall(r"\S*\w\S*", page)) for page in pages) <= MAX_WORDS


def test_every_generated_page_exists():
    assert {page for page in GENERATED if not (ROOT / "docs" / f"{page}.md").exists()} == set()


@pytest.mark.parametrize("paper", ["README.md", "SECURITY.md", "docs/go-live.md"])
def test_every_entry_page_states_that_there_was_no_review(paper):
    top = (ROOT / paper).read_text("utf-8").splitlines()[:16]
    assert "No independent review" in " ".join(top)


def test_every_decision_is_in_the_index():
    index = (DECISIONS / "README.md").read_text("utf-8")
    pages = [page.name for page in DECISIONS.glob("*.md") if page.name != "README.md"]
    assert len(pages) > 10
    assert [name for name in sorted(pages) if f"({name})" not in index] == []


def test_every_decision_that_is_referred_to_exists():
    written = [page.stem for folder in (DECISIONS, ROOT / "research/docs/decisions") for page in folder.glob("*.md")]
    paths = [path for path in files(".py", ".md", ".json") if path.parts[-2] != "house"]
    named = {name for path in paths for name in DECISION.findall(path.read_text("utf-8"))}
    assert len(named) > 5
    assert {name for name in named if not any(page == name or page.startswith(f"{name}-") for page in written)} == set()
