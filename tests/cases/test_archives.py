"""The whole file of a person: an encrypted archive that opens without Suar, for those who may, by password."""

import hashlib
import hmac
import html
import io
import json
import shutil
import struct
import subprocess
import typing
import zipfile
from dataclasses import is_dataclass

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.urls import reverse
from PIL import Image

from suar.audit.models import Entry
from suar.cases import drafts, policy
from suar.cases.archives import LEFT_OUT, excluded_names
from suar.cases.documents.papers import Attachment, SavedArchive
from suar.cases.fields_in_words import GROUPS, label_of_field, stored_fields
from suar.cases.rules.dates import PartialDate
from suar.consent import exclusions as exclusion_list
from suar.core import clock
from suar.core.refusals import NotYours
from suar.crypto.archives import INNER_NAME, encrypt_files, is_password, new_password
from suar.records import keyring
from suar.records.documents import document_classes
from suar.records.models import Record
from suar.records.terms import Kind, Status
from suar.referrals.documents import ReferralRecord
from tests.bars.journey import walk
from tests.contact.uploads import brought
from tests.people import acting_as, agreed, client_of, sent, viewer

SECRET, SEED = bytes(range(32)), "0" * 32
ASKED = {"purpose": "PERSON", "receiver": "Amina", "reason": "asked for it", "language": "en", "sure": ["PERSON"]}


def decrypted(content, password):
    """Return the name and the content of the one file of an archive, read as the format says; raises ValueError.

    Source: WinZip, AES Encryption Information: PBKDF2 with 1,000 rounds, AES in counter mode, HMAC-SHA1 of 10 bytes.
    """
    size, name_bytes, extra_bytes = struct.unpack("<L4xHH", content[18:30])
    start = 30 + name_bytes
    fields = (_, _, version, _, strength, method) = struct.unpack("<HHH2sBH", content[start : start + 11])
    assert (version, strength, method) == (2, 3, 0), fields
    assert content[14:18] == bytes(4), "AE-2 stores no checksum of the plain text"
    sealed = content[start + extra_bytes : start + extra_bytes + size]
    salt, check, sealed, tag = sealed[:16], sealed[16:18], sealed[18:-10], sealed[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)
    if keys[64:] != check:
        raise ValueError("wrong password")
    if hmac.digest(keys[32:64], sealed, "sha1")[:10] != tag:
        raise ValueError("altered")
    counters = b"".join(number.to_bytes(16, "little") for number in range(1, len(sealed) // 16 + 2))
    stream = Cipher(algorithms.AES256(keys[:32]), modes.ECB()).encryptor().update(counters)  # noqa: S305 - a counter
    plain = int.from_bytes(sealed) ^ int.from_bytes(stream[: len(sealed)])
    return content[30:start].decode(), plain.to_bytes(len(sealed))


def opened(content, password):
    """Return the files in an archive."""
    name, inner = decrypted(content, password)
    assert name == INNER_NAME
    archive = zipfile.ZipFile(io.BytesIO(inner))
    return {name: archive.read(name) for name in archive.namelist()}


def saved(client, record, **fields):
    """Save an archive through the page; return its bytes and its password."""
    address = reverse("archive", args=[record])
    page = client.post(address, {**ASKED, **fields}).context
    answer = client.post(address, {**ASKED, **fields, "seed": page["seed"]})
    assert answer["Content-Disposition"] == 'attachment; filename="file.zip"', answer.content[:2000]
    return answer.content, page["password"]


# The format


def test_an_archive_opens_with_its_password_only_and_its_names_say_nothing():
    password = new_password(SECRET)
    content = encrypt_files({"record.html": b"secret words"}, password)
    assert opened(content, password) == {"record.html": b"secret words"}
    assert b"record.html" not in content
    assert b"secret" not in content
    with pytest.raises(ValueError, match="password"):
        opened(content, new_password(bytes(32)))


def test_a_flipped_bit_is_noticed():
    password = new_password(SECRET)
    content = bytearray(encrypt_files({"record.html": b"x" * 5000}, password))
    content[80] ^= 1
    with pytest.raises(ValueError, match="altered"):
        opened(bytes(content), password)


SMALL = new_password(SECRET).lower()


@pytest.mark.parametrize("weak", ["", "1234", "amina", SMALL], ids=["none", "digits", "name", "small"])
def test_only_passwords_made_here_are_taken(weak):
    assert is_password(new_password(SECRET))
    with pytest.raises(ValueError, match="password"):
        encrypt_files({}, weak)


@pytest.mark.skipif(not shutil.which("7z"), reason="7-Zip is not installed")
def test_seven_zip_opens_it_with_its_password_only(tmp_path):
    password, path = new_password(SECRET), tmp_path / "a.zip"
    path.write_bytes(encrypt_files({"record.html": b"words"}, password))

    def extract(archive, typed):
        command = ["7z", "x", "-y", f"-o{tmp_path}", f"-p{typed}", str(archive)]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert extract(path, "wrong") != 0
    assert extract(path, password) == extract(tmp_path / INNER_NAME, "none") == 0
    assert (tmp_path / "record.html").read_bytes() == b"words"


# Its labels


def parts_of(annotation):
    """Yield the classes of documents and their parts in the type of a field."""
    for inner in typing.get_args(annotation):
        yield from parts_of(inner)
    if isinstance(annotation, type) and (hasattr(annotation, "model_fields") or is_dataclass(annotation)):
        if annotation is not PartialDate:
            yield annotation
    elif hasattr(annotation, "_fields"):
        yield annotation


def fields_with_types(kind):
    """Return the fields of a class that are exported, with their types."""
    if hasattr(kind, "model_fields"):
        return {name: kind.model_fields[name].annotation for name in stored_fields(kind)}
    return typing.get_type_hints(kind)


KINDS = [kind for kind in document_classes().values() if kind.__name__ not in LEFT_OUT | {"Findings"}]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.__module__.startswith("suar.")])
def test_every_field_of_a_document_has_a_label_and_every_document_a_place(kind):
    assert [group for group in GROUPS if kind.__name__ in group["documents"]], "add it to cases/data/archive.json"
    waiting, seen = [kind], set()
    while waiting:
        part = waiting.pop()
        for name, annotation in fields_with_types(part).items():
            assert label_of_field(part.__name__, name)["label"].keys() >= {"en", "id"}, (part, name)
            waiting += set(parts_of(annotation)) - seen
        seen.add(part)


