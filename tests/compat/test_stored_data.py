"""Data stored by an earlier Suar open: database, backups, sheets, shares, return codes, links, questions.

A failure here means that organisations would lose access to records. Do not change the data; change the code.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from suar.accounts import sign_in
from suar.accounts.acting import Acting
from suar.accounts.codes import KeyKind, Way
from suar.accounts.keys import Keys, unwrap_pairs
from suar.accounts.models import PublicKey, Worker
from suar.accounts.sessions import viewer_of
from suar.audit import queries as audit
from suar.cases.models import Case
from suar.consent.codes import Field
from suar.consent.queries import get_consent
from suar.core import clock
from suar.core.refusals import NotYours
from suar.crypto.pairs import BoxPair
from suar.crypto.recovery import Share, join
from suar.records import keyring
from suar.records.terms import Compartment
from suar.referrals import sending
from suar.referrals.models import PacketWrap, Referral
from suar.screening.models import QuestionDraft, QuestionSet
from suar.screening.rules.data_files import load_set
from tests.compat import stored
from tests.compat.stored import EXPECTED
from tests.contact.writing import came_back
from tests.website.asking import OWN, ticket_of
from tools.places import ROOT

pytestmark = pytest.mark.db_contract

WORKERS = list(EXPECTED["workers"])
NEW_PASSWORD = "tiga burung di atas bukit"


@pytest.mark.slow
@pytest.mark.db_contract(False)
def test_the_encrypted_database_migrates_and_workers_sign_in_and_read(tmp_path: Path) -> None:
    data = stored.copy_folder(tmp_path)
    own = {"SUAR_MODE": "test", "SUAR_SITE": "all", "SUAR_DATA": str(data), "SUAR_KEYS": str(tmp_path / "keys")}
    python_path = os.pathsep.join([str(ROOT), str(Path(settings.PACKAGE).parent)])
    done = subprocess.run(
        [sys.executable, "-m", "tests.compat.look"],
        env={**os.environ, **own, "DATABASE_URL": "", "PYTHONPATH": python_path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)
    case = pages[f"chioma /people/{EXPECTED['open_case']}"]
    assert case.startswith("200")
    for value in ("Amina Rekaan", "000-0000-7741", "Get the unpaid wages", "A note about wages of an invented person"):
        assert value in case
    assert "Amina Rekaan" in pages[f"ben /people/{EXPECTED['open_person']}"]
    theme = pages[f"ben /talk/{EXPECTED['talk']}/SIGNS?theme=PAY_DEBT"]
    assert "Was the pay as agreed?" in theme, "the organisation's own question"
    assert pages[f"farid /people/{EXPECTED['open_case']}"].startswith("404")


def test_every_value_of_every_record_is_read_with_its_workers_password(restored: None) -> None:
    keys = {name: keys_of(name) for name in WORKERS}
    for ident, expected in EXPECTED["records"].items():
        seen: dict[str, dict] = {}
        for name, compartments in expected["readers"].items():
            record = keyring.open_record(UUID(ident), keys=keys[name])
            assert [item.value for item in Compartment if record.may(item)] == sorted(
                compartments, key=[item.value for item in Compartment].index
            )
            for compartment in filter(record.may, Compartment):
                for field in record.names(compartment):
                    seen.setdefault(compartment.value, {})[field] = record.read(compartment, field)
        assert seen == expected["values"], ident
        for name in set(WORKERS) - set(expected["readers"]):
            with pytest.raises(NotYours):
                keyring.open_record(UUID(ident), keys=keys[name])


def test_pages_show_what_was_typed(restored: None) -> None:
    shown = ""
    for name in ("ben", "chioma"):
        client = stored.sign_in(name)
        paths = [reverse("request", args=[item["request"]]) for item in EXPECTED["codes"].values() if name == "chioma"]
        for ident, expected in EXPECTED["records"].items():
            if name in expected["readers"] and expected["kind"] != "talk":
                pages = ("person", "exclusions", "options", *(["plan"] if expected["kind"] == "case" else []))
                paths += [reverse(page, args=[ident]) for page in pages]
        shown += "".join(client.get(path).content.decode() for path in paths)
    assert [item for item in EXPECTED["shown"] if item not in shown] == []


@pytest.mark.django_db
def test_a_backup_by_passphrase_is_restored(tmp_path: Path) -> None:
    typed, said = tmp_path / "passphrase", StringIO()
    typed.write_text(EXPECTED["passphrase"])
    with stored.at_that_time():
        call_command(
            "restore", stored.DATA / "backup-by-passphrase", passphrase_file=typed, any_signature=True, stdout=said
        )
        found = stored.sign_in("ben").post(reverse("find_person"), {"name": "Amina"})
        assert "Amina Rekaan" in found.content.decode()
    assert audit.chain_faults() == []


def test_a_recovery_sheet_gives_the_keys_back(restored: None) -> None:
    typed = {"name": "chioma", "recovery": EXPECTED["workers"]["chioma"]["recovery_sheet"]}
    new = {"new_password": NEW_PASSWORD, "again": NEW_PASSWORD}
    answer = Client(headers={"host": "localhost"}).post(reverse("recover"), {**typed, **new})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    record = keyring.open_record(UUID(EXPECTED["open_case"]), keys=keys_of("chioma", password=NEW_PASSWORD))
    assert record.may(Compartment.IDENTITY)


def test_any_two_escrow_shares_give_the_organisations_key(restored: None) -> None:
    for organisation, expected in EXPECTED["escrow"].items():
        stored_key = PublicKey.objects.get(kind=KeyKind.ESCROW, owner=organisation, retired_at=None)
        for pair in combinations(expected["printed"], 2):
            private = join([Share.read(item) for item in pair])
            assert BoxPair.from_private(private).public.hex() == expected["public"] == bytes(stored_key.public).hex()


@pytest.mark.parametrize("kind", ["digits", "words", "pictures"])
def test_a_return_code_opens_its_letters(restored: None, kind: str) -> None:
    expected = EXPECTED["codes"][kind]
    with public_site() as asker:
        if kind == "pictures":
            page = asker.post("/", _pictures(asker, expected["pictures"]), headers=OWN)
        else:
            page = came_back(asker, expected["shown"])
    shown = page.content.decode()
    assert expected["words"] in shown
    assert expected["answer"] in shown


def test_a_referral_link_opens_with_its_code(restored: None) -> None:
    link, dan = EXPECTED["link"], Client(headers={"host": "localhost"})
    path = reverse("link", args=[link["token"]])
    page = dan.get(path)
    assert page.status_code == 200
    assert link["name"] not in page.content.decode()
    told = dan.post(path, {"verb": "accept", "code": link["code"]}).content.decode()
    assert link["name"] in told
    assert link["number"] in told


def test_an_accepted_packet_sealed_to_the_inbox_moves_to_its_case(restored: None) -> None:
    case = Case.objects.get(record=EXPECTED["open_case"])
    wraps, chioma = PacketWrap.objects.filter(referral=case.referral), stored.sign_in("chioma")
    assert wraps.exclude(key=None).count() == 2, "positive control: sealed to the inbox"
    page = reverse("person", args=[case.record])
    assert "000-0000-7741" in chioma.get(page).content.decode()
    assert chioma.post(reverse("arrived", args=[case.record])).status_code == 302
    assert wraps.filter(key=None).count() == 2
    assert "000-0000-7741" in chioma.get(page).content.decode()


def test_what_is_sealed_anew_opens_in_a_case_of_an_earlier_suar(restored: None) -> None:
    """To the inbox until the case has reported something, then to the case."""
    case = Case.objects.get(record=EXPECTED["open_case"])
    wraps, chioma = PacketWrap.objects.filter(referral=case.referral), stored.sign_in("chioma")
    page = reverse("person", args=[case.record])
    share_less(case.referral, {Field.CALLED_NAME, Field.SAFE_CONTACT})
    assert wraps.exclude(key=None).count() == 2
    assert "000-0000-7741" in chioma.get(page).content.decode()
    assert chioma.post(reverse("arrived", args=[case.record])).status_code == 302
    assert wraps.filter(key=None).count() == 2
    assert "000-0000-7741" in chioma.get(page).content.decode()
    share_less(case.referral, {Field.CALLED_NAME})
    assert wraps.filter(key=None).count() == 2
    shown = chioma.get(page).content.decode()
    assert "Amina Rekaan" in shown
    assert "000-0000-7741" not in shown


def test_a_question_file_is_taken_over_and_used(restored: None) -> None:
    esi = stored.sign_in("esi")
    content = (stored.DATA / "questions-short.json").read_bytes()
    path = reverse("import_questions", args=["short"])
    page = esi.post(path, {"file": SimpleUploadedFile("questions.json", content)})
    assert page.status_code == 302
    assert QuestionSet.objects.count() == 1, "the set that is in use already"
    draft = QuestionDraft.objects.get()
    assert page["Location"] == reverse("question_draft", args=[draft.id])
    given = {row["question"]: row for row in json.loads(content)["questions"]}
    taken = {
        row["question"]: row for row in json.loads(esi.get(reverse("draft_file", args=["short"])).content)["questions"]
    }
    own = [code for code, row in given.items() if code.startswith("OWN_") or row["text"] != shipped_text(code)]
    assert own
    assert [taken[code] for code in own] == [given[code] for code in own]


def shipped_text(code: str) -> dict[str, str] | None:
    """Return the wording with which the earlier version of the short form shipped."""
    questions = [question for step in load_set("short", 2)["steps"] for question in step["questions"]]
    return next((question["text"] for question in questions if question["code"] == code), None)


def _pictures(asker: Client, chosen: list[tuple[str, int]]) -> dict[str, str]:
    """Return the form of six tapped pictures."""
    typed = {"ticket": ticket_of(asker.get("/en/")), "lang": "en", "do": "read", "kind": "pictures"}
    for place, (thing, many) in enumerate(chosen, 1):
        typed |= {f"thing{place}": thing, f"many{place}": str(many)}
    return typed


def share_less(referral: UUID, fields: set[Field]) -> None:
    """Let Ben narrow the consent of a referral."""
    row, keys = Referral.objects.get(id=referral), keys_of("ben")
    record = keyring.open_record(row.record, keys=keys)
    by = Acting(at=clock.now(), viewer=viewer_of(Worker.objects.get(name="ben"), fresh=True), keys=keys)
    ends_on = get_consent(record, row.consent).facts.ends_on
    assert sending.narrow_consent(record, row.consent, fields=frozenset(fields), ends_on=ends_on, by=by)


@contextmanager
def public_site() -> Iterator[Client]:
    """Serve the public site and yield a visitor's browser."""
    public = {"ROOT_URLCONF": "suar.website.public_urls", "MIDDLEWARE": settings.MIDDLEWARE_PUBLIC}
    with override_settings(**public):
        yield Client(headers={"host": "localhost"}, REMOTE_ADDR="2001:db8:99::1")


def keys_of(name: str, *, password: str = "") -> Keys:
    """Return the keys of a worker, opened with their password."""
    worker = Worker.objects.get(name=name)
    derived = sign_in.derive_keys(worker, password or EXPECTED["workers"][name]["password"])
    pairs = unwrap_pairs(worker.id, way=Way.PASSWORD, key=derived.wrapping)
    return Keys(worker.id, read=pairs.read, sign=pairs.sign)
