"""HTCDS 2.0: every field has a row, what leaves, what an import makes of a file, and a round trip without loss."""

import io
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pyzipper import AESZipFile

from suar.accounts import access_reviews
from suar.accounts.alarms import list_alarms
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm
from suar.audit.models import Entry
from suar.cases import actions, closing, episodes, export_limits
from suar.cases.codes import ClosureReason
from suar.cases.documents import Closing, ClosingRequest
from suar.cases.documents.history import EpisodeFacts
from suar.cases.documents.plan import Goal, Plan, PlanStep
from suar.cases.htcds import exporting, importing, mapping
from suar.cases.htcds.mapping import CASE, CONTACT_RULES, EXPORT
from suar.cases.rules.dates import PartialDate
from suar.consent import life
from suar.consent import queries as consents
from suar.consent.codes import ExclusionKind
from suar.consent.documents import ImportedFrom, LifeAct, LifeStatus, Person, Profile, SafeContact
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.files.sheets import read_sheet, write_csv, write_workbook
from suar.core.refusals import NotYours, Refused
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.documents import document_classes
from suar.records.keyring import OpenRecord
from suar.records.models import Record
from suar.records.terms import Kind, Status
from suar.referrals import sending
from suar.screening.codes import Outcome
from suar.screening.documents import Finding, Findings
from tests.people import acting_as, agreed, client_of, sent

OURS = {"org_Name", CONTACT_RULES, EXPORT}
"""Columns that differ after a round trip: who exports, that a number is not safe yet, and the mark of the file."""
Rows = list[dict[str, str]]


def exported(player: Player, record: OpenRecord | None = None, *, with_identity: bool = True) -> Rows:
    by = acting_as(player)
    table = exporting.export_people(record, with_identity=with_identity, purpose="EX_SYSTEM", by=by).rows
    names, labels, *body = table
    assert labels[names.index("prs_FirstName")] == "First Name"
    return [{name: cell for name, cell in zip(names, cells, strict=True) if cell} for cells in body]


def comparable(rows: Rows) -> Rows:
    return sorted(({name: cell for name, cell in row.items() if name not in OURS} for row in rows), key=str)


def checked(player: Player, content: bytes) -> importing.Check:
    by = acting_as(player)
    return importing.check_sheet(read_sheet(content), known=importing.known_cases(by), today=clock.today())


def imported(player: Player, content: bytes) -> importing.Check:
    """Import a file into the team that somebody leads."""
    check, by = checked(player, content), acting_as(player)
    [team] = by.viewer.leads
    importing.import_people(check.new, team=team, by=by)
    return check


def table(player: Player, *, with_identity: bool = True) -> list[list[str]]:
    by = acting_as(player)
    return exporting.export_people(None, with_identity=with_identity, purpose="EX_SYSTEM", by=by).rows


def opened(player: Player, case: str) -> OpenRecord:
    """Open the record that was imported as a case."""
    for record in Record.objects.filter(kind=Kind.CASE):
        found = keyring.open_record(record.id, keys=player.keys)
        kept = found.get(ImportedFrom)
        if kept and kept.case == case:
            return found
    raise AssertionError(case)


@pytest.fixture
def told(amina: OpenRecord, cast: Cast) -> OpenRecord:
    """Return Amina's record with two episodes, a note and her facts."""
    by = acting_as(cast.ben)
    amina.put(Person(name="Amina Rekaan", born=date(1999, 3, 4)), by=by.worker, at=by.at)
    amina.put(SafeContact(phone="+62 000 0000 7741", place="Kota Contoh", hours="evenings"), by=by.worker, at=by.at)
    amina.put(Profile(sex="FEMALE", language="id", formal="F_CON_POS"), by=by.worker, at=by.at)
    first = EpisodeFacts(
        start=PartialDate(2019, 5),
        country="MY",
        place="a flat",
        forms=("SERVITUDE", "SEXUAL_ONLINE"),
        sector="SEC_FISHING",
        exploiters=("RR_EMPLOYER",),
        means=("MC_DEBT", "MC_MOVEMENT"),
        words="=she was locked in",
    )
    second = EpisodeFacts(start=PartialDate(2021, about=True), country="SEA", forms=("CRIMINAL_SCAM",))
    for facts in (first, second):
        episodes.save_episode(amina, facts, by=by)
    actions.add_note(amina, "Wants to learn sewing,\nlater.", by=by)
    return keyring.open_record(amina.id, keys=cast.ben.keys)


