"""A page carries no script, style or handler of its own, and asks nothing of other machines."""

import re

import pytest

from tests.house.reading import SUAR, files, name_of

COMMENT = re.compile(r"{#.*?#}|{% comment.*?{% endcomment %}", re.DOTALL)
FORBIDDEN = {
    "script in the page": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "a style sheet in the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a handler attribute": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "htmx code in an attribute": re.compile(r"\s(data-)?hx-(on|vals\s*=\s*.js|vars)", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "another machine": re.compile(r"\b(src|srcset|action)\s*=\s*[\"']?(https?:)?//", re.IGNORECASE),
    "unescaped words": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
}
PLANTED = {
    "script in the page": "<script>x</script>",
    "a style sheet in the page": "<style>p {}</style>",
    "a style attribute": '<p style="x">',
    "a handler attribute": '<p onclick="x">',
    "htmx code in an attribute": '<p hx-on:click="x">',
    "a javascript address": '<a href="javascript:x">',
    "another machine": '<img src="//example.org/x">',
    "unescaped words": "{{ name|safe }}",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_contains(what):
    held = [
        f"{name_of(path)}: {match[0].strip()}"
        for path in files(".html")
        if SUAR in path.parents  # a report of research is one file, and loads nothing
        for match in FORBIDDEN[what].finditer(COMMENT.sub("", path.read_text("utf-8")))
    ]
    assert held == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_check_finds_a_planted_fault(what):
    assert FORBIDDEN[what].search(PLANTED[what])


def test_a_script_from_a_file_is_allowed():
    assert not FORBIDDEN["script in the page"].search('<script src="/static/a.js" defer></script>')