# What is in it


def texts_of(value):
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_of(item)


def stored_texts(record):
    """Return what was typed into a record: all texts of its documents that are no code."""
    found = set()
    for kind in document_classes().values():
        if kind.__name__ not in LEFT_OUT:
            entries = record.get_all(kind).values() if kind.storage.keyed else filter(None, [record.get(kind)])
            for entry in entries:
                found |= set(texts_of(entry.model_dump(mode="json", include=stored_fields(kind))))
    return {text for text in found if "canary" in text.lower() or " " in text}


def test_all_values_of_a_record_are_in_it_for_machines_and_for_people(cast):
    """Look at all that a whole journey typed: a person at Ben's, a case at Chioma's."""
    walk(cast, 9)
    for worker, kind in ((cast.ben, Kind.PERSON), (cast.chioma, Kind.CASE)):
        for language in ("en", "id"):
            rows = Record.objects.filter(kind=kind).exclude(status=Status.GONE)
            assert sum(checked_texts(worker, row.id, language) for row in rows) > 20


def checked_texts(worker, record_id, language):
    """Check the archive of a record; return how many texts are in it, none if the worker may not save it."""
    try:
        record = keyring.open_record(record_id, keys=worker.keys)
    except NotYours:
        return 0
    if not policy.may_hand_over(viewer(worker), record.facts):
        return 0
    sure = ["PERSON", *(["EXCLUDED"] if excluded_names(record) else [])]
    content, password = saved(client_of(worker), record_id, sure=sure, language=language)
    files = opened(content, password)
    typed = stored_texts(record)
    assert typed <= set(texts_of(json.loads(files["record.json"])))
    page = html.unescape(files["record.html"].decode())
    spread = {line for text in typed for line in text.splitlines()}
    assert {line for line in spread if line not in page} == set()
    assert "<script" not in page
    assert 'lang="' + language in page
    return len(typed)


# Who may