# The table and the code

EXPORT_ONLY = {
    *("org_Name", "vic_TraffickingStatusDecisionMakingOrg", "vic_AgeWhenTrafficked", "cas_ReasonForCaseClosure"),
    *("cas_ReferredOrganisation", "spl_Objectives", "spl_ActionPlan", "spl_PlannedEndDate"),
}
"""Fields with a place that Suar writes; an imported value stays as it is."""
IMPORT_ONLY = {
    *("prs_MiddleName", "prs_SecondName", "prs_HomePhone", "prs_MailingCountry", "prs_MailingState"),
    *("prs_MailingStreet", "prs_MailingPostalCode", "hte_State", "hte_Street", "hte_PostalCode"),
}
"""Fields that become part of a place, and leave as part of another field."""
SAMPLES = {"prs_Birthdate": "1990-05-04", "hte_Date": "1990-05", "prs_PrimaryLanguage": "id", "hte_Country": "MY"}


def is_read(name: str) -> bool:
    """Return True if the importer stores a value of a field in its place."""
    decided = {"vic_TraffickingStatusDecisionMakingOrg": "Police"} if name == "vic_TraffickingStatus" else {}
    flag = "TRUE" if name == "prs_Deceased" else "text"
    for value in mapping.FIELDS[name].codes or [SAMPLES.get(name, flag)]:
        reader = importing.RowReader(clock.today())
        kept = reader.read("1", [(2, {**decided, name: value})]).unmapped
        if not reader.errors and name not in {column.partition(" (")[0] for column in kept}:
            return True
    return False


def test_every_field_with_a_place_is_read_by_the_importer_or_written_by_the_exporter(
    told: OpenRecord, cast: Cast
) -> None:
    by = acting_as(cast.ben)
    written = set().union(*exported(cast.esi))
    opened_record = keyring.open_record(told.id, keys=cast.ben.keys)
    sent(opened_record, agreed(opened_record, cast.ben), cast.ben)
    goal = Goal(id="g", text="a room of her own", steps=(PlanStep(what="ask the shelter"),))
    request = ClosingRequest(
        reason=ClosureReason.TRANSFER, on=clock.today(), state=closing.CLOSED, asked_by=by.worker, asked_at=by.at
    )
    finding = Finding(at=by.at, by=by.worker, outcome=Outcome.PRESUMED_VICTIM)
    death = LifeAct(verb="record_death", actor="RESPONSIBLE", by=by.worker, at=by.at)
    told.add(
        Plan(goals=(goal,), review_on=clock.today()),
        Closing(requests=(request,)),
        Findings(entries=(finding,)),
        LifeStatus(entries=(death,)),
        by=by.worker,
        at=by.at,
    )
    told.put(Profile(sex="FEMALE", language="id"), by=by.worker, at=by.at)
    Record.objects.filter(id=told.id).update(status=Status.CLOSED)
    written = (written | set().union(*exported(cast.esi))) - {CASE, CONTACT_RULES, EXPORT}
    read = {name for name in mapping.FIELDS if is_read(name)}
    placed = {name: field for name, field in mapping.FIELDS.items() if field.into}
    assert read | written == placed.keys()
    assert (written - read, read - written) == (EXPORT_ONLY, IMPORT_ONLY), "all others survive a round trip"
    assert {name for name, field in placed.items() if not field.compartment} <= read, "a value without a place is lost"


