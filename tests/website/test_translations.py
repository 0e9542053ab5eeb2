"""Translations written for a translator, read back, checked, and shown after the next start."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as Tree

import polib
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from polib import POEntry

from suar.core.i18n import public_languages
from suar.website import texts, translations
from suar.website.translations import READ, corrections, forms_of, key_of, shipped

LEAD = (READ + "sea.looks.pay", texts.shipped_words("en")["sea.looks.pay"])
LEAVE = ("", "Leave this page now")
OPEN = ("", "Open now, until %(time)s.")


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.SUAR_DATA = tmp_path
    return tmp_path


def said(*words: str, **options) -> str:
    out = StringIO()
    call_command("words", *words, stdout=out, **options)
    return out.getvalue()


def file_with(path: Path, changed: dict, language: str = "vi") -> Path:
    """Write a language's file as a translator would give it back, with some texts changed."""
    messages = [
        POEntry(msgctxt=entry.msgctxt, msgid=entry.msgid, msgstr=changed[key]) if key in changed else entry
        for key, entry in shipped(language).items()
    ]
    to_text = translations.to_xliff if path.suffix == ".xlf" else translations.to_po
    path.write_text(to_text(messages, language=language), "utf-8")
    return path


@pytest.mark.parametrize("name", ["vi.po", "vi.xlf"])
def test_what_is_written_is_read_back_and_changes_nothing(folder, name):
    told = said("vi", write=folder / name)
    assert f"{len(shipped('vi'))} texts" in told
    assert "0 changed" in said(read=folder / name, keep=True)
    assert corrections("vi") == {}


@pytest.mark.parametrize("language", ["ru", "ar", "km"])
def test_every_form_of_a_word_goes_out_and_comes_back(folder, language):
    said(language, write=folder / "w.po")
    _named, messages = translations.parse((folder / "w.po").read_bytes())
    assert {key_of(entry): forms_of(entry) for entry in messages if any(forms_of(entry))} == {
        key: forms_of(entry) for key, entry in shipped(language).items() if all(forms_of(entry))
    }
    assert any(entry.msgid_plural and len(forms_of(entry)) > 1 for entry in shipped("ru").values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vi.po", "vi.xlf"])
def test_a_correction_is_shown_after_a_restart_and_can_be_deleted(folder, name):
    path = file_with(folder / name, {LEAVE: "Đi khỏi đây ngay", LEAD: "Trả tiền ít hơn đã hứa."})
    assert "2 changed" in said(read=path)
    assert corrections("vi") == {}
    said(read=path, keep=True)
    assert {key: entry.msgstr for key, entry in corrections("vi").items()} == {
        LEAVE: "Đi khỏi đây ngay",
        LEAD: "Trả tiền ít hơn đã hứa.",
    }
    assert _started(folder) == ["Đi khỏi đây ngay", "Trả tiền ít hơn đã hứa."]
    said("vi", as_shipped=True)
    assert _started(folder) == [shipped("vi")[LEAVE].msgstr, shipped("vi")[LEAD].msgstr]


def _started(folder: Path) -> list[str]:
    """Return what a new process says."""
    program = (
        "import json, django; django.setup()\n"
        "from django.utils import translation\n"
        "from suar.website import texts\n"
        "with translation.override('vi'):\n"
        f"    said = [translation.gettext({LEAVE[1]!r})]\n"
        f"said.append(texts.load_words('vi').words[{LEAD[0].removeprefix(READ)!r}])\n"
        "print(json.dumps(said))"
    )
    where = {"SUAR_DATA": str(folder), "PYTHONPATH": "src:."}
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, **where}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_second_file_adds_to_stored_corrections(folder):
    said(read=file_with(folder / "a.po", {LEAVE: "Đi khỏi đây ngay"}), keep=True)
    said(read=file_with(folder / "b.po", {LEAD: "Trả tiền ít."}), keep=True)
    assert set(corrections("vi")) == {LEAVE, LEAD}
    assert "2" in next(line for line in said().splitlines() if line.startswith("vi")).split()


