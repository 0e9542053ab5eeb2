"""HTCDS 2.0: the table of fields, other spellings, and the templates of the standard."""

from pathlib import Path
from typing import Any

import pytest

from suar.cases.documents.history import Episode
from suar.cases.htcds import mapping
from suar.cases.htcds.mapping import CASE
from suar.consent.documents import Profile
from suar.core.files.sheets import write_csv, write_workbook
from suar.demo.cast import Cast
from tests.cases.test_htcds import exported, imported, opened

# The table


def test_every_live_field_of_the_standard_has_a_row() -> None:
    live = [field for field in mapping.FIELDS.values() if not field.deprecated]
    assert (len(mapping.FIELDS), len(live), sum(field.core for field in live)) == (84, 81, 38)
    assert all(field.how for field in live)
    assert all(field.into or field.compartment for field in mapping.FIELDS.values()), "a value without a place is lost"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("prs_First_Name", "prs_FirstName"),
        ("PRS_FIRSTNAME", "prs_FirstName"),
        ("about/prs_Gender", "prs_Gender"),
        ("First Name", "prs_FirstName"),
        ("vic_TraffickinStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
        ("_uuid", CASE),
        ("Longitude", "Longitude"),
        ("__version__", ""),
    ],
)
def test_columns_are_found_under_other_names(header: str, name: str) -> None:
    assert mapping.find_columns([header], []) == [name]


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        ("vic_MethodsOfControl", "DebtBondage ;Threats", ["DebtBondage", "PhysicalThreats"]),
        ("vic_MethodsOfControl", "DebtBondage FalsePromises", ["DebtBondage", "FalsePromises"]),
        ("vic_MethodsOfControl", "Debt bondage", ["DebtBondage"]),
        ("vic_MethodsOfControl", "RestrictsMovement", ["RestrictsMovement"]),
        ("vic_RelationshipToTrafficker", "Unacquainted", ["Unaquainted"]),
        ("cas_Status", "Closed/Referred", ["ClosedReferred"]),
    ],
)
def test_codes_are_found_in_other_spellings(name: str, text: str, codes: list[str]) -> None:
    assert mapping.read_codes(name, text) == (codes, [])


# The standard's own templates

SURVEY = (Path(__file__).parent / "htcds_survey.txt").read_text("utf-8").split()
"""Questions of htcds_xlsform.xlsx in their order, and what a server of forms adds. Source: HTCDS by IOM, CC BY 4.0."""
MISSPELT = {"vic_TraffickingStatusDecisionMakingOrg": "vic_TraffickinStatusDecisionMakingOrg"}
WITHOUT_NAME = "cas_ReasonForOutgoingReferral"
SWAPPED = {"prs_MailingCity": "Mailing Street", "prs_MailingStreet": "Mailing City"}
"""Faults of the Excel templates: a misspelt name, a column with a label alone, labels of other columns."""


def test_answers_to_the_survey_of_the_standard_import_whole(cast: Cast) -> None:
    answers = {
        **{name: f"answer {name}" for name in SURVEY if name.startswith(("prs_", "cas_", "vic_Location"))},
        **dict.fromkeys(("prs_Birthdate", "cas_IncomingReferralDate"), "1994-02-03"),
        "start": "2026-01-01T08:00:00.000+07:00",
        "con_Consent": "TRUE",
        "prs_Gender": "TransgenderFeminine",
        "prs_Citizenship": "ID",
        "vic_MethodOfRecruitment": "AtWork ThroughFriendsOrSocialEvents",
        "vic_TraffickingStatus": "ActualVictimOfTrafficking",
        "vic_TraffickingStatusDecisionMakingOrg": "Police",
        "vic_Methods_of_Control": "DebtBondage  FalsePromises",
        "vic_TypeOfExploitation": "ForcedLabour Servitude",
        "vic_ForcedLabourIndustry": "A_AgricultureForestryAndFishing T_ActivitiesOfHouseholdsAsEmployers",
        "cas_Status": "FollowUp",
        "cas_ReasonForIncomingReferral": "Migration or change of location",
        "_uuid": "survey-1",
    }
    check = imported(cast.kartika, write_workbook([SURVEY, [answers.get(name, "") for name in SURVEY]]))
    assert (check.errors, check.warnings, check.columns, check.has_case) == ([], [], [], True)
    record = opened(cast.kartika, "survey-1")
    profile, [episode] = record.get(Profile), record.get_all(Episode).values()
    assert profile and (profile.sex, profile.formal) == ("TRANS", "F_CON_POS")
    assert (episode.facts.forms, episode.facts.means) == (("LABOUR", "SERVITUDE"), ("MC_DEBT", "MC_PROMISE"))
    [row] = exported(cast.kartika)
    assert (row["prs_Gender"], row["cas_Status"]) == ("TransgenderFeminine", "FollowUp")
    assert row["vic_ForcedLabourIndustry"] == ("A_AgricultureForestryAndFishing;T_ActivitiesOfHouseholdsAsEmployers")


@pytest.mark.parametrize("write", [write_csv, write_workbook])
def test_the_excel_template_of_the_standard_imports_whole(cast: Cast, write: Any) -> None:
    live = [name for name, field in mapping.FIELDS.items() if not field.deprecated]
    names = ["" if name == WITHOUT_NAME else MISSPELT.get(name, name) for name in live]
    labels = [SWAPPED.get(name, mapping.FIELDS[name].label) for name in live]
    people = [
        {"prs_FirstName": "Siti", "prs_MailingCity": "Kota Contoh", WITHOUT_NAME: "Other", MISSPELT[body]: "NGO"}
        for body in MISSPELT
    ]
    people.append({"prs_FirstName": "Budi", "hte_Date": "2020-01", "spl_Type": "Legal"})
    rows = [[person.get(name) or person.get(MISSPELT.get(name, ""), "") for name in live] for person in people]
    check = imported(cast.kartika, write([names, labels, *rows]))
    assert (check.errors, check.warnings, check.columns, len(check.new)) == ([], [], [], 2)
    [siti] = [row for row in exported(cast.kartika) if row.get("prs_FirstName") == "Siti"]
    assert (siti["prs_MailingCity"], siti[WITHOUT_NAME]) == ("Kota Contoh", "Other")
    assert siti["vic_TraffickingStatusDecisionMakingOrg"] == "NGO"