def test_who_decided_is_not_said_of_a_status_that_an_authority_gave(told: OpenRecord, cast: Cast) -> None:
    finding = Finding(at=clock.now(), by=cast.ben.id, outcome=Outcome.PRESUMED_VICTIM)
    told.put(Findings(entries=(finding,)), by=cast.ben.id, at=clock.now())
    row = exported(cast.esi)[0]
    assert row["vic_TraffickingStatus"] == mapping.ACTUAL
    assert "vic_TraffickingStatusDecisionMakingOrg" not in row


# A round trip


@pytest.mark.db_contract
@pytest.mark.parametrize("write", [write_csv, write_workbook])
def test_people_come_back_equal_from_another_organisation(told: OpenRecord, cast: Cast, write: Any) -> None:
    before = comparable(exported(cast.esi))
    assert len(before) == 2
    content = write(table(cast.esi))
    check = imported(cast.kartika, content)
    assert (check.errors, len(check.new)) == ([], 1)
    assert comparable(exported(cast.kartika)) == before
    again = checked(cast.kartika, content)
    assert (again.new, again.already) == ([], 1)
    home = checked(cast.esi, write(table(cast.kartika)))
    assert (home.new, home.already) == ([], 1), "it is our own record"


def test_a_file_without_identity_has_no_name_number_or_words(told: OpenRecord, cast: Cast) -> None:
    whole, [first, _second] = exported(cast.esi)[0], exported(cast.esi, with_identity=False)
    assert {"prs_FirstName", "prs_Birthdate", "prs_MobilePhone", "cco_CaseComment", "hte_Description"} <= whole.keys()
    assert not {"prs_FirstName", "prs_Birthdate", "prs_MobilePhone", "prs_MailingCity"} & first.keys()
    assert not {"cco_CaseComment", "hte_Description", CONTACT_RULES} & first.keys()
    assert (first[CASE], first["vic_TypeOfExploitation"]) == (whole[CASE], "SexualExploitation;Servitude;Other")
    assert str(told.id) not in str(whole)


def test_words_in_a_coded_column_do_not_leave_without_identity(cast: Cast) -> None:
    row = {
        "prs_Gender": "as Siti says",
        "prs_PrimaryLanguage": "Siti",
        "prs_Citizenship": "ID;MY",
        "hte_City": "near Siti",
        "prs_MaritalStatus": "Single",
        "org_Name": "House of Siti",
        "vic_LocationOfExploitation": "with Siti",
        CASE: "Siti 1990",
    }
    imported(cast.kartika, a_file(row))
    [whole], [coded] = exported(cast.kartika), exported(cast.kartika, with_identity=False)
    assert (whole[CASE], whole["prs_PrimaryLanguage"]) == ("Siti 1990", "Siti"), "positive control"
    assert "Siti" not in str(coded)
    assert (coded["prs_Citizenship"], coded["prs_MaritalStatus"]) == ("ID;MY", "Single")


def test_rules_travel_with_a_number_and_formulas_are_quoted(told: OpenRecord, cast: Cast) -> None:
    by = acting_as(cast.ben)
    actions.change_details(told, {"no_calls": True}, seen={"no_calls": False}, by=by)
    [first, _second] = exported(cast.esi)
    assert first[CONTACT_RULES] == "NO_CALLS; evenings"
    content = write_csv(table(cast.esi)).decode("utf-8-sig")
    assert "'=she was locked in" in content
    assert "'+62 000" in content


def test_who_must_never_know_restricted_and_merged_people_only_leave_alone(told: OpenRecord, cast: Cast) -> None:
    by = acting_as(cast.ben)
    Record.objects.filter(id=told.id).update(restricted=True)
    assert exported(cast.esi) == []
    Record.objects.filter(id=told.id).update(restricted=False)
    assert exported(cast.esi)
    sending.record_exclusions(told, [NewExclusion(ExclusionKind.WORDS, words="her uncle")], by=by)
    assert exported(cast.esi) == []
    assert exported(cast.esi, keyring.open_record(told.id, keys=cast.esi.keys))