@pytest.mark.parametrize(
    ("key", "wrong", "because"),
    [
        (OPEN, "Mở đến %(hour)s.", "laceholders"),
        (OPEN, "Mở", "laceholders"),
        (LEAVE, "<b>Đi</b>", "< >"),
        (LEAVE, "Đi <script", "< >"),
        (LEAVE, "Đi \u202eđây", "invisible"),
        (LEAVE, "Đi " * 200, "longer"),
        (LEAVE, "   ", "blank"),
    ],
)
def test_a_translation_that_breaks_a_page_is_refused_with_its_line(folder, key, wrong, because):
    path = file_with(folder / "a.po", {key: wrong, LEAD: "Trả tiền ít."})
    written = polib.pofile(str(path))
    [line] = [item.linenum for item in written if (item.msgid, item.msgstr) == (key[1], wrong)]
    with pytest.raises(CommandError) as refused:
        said(read=path, keep=True)
    assert f"line {line}: " in str(refused.value)
    assert because in str(refused.value)
    assert refused.value.returncode == 2
    assert not (folder / "words").exists()


def message(context: str, text: str, translation: str, **more) -> POEntry:
    return POEntry(msgctxt=context or None, msgid=text, msgstr=translation, **more)


def test_an_unknown_text_a_doubled_one_and_an_unsure_one(folder):
    words = shipped("vi")
    told = [
        message("", "No such text", "x", linenum=1),
        message(*LEAVE, "Đi", linenum=2),
        message(*LEAVE, "Đi", linenum=3),
        message(*LEAD, "Trả", linenum=4, flags=["fuzzy"]),
    ]
    report = translations.compare(told, words)
    assert [line for line, _ in report.errors] == [1, 3]
    assert {key: entry.msgstr for key, entry in report.changed.items()} == {LEAVE: "Đi"}
    assert report.counts["fuzzy"] == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"no words at all",
        b"<html></html>",
        b"<xliff",
        b'msgid "a"\nmsgstr "b"\n',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"x" * 5_000_001,
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" trgLang="vi"></xliff>',
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(folder, content):
    (folder / "a.po").write_bytes(content)
    with pytest.raises(CommandError) as refused:
        said(read=folder / "a.po", keep=True)
    assert str(refused.value).endswith((".", ")."))
    assert not (folder / "words").exists()


def test_a_file_that_names_a_file_of_this_machine_opens_none(folder):
    said("vi", write=folder / "vi.po")
    with pytest.raises(translations.InvalidFile):
        translations.parse(str(folder / "vi.po").encode())


def test_a_language_of_another_site_is_refused(folder):
    for words in ({"read": file_with(folder / "a.po", {}, language="vi")}, {"write": folder / "b"}):
        (folder / "a.po").write_text(
            (folder / "a.po").read_text("utf-8").replace("Language: vi", "Language: xx"), "utf-8"
        ) if "read" in words else None
        with pytest.raises(CommandError, match="Unknown language"):
            said("xx" if "write" in words else "", **words)


def test_xliff_is_well_formed_and_names_both_languages(folder):
    said("ar", write=folder / "a.xlf", missing=False)
    root = Tree.fromstring((folder / "a.xlf").read_bytes())  # noqa: S314 - our own file
    assert (root.get("srcLang"), root.get("trgLang")) == ("en", "ar")
    assert len(root.findall(".//{*}unit")) == len(shipped("ar"))


@given(st.text(max_size=40), st.text(min_size=1, max_size=60))
def test_any_text_survives_both_kinds_of_file(context, text):
    sayable = "".join(c for c in text if c.isprintable()) or "x"
    entry = message("".join(c for c in context if c.isprintable()), sayable, sayable)
    for to_text in (translations.to_po, translations.to_xliff):
        _language, [read] = translations.parse(to_text([entry], language="vi").encode())
        assert (key_of(read), forms_of(read)) == (key_of(entry), forms_of(entry))


def test_messages_of_django_are_left_out_and_no_other_is_missing():
    months = [key for key in shipped("lo") if key[1] == "January"]
    assert months, "the control: where Django has no catalogue, the months are ours"
    assert ("", "January") not in shipped("vi") and ("", "January") not in shipped("sr-latn")
    for item in (public_language.code for public_language in public_languages() if public_language.code != "en"):
        assert [key for key, entry in shipped(item).items() if not all(forms_of(entry))] == [], item


def test_an_unknown_message_without_translation_is_ignored():
    report = translations.compare([message("", "January", "")], shipped("vi"))
    assert (report.counts["empty"], report.errors) == (1, [])


def test_messages_of_every_language_that_ships_could_come_back_as_they_are():
    for language in ("id", "km", "ar", "ru"):
        words = shipped(language)
        translated = [entry for entry in words.values() if all(forms_of(entry))]
        assert translations.compare(translated, words).errors == [], language