@pytest.mark.django_db
def test_the_archive_is_in_the_audit_log_and_on_the_timeline_and_its_password_nowhere(cast, ben, amina):
    content, password = saved(ben, amina.id)
    assert "Amina Rekaan" in opened(content, password)["record.html"].decode()
    assert Entry.objects.filter(verb="save_archive").count() == 1
    page = ben.get(reverse("person", args=[amina.id])).content.decode()
    assert "Whole file saved as an archive" in page
    assert "asked for it" in ben.get(reverse("archive", args=[amina.id])).content.decode()
    refreshed = keyring.open_record(amina.id, keys=cast.ben.keys)
    assert password not in str([entry.model_dump() for entry in refreshed.get_all(SavedArchive).values()])


@pytest.mark.django_db
def test_a_colleague_who_is_not_responsible_gets_no_file(cast, amina):
    colleague = client_of(cast.esi)
    page = colleague.get(reverse("archive", args=[amina.id]))
    assert page.status_code == 200
    policy_lets = policy.may_hand_over(viewer(cast.esi), amina.facts)
    assert (colleague.post(reverse("archive", args=[amina.id]), ASKED).status_code == 404) is not policy_lets


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"purpose": ""}, "purpose"),
        ({"receiver": ""}, "receiver"),
        ({"reason": ""}, "reason"),
        ({"sure": []}, "sure"),
        ({"purpose": "HANDOVER"}, "sure"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_saved(ben, amina, fields, wrong):
    page = ben.post(reverse("archive", args=[amina.id]), {**ASKED, **fields, "seed": SEED})
    assert page.status_code == 400
    assert wrong in page.context["form"].errors
    assert not Entry.objects.filter(verb="save_archive").exists()


@pytest.mark.django_db
def test_whom_the_person_excluded_gets_nothing(cast, ben, amina):
    added = exclusion_list.new_exclusions((), (), "Uncle Rekaan")
    exclusion_list.record_exclusions(amina, added, keys=cast.ben.keys, at=clock.now())
    address = reverse("archive", args=[amina.id])
    sure = {"sure": ["PERSON", "HANDOVER", "EXCLUDED"], "purpose": "HANDOVER"}
    assert "receiver" in ben.post(address, {**ASKED, **sure, "receiver": "the uncle rekaan"}).context["form"].errors
    assert "sure" in ben.post(address, ASKED).context["form"].errors
    assert ben.post(address, {**ASKED, **sure, "receiver": "Yayasan Contoh"}).context["password"]


@pytest.mark.django_db
def test_keys_of_referrals_and_drafts_stay(cast, ben, amina):
    sent(amina, agreed(amina, cast.ben), cast.ben)
    drafts.save_draft(amina, "note", {"text": ["half a note"]}, by=acting_as(cast.ben))
    record = keyring.open_record(amina.id, keys=cast.ben.keys)
    [referral] = record.get_all(ReferralRecord).values()
    data = opened(*saved(ben, amina.id))["record.json"].decode()
    assert referral.service_name in data
    assert referral.thread not in data
    assert "half a note" not in data


@pytest.mark.django_db
def test_documents_are_in_it_under_names_that_say_nothing_unless_struck_out(cast, ben, amina):
    picture = io.BytesIO()
    Image.new("RGB", (64, 48)).save(picture, "JPEG")
    facts = {
        "name": "Contract",
        "kind": "CONTRACT",
        "given_by": "Amina",
        "why": "wages",
        "keep_until": str(clock.today()),
    }
    ben.post(reverse("attachments", args=[amina.id]), {**facts, "file": brought(picture.getvalue(), "a.jpg")})
    files = opened(*saved(ben, amina.id))
    assert [name for name in files if name.startswith("files/")] == ["files/001.jpg"]
    assert Image.open(io.BytesIO(files["files/001.jpg"])).size == (64, 48)
    assert "Contract" in files["record.html"].decode()
    [key] = keyring.open_record(amina.id, keys=cast.ben.keys).get_all(Attachment)
    ben.post(reverse("attachment", args=[amina.id, key]), {"strike": "yes", "strike-reason": "wrong"})
    assert not [name for name in opened(*saved(ben, amina.id)) if name.startswith("files/")]