@pytest.mark.db_contract
def test_an_export_is_written_down_with_everybody_in_it(told: OpenRecord, cast: Cast) -> None:
    [row] = [row for row in exported(cast.esi) if "prs_FirstName" in row]
    entry = Entry.objects.filter(verb="export_htcds").get()
    assert entry.about == [str(told.id)] and entry.because.startswith(f"EX_SYSTEM {row[EXPORT]} ")


def test_a_large_export_raises_an_alarm_for_the_others(
    told: OpenRecord, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(cast.esi)
    assert not Alarm.objects.exists()
    monkeypatch.setattr(export_limits, "MAX_ALONE", 0)
    access_reviews.request_export(export_limits.agreement_code("EX_SYSTEM"), by=acting_as(cast.esi))
    asked = Alarm.objects.get().id
    access_reviews.review(asked, decision="JUSTIFIED", words="She told me why", by=acting_as(cast.indah))
    exported(cast.esi)
    [alarm] = list_alarms(acting_as(cast.indah).viewer, at=clock.now())
    assert (alarm.kind, alarm.worker) == (AlarmKind.MANY_EXPORTED, cast.esi.id)
    assert not list_alarms(acting_as(cast.esi).viewer, at=clock.now())


def test_only_a_lead_exports_and_imports(told: OpenRecord, cast: Cast, ben: Client) -> None:
    with pytest.raises(NotYours):
        exported(cast.ben)
    assert ben.get(reverse("import_htcds")).status_code == 404


# An import


def a_file(*rows: dict[str, str]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return write_csv([names, *([row.get(name, "") for name in names] for row in rows)])


def test_every_value_of_a_row_is_found_again(cast: Cast) -> None:
    row = dict.fromkeys(mapping.FIELDS, "x") | {
        name: next(iter(field.codes)) for name, field in mapping.FIELDS.items() if field.codes
    }
    dates = dict.fromkeys(("prs_Birthdate", "hte_Date"), "1990-05-04")
    row |= dates | {"prs_Deceased": "TRUE", "hte_Type": "Exploitation", "Shoe size": "41", CASE: "K 1"}
    row["vic_TypeOfExploitation"] = "SexualExploitation"
    row |= {name: f"text of {name}" for name, value in row.items() if value == "x"}
    imported(cast.kartika, a_file(row))
    record = opened(cast.kartika, "K 1")
    documents = [document for kind in document_classes().values() for document in _stored(record, kind)]
    everything = "\n".join(document.model_dump_json() for document in documents)
    for name, value in row.items():
        if value.startswith(("text of", "41")):
            assert value in everything, name
    back = exported(cast.kartika)[0]
    coded = {name for name, field in mapping.FIELDS.items() if field.codes and not field.deprecated}
    assert {name: back.get(name) for name in coded} == {name: row[name] for name in coded}
    assert record.get(Person) == Person(
        name="text of prs_FirstName text of prs_MiddleName text of prs_SecondName", born=date(1990, 5, 4)
    )


def _stored(record: OpenRecord, kind: Any) -> list[Any]:
    return list(record.get_all(kind).values()) if kind.storage.keyed else list(filter(None, [record.get(kind)]))


def test_an_imported_person_has_agreed_to_nothing_and_the_number_is_unsafe(cast: Cast) -> None:
    imported(
        cast.kartika, a_file({"prs_FirstName": "Siti", "prs_MobilePhone": "000 1", "con_Consent": "TRUE", CASE: "1"})
    )
    record = opened(cast.kartika, "1")
    assert consents.list_consents(record) == []
    contact = record.get(SafeContact)
    assert contact and (contact.phone, len(contact.rules)) == ("000 1", 3)
    page = client_of(cast.kartika).get(reverse("exchange", args=[record.id])).content.decode()
    assert "con_Consent" in page
    assert "agreed to nothing" in page


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"prs_Birthdate": "1990-02-30"}, "no_date"),
        ({"prs_Birthdate": "04/05/1990"}, "no_date"),
        ({"prs_Birthdate": "2190-01-01"}, "future"),
        ({"hte_Date": "2190"}, "future"),
        ({"hte_Date": "long ago"}, "no_date"),
        ({"prs_Deceased": "perhaps"}, "yes_or_no"),
        ({"prs_FirstName": "x" * 201}, "too_long"),
    ],
)
def test_a_row_with_an_error_is_left_out_whole(cast: Cast, row: dict[str, str], code: str) -> None:
    good = {"prs_FirstName": "Budi", CASE: "1"}
    check = imported(cast.kartika, a_file(good, {"prs_FirstName": "Siti", CASE: "2"} | row))
    assert [(error.row, error.code) for error in check.errors] == [(3, code)]
    assert [person.case for person in check.new] == ["1"]
    assert Record.objects.filter(kind=Kind.CASE).count() == 1


