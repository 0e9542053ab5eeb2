"""People from a spreadsheet: columns are guessed, every row is checked, and each person comes in whole or not."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suar.audit.models import Entry
from suar.cases import imports
from suar.cases.documents import Note
from suar.cases.forms.exchange import check_rows, language_codes
from suar.cases.imports import UploadedSheet
from suar.cases.models import SheetDraft
from suar.cases.rules.imports import LIMITS, guess_columns, read_row
from suar.cases.tasks import remove_old_sheets
from suar.consent.documents import Person, Profile, SafeContact, Tasks
from suar.consent.queries import list_consents
from suar.core import clock
from suar.records import keyring
from suar.records.models import Record
from tests.people import client_of

HEADER = [
    "Nama",
    "Umur",
    "JK",
    "No HP",
    "Alamat",
    "Bahasa",
    "Tanggal kontak pertama",
    "Keterangan",
    "Tindak lanjut",
    "Pos",
]
SITI = [
    "Siti Contoh",
    "24",
    "P",
    "000-0000-5511",
    "Desa Rekaan",
    "Jawa",
    "04/03/2021",
    "upah tidak dibayar",
    "telepon",
    "x7",
]
BUDI = ["Budi Misalan", "31 tahun", "laki-laki", "000-0000-5512", "", "", "2022-01-09", "", "", ""]
WHY = "The same number, The same name, perhaps in another spelling, A similar name, the same age and place"
TODAY = date(2026, 11, 30)


def as_csv(*rows, header=HEADER):
    written = io.StringIO()
    csv.writer(written).writerows([header, *rows])
    return written.getvalue().encode()


def upload(client, content, name="people.csv"):
    return client.post(reverse("import_people"), {"file": SimpleUploadedFile(name, content)})


def columns_of(client, sheet, **changed):
    """Return the form of the columns as the page shows it."""
    form = client.get(reverse("import_columns", args=[sheet])).context["form"]
    return {bound.html_name: bound.value() for bound in form if bound.value()} | changed


def checked(client, content, **changed):
    """Upload a sheet and choose its columns; return its id and the page of its rows."""
    answer = upload(client, content)
    assert answer.status_code == 302, answer.context["form"].errors
    sheet = answer["Location"].rsplit("/", 1)[1]
    chosen = client.post(reverse("import_columns", args=[sheet]), columns_of(client, sheet, **changed))
    assert chosen.status_code == 302, chosen.context["form"].errors
    return sheet, client.get(reverse("import_rows", args=[sheet]))


def take(client, sheet, *rows):
    return client.post(reverse("import_rows", args=[sheet]), {"take": [str(row) for row in rows]})


def people_of(player, name):
    """Return the records of people with a name."""
    rows = [keyring.open_record(row.id, keys=player.keys) for row in Record.objects.filter(assignee=player.id)]
    return [record for record in rows if (record.get(Person) or Person()).name == name]


@pytest.fixture
def kartika(cast):
    return client_of(cast.kartika)


@pytest.fixture
def worker(cast):
    return cast.kartika


# What columns and cells mean


@pytest.mark.parametrize(
    ("header", "guesses"),
    [
        (HEADER, ["NAME", "AGE", "SEX", "PHONE", "PLACE", "LANGUAGE", "FIRST_CONTACT", "NOTE", "NEXT_STEP", ""]),
        (["Name", "DOB", "Gender", "Safe contact", "Next step"], ["NAME", "BORN", "SEX", "SAFE_PHONE", "NEXT_STEP"]),
        (["NAMA LENGKAP", "nama", "No. HP", "", "Notes", "Remarks"], ["NAME", "", "PHONE", "", "NOTE", "NOTE"]),
    ],
)
def test_columns_are_guessed_from_headings_in_english_and_indonesian(header, guesses):
    assert guess_columns(header) == guesses


@pytest.mark.parametrize(
    ("code", "cell", "facts"),
    [
        ("AGE", "24", {"age": "24"}),
        ("AGE", "24.0", {"age": "24"}),
        ("AGE", "24 tahun", {"age": "24"}),
        ("BORN", "1994", {"age": "31"}),
        ("BORN", "2026-01-02", {"born": "2026-01-02", "age": "0"}),
        ("BORN", "01/12/2000", {"born": "2000-12-01", "age": "25"}),
        ("SEX", "Perempuan", {"sex": "FEMALE"}),
        ("SEX", "L", {"sex": "MALE"}),
        ("LANGUAGE", "jawa", {"language": "jv"}),
        ("PHONE", "0000", {"phone": "0000", "no_calls": "on", "no_messages": "on"}),
        ("SAFE_PHONE", "0000", {"phone": "0000"}),
    ],
)
def test_a_cell_becomes_facts(code, cell, facts):
    read = read_row(["x"], [cell], [code], languages={"jawa": "jv"}, with_others=False, today=TODAY)
    assert (read.facts, read.problems) == (facts, {})


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("AGE", "old"),
        ("BORN", "2031"),
        ("BORN", "31/02/2000"),
        ("SEX", "17"),
        ("LANGUAGE", "Klingon"),
        ("FIRST_CONTACT", "soon"),
        ("FIRST_CONTACT", "2027-01-01"),
    ],
)
def test_what_is_not_understood_is_a_problem_of_its_column(code, cell):
    read = read_row(["x"], [cell], [code], languages={}, with_others=False, today=TODAY)
    assert list(read.problems) == [code]


def test_columns_without_a_meaning_stand_in_the_note_only_if_wished():
    texts = [
        read_row(["Pos"], ["x7"], [""], languages={}, with_others=wished, today=TODAY).note for wished in (True, False)
    ]
    assert texts == ["Pos: x7", ""]


@pytest.mark.parametrize("name", ["Indonesian", "Bahasa Indonesia", "indonesia", "id"])
def test_languages_are_known_by_their_names(db, name):
    assert language_codes()[name.casefold()] == "id"


def test_every_row_is_checked_by_the_rules_of_the_forms(db):
    rows = [(2, ["A" * 81, "24"]), (3, ["Siti", "130"]), (4, ["", "24"]), (5, ["Siti", "24"])]
    sheet = UploadedSheet(["Nama", "Umur"], rows, ["NAME", "AGE"])
    assert [(row.number, bool(row.problems)) for row in check_rows(sheet, today=TODAY)] == [
        (2, True),
        (3, True),
        (4, True),
        (5, False),
    ]


# From the file to the record


@pytest.mark.django_db
def test_a_row_becomes_a_person_with_facts_a_note_and_a_next_step(kartika, worker):
    sheet, page = checked(kartika, as_csv(SITI, BUDI))
    assert [row.name for row in page.context["good"]] == ["Siti Contoh", "Budi Misalan"]
    assert take(kartika, sheet, 2, 3).status_code == 302
    [siti] = people_of(worker, "Siti Contoh")
    profile, contact = siti.get(Profile), siti.get(SafeContact)
    assert (profile.age, profile.age_band, profile.sex, profile.language) == (24, "ADULT", "FEMALE", "jv")
    assert (contact.phone, contact.place) == ("000-0000-5511", "Desa Rekaan")
    assert contact.no_calls and contact.no_messages, "nobody knows whether the number is safe"
    [note] = siti.get_all(Note).values()
    assert "Tanggal kontak pertama: 04/03/2021\nupah tidak dibayar\nPos: x7" in note.text
    [task] = siti.get(Tasks).open
    assert (task.text, task.due) == ("telepon", clock.today() + timedelta(days=7))
    assert list_consents(siti) == []
    assert kartika.get(reverse("person", args=[siti.id])).status_code == 200
    assert "Siti Contoh" in kartika.get(reverse("caseload")).content.decode()
    assert Entry.objects.filter(verb="import_person").count() == 2
    result = kartika.get(reverse("import_rows", args=[sheet]))
    assert result.context["imported"] == 2


@pytest.mark.django_db
def test_rows_with_mistakes_come_back_as_a_sheet_that_runs_nothing(kartika, worker):
    wrong = ["=cmd()", "old", *SITI[2:]]
    sheet, page = checked(kartika, as_csv(SITI, wrong))
    [row] = page.context["wrong"]
    assert row.problems == ["Age in years: This is not an age in years."]
    take(kartika, sheet, 2, 3)
    assert people_of(worker, "=cmd()") == []
    answer = kartika.post(reverse("import_rest", args=[sheet]))
    back = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert back[0] == [*HEADER, "What is wrong"]
    assert [line[0] for line in back[1:]] == ["'=cmd()"]
    assert "not an age" in back[1][-1]


@pytest.mark.django_db
def test_pressing_twice_imports_once(kartika, worker):
    sheet, _page = checked(kartika, as_csv(SITI))
    draft = SheetDraft.objects.get(id=sheet)
    take(kartika, sheet, 2)
    SheetDraft.objects.filter(id=sheet).update(sealed=draft.sealed, key=draft.key, imported_at=None)
    take(kartika, sheet, 2)
    assert len(people_of(worker, "Siti Contoh")) == 1


@pytest.mark.django_db
def test_people_who_are_here_already_are_not_ticked_and_the_same_file_is_noticed(kartika, worker):
    content = as_csv(SITI, BUDI)
    sheet, page = checked(kartika, content)
    assert page.context["before"] is None
    take(kartika, sheet, 2)
    again, page = checked(kartika, content)
    assert page.context["before"] is not None
    [(row, why)] = page.context["likely"]
    assert row.name == "Siti Contoh"
    assert why == [("Siti Contoh", WHY)]
    assert [row.name for row in page.context["good"]] == ["Budi Misalan"]
    take(kartika, again, 2, 3)
    assert len(people_of(worker, "Siti Contoh")) == 2, "whoever is ticked comes in"


@pytest.mark.django_db
def test_two_rows_of_one_person_are_noticed(kartika):
    _sheet, page = checked(kartika, as_csv(SITI, SITI))
    assert [row.number for row, _why in page.context["likely"]] == [3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"column-0": ""}, "Choose which column is the name."),
        ({"column-1": "NAME"}, "Only one column can be: Name."),
        ({"column-4": "SAFE_PHONE"}, "Choose one column with a number."),
    ],
)
def test_a_choice_of_columns_that_cannot_be_is_refused(kartika, changed, words):
    sheet = upload(kartika, as_csv(SITI))["Location"].rsplit("/", 1)[1]
    page = kartika.post(reverse("import_columns", args=[sheet]), columns_of(kartika, sheet, **changed))
    assert page.status_code == 400
    assert words in page.content.decode()


# What is refused, and what stays


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n1234", "cannot be read"),
        (as_csv(), "no row below"),
        (as_csv(*[SITI] * (LIMITS["most_rows"] + 1)), "At most 300 rows"),
        (as_csv(["x"] * 61, header=["h"] * 61), "At most 60 columns"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_in_plain_words(kartika, content, words):
    page = upload(kartika, content)
    assert page.status_code == 400
    assert words in str(page.context["form"].errors)
    assert not SheetDraft.objects.exists()


@pytest.mark.django_db
def test_the_sheet_is_sealed_to_its_worker_and_removed_after_a_day(cast, kartika, worker):
    sheet, _page = checked(kartika, as_csv(SITI))
    row = SheetDraft.objects.get(id=sheet)
    assert b"Siti" not in bytes(row.sealed)
    other = client_of(cast.chioma)
    for name in ("import_columns", "import_rows"):
        assert other.get(reverse(name, args=[sheet])).status_code == 404
    with clock.shifted(timedelta(hours=25)):
        assert client_of(worker).get(reverse("import_rows", args=[sheet])).status_code == 404
        assert remove_old_sheets.func() == 1
    assert not SheetDraft.objects.exists()


@pytest.mark.django_db
def test_after_the_import_only_what_is_left_is_sealed_and_the_worker_can_remove_it(kartika, worker):
    sheet, _page = checked(kartika, as_csv(SITI, BUDI))
    take(kartika, sheet, 2)
    left = imports.open_sheet(SheetDraft.objects.get().id, keys=worker.keys, at=clock.now())
    assert [cells[0] for _number, cells in left.rows] == ["Budi Misalan"]
    kartika.post(reverse("import_rest", args=[sheet]), {"forget": "yes"})
    assert bytes(SheetDraft.objects.get().sealed) == b"", "the digest stays, so that the same file is noticed"
    assert kartika.get(reverse("import_rows", args=[sheet])).status_code == 404


@pytest.mark.django_db
def test_a_team_that_is_not_the_workers_own_gets_nobody(cast, kartika):
    other = str(cast.village.team.id)
    sheet = upload(kartika, as_csv(SITI))["Location"].rsplit("/", 1)[1]
    form = columns_of(kartika, sheet, team=other)
    assert kartika.post(reverse("import_columns", args=[sheet]), form).status_code == 400


@pytest.mark.django_db
def test_nobody_is_ticked(kartika):
    sheet, _page = checked(kartika, as_csv(SITI))
    page = take(kartika, sheet)
    assert page.status_code == 409
    assert "Tick at least one person." in page.content.decode()