def test_an_unknown_code_is_a_warning_and_stays(cast: Cast) -> None:
    check = imported(
        cast.kartika, a_file({"prs_Gender": "Feminine", "vic_MethodsOfControl": "DebtBondage;Hex", CASE: "1"})
    )
    assert [(warning.row, warning.code, warning.value) for warning in check.warnings] == [(2, "unknown_code", "Hex")]
    [row] = exported(cast.kartika)
    assert row["vic_MethodsOfControl"] == "DebtBondage"
    assert exporting.imported_values(opened(cast.kartika, "1"))["vic_MethodsOfControl"] == "DebtBondage;Hex"


def test_a_second_row_of_a_person_may_only_have_another_event(cast: Cast) -> None:
    first = {"prs_FirstName": "Siti", "hte_Country": "Malaysia", CASE: "1"}
    check = checked(cast.kartika, a_file(first, {"hte_Country": "MY", "hte_Type": "Transit", CASE: "1"}, first))
    assert [(error.row, error.code) for error in check.errors] == [(4, "double")]
    [person] = check.new
    assert ([facts.country for facts in person.episodes], person.rows) == (["MY"], [2, 3])
    assert person.unmapped == {"hte_Type (3)": "Transit", "hte_Country (3)": "MY"}


def test_rows_without_a_case_are_known_by_what_they_say(cast: Cast) -> None:
    content = a_file({"prs_FirstName": "Siti"}, {"prs_FirstName": "Budi"}, {"prs_FirstName": "Siti"})
    check = imported(cast.kartika, content)
    assert (len(check.new), [error.row for error in check.errors], check.has_case) == (2, [4], False)
    assert checked(cast.kartika, content).already == 2


def test_a_closed_case_and_a_death_stay_so(cast: Cast) -> None:
    imported(cast.kartika, a_file({"cas_Status": "Closed/Referred", "prs_Deceased": "yes", CASE: "1"}))
    record = opened(cast.kartika, "1")
    assert (record.facts.status, life.life_state(record)) == (Status.CLOSED, life.DIED)
    [row] = exported(cast.kartika)
    assert (row["cas_Status"], row["prs_Deceased"]) == ("ClosedReferred", "TRUE")
    for page in ("person", "person_details", "history", "plan", "follow_up", "exchange", "progress"):
        assert client_of(cast.kartika).get(reverse(page, args=[record.id])).status_code == 200, page


def test_a_file_with_too_many_rows_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MAX_ROWS", 1)
    assert len(checked(cast.kartika, a_file({"prs_FirstName": "Siti"})).new) == 1
    with pytest.raises(Refused, match="too_many_rows"):
        checked(cast.kartika, a_file({"prs_FirstName": "Siti"}, {"prs_FirstName": "Budi"}))


def test_a_large_file_is_imported_in_parts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 1)
    kartika, [team] = client_of(cast.kartika), acting_as(cast.kartika).viewer.leads
    content, path = (
        a_file({"prs_FirstName": "Siti", CASE: "1"}, {"prs_FirstName": "Budi", CASE: "2"}),
        reverse("import_htcds"),
    )
    for left, leads_to in ((2, path), (1, reverse("caseload"))):
        form = {"team": str(team), "file": SimpleUploadedFile("people.csv", content)}
        page = kartika.post(path, form)
        assert len(page.context["check"].new) == left
        again = {"checked": page.context["checked"], "file": SimpleUploadedFile("people.csv", content)}
        assert kartika.post(path, form | again)["Location"] == leads_to
    assert Record.objects.filter(kind=Kind.CASE).count() == 2


@pytest.mark.db_contract
def test_the_file_is_checked_first_and_imported_when_it_comes_again(cast: Cast) -> None:
    kartika = client_of(cast.kartika)
    content = a_file({"prs_FirstName": "Siti", "prs_Birthdate": "1990-05-04", CASE: "1"})

    def send(content: bytes, **fields: str) -> Any:
        [team] = acting_as(cast.kartika).viewer.leads
        file = SimpleUploadedFile("people.csv", content)
        return kartika.post(reverse("import_htcds"), {"file": file, "team": str(team), **fields})

    page = send(content)
    assert (page.status_code, page.context["check"].already) == (200, 0)
    assert not Record.objects.filter(kind=Kind.CASE).exists()
    changed = send(a_file({"prs_FirstName": "Budi", CASE: "2"}), checked=page.context["checked"])
    assert changed.status_code == 200
    assert not Record.objects.filter(kind=Kind.CASE).exists()
    done = send(content, checked=page.context["checked"])
    assert (done.status_code, done["Location"]) == (302, reverse("caseload"))
    assert "Siti" in kartika.get(reverse("caseload")).content.decode()
    assert send(b"nama,usia\nx,y\n").status_code == 400
    assert send(b"\xd0\xcf\x11\xe0").status_code == 400


# Pages of an export


def test_the_file_leaves_only_in_an_encrypted_archive(told: OpenRecord, cast: Cast, esi: Client) -> None:
    path = reverse("export_htcds")
    form = {"purpose": "EX_SYSTEM", "content": "complete", "kind": "xlsx", "sure": "on"}
    assert esi.get(path).status_code == 200
    assert esi.post(path, form | {"sure": ""}).status_code == 400
    page = esi.post(path, form).context
    password = page["password"]
    assert esi.post(path, form | {"seed": "weak"}).context["password"]
    assert not Entry.objects.filter(verb="export_htcds").exists()
    answer = esi.post(path, form | {"seed": page["seed"]})
    assert answer["Content-Disposition"] == 'attachment; filename="file.zip"'
    assert b"Amina" not in answer.content
    sheet = read_sheet(unpacked(answer.content, password, "htcds.xlsx"))
    assert "Amina Rekaan" in sheet.rows[1].cells
    assert Entry.objects.get(verb="export_htcds").about == [str(told.id)]
    assert client_of(cast.ben).get(reverse("export_htcds")).status_code == 404
    assert client_of(cast.kartika).get(reverse("export_person", args=[told.id])).status_code == 404


def unpacked(content: bytes, password: str, name: str) -> bytes:
    with AESZipFile(io.BytesIO(content)) as outer:
        outer.setpassword(password.encode())
        inner = outer.read(outer.namelist()[0])
    with ZipFile(io.BytesIO(inner)) as archive:
        return archive.read(name)


def test_one_person_is_exported_from_their_page(told: OpenRecord, esi: Client) -> None:
    path = reverse("export_person", args=[told.id])
    assert path in esi.get(reverse("exchange", args=[told.id])).content.decode()
    form = {"purpose": "EX_AUTHORITY", "content": "without_identity", "kind": "csv", "sure": "on"}
    page = esi.post(path, form).context
    answer = esi.post(path, form | {"seed": page["seed"]})
    sheet = read_sheet(unpacked(answer.content, page["password"], "htcds.csv"))
    assert len(sheet.rows) == 3
    assert "Amina" not in str(sheet)
