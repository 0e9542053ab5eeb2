"""People as rows of HTCDS: values of their records, and values that an earlier import left unchanged."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID, uuid5

from django.db.models import Q

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import closing, codes, export_limits
from suar.cases.documents import Closing, MergedInto, Note
from suar.cases.documents.history import Episode, EpisodeFacts
from suar.cases.documents.papers import ImportedIdentity, ImportedNarrative, ImportedWhereabouts
from suar.cases.documents.plan import Plan
from suar.cases.episodes import list_episodes
from suar.cases.htcds import mapping
from suar.cases.htcds.mapping import CASE, CONTACT_RULES, EXPORT
from suar.cases.rules.dates import years_between
from suar.consent import life
from suar.consent.documents import Exclusions, ImportedFrom, LifeStatus, Person, Profile, SafeContact
from suar.core.files.sheets import write_csv
from suar.core.ids import spoken_code
from suar.core.refusals import NotYours, Refused
from suar.crypto.kdf import digest
from suar.records import budgets, keyring
from suar.records import queries as records
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import RecordFacts, Status
from suar.referrals import exclusions
from suar.referrals.documents import ReferralRecord
from suar.screening.codes import Outcome
from suar.screening.documents import Findings
from suar.screening.queries import findings

WITH_SIGNS = frozenset({Outcome.PRESUMED_VICTIM, Outcome.POSSIBLE_AT_RISK})
IDENTITY: tuple[type[Document], ...] = (Person, SafeContact, ImportedFrom, ImportedIdentity, ImportedWhereabouts)
OTHERS: tuple[type[Document], ...] = (
    *(Profile, Findings, LifeStatus, Episode, Closing, ReferralRecord, Plan, Note),
    *(ImportedNarrative, MergedInto, Exclusions),
)
IMPORTED = (ImportedIdentity, ImportedWhereabouts, ImportedNarrative)
OPEN, CLOSED, CLOSED_REFERRED = "Active", "Closed", "ClosedReferred"
STATUSES = {Status.OPEN: (OPEN, "FollowUp"), Status.CLOSED: (CLOSED, CLOSED_REFERRED)}
BATCH = 500
"""People that are read with one query."""
SHORT = re.compile(r"\d{1,3}|\d{4}(-\d\d){0,2}~?|[a-z]{2,3}|[A-Z]{2,3}|TRUE")
"""An age, a count, a date, a language or a country; longer words may name a person."""
Row = dict[str, str]
Stored = TypeVar("Stored", bound=Document)


class Export(NamedTuple):
    """Rows with header and labels and the file with them; how many people are in it, and how many were left out."""

    rows: list[list[str]]
    people: int
    left_out: int
    file: bytes


def export_people(
    chosen: OpenRecord | None,
    *,
    with_identity: bool,
    purpose: str,
    by: Acting,
    pack: Callable[[list[list[str]]], bytes] = write_csv,
) -> Export:
    """Return one person, or everybody whom the worker may hand over, in the file that `pack` makes of the rows.

    The audit entry has the SHA-256 of the file. Restricted and merged records and people with exclusions are only
    exported alone. People who were not asked whom to exclude are not exported to another organisation.
    Raises NotYours for a worker who is no lead. Raises Refused without the agreement of somebody else above 25 people,
    also in single files of a day, and for a record that was opened in an emergency. The records are read without a
    transaction, so that nobody waits.
    """
    if not by.may(Permission.SEE_TEAM):
        raise NotYours
    if chosen and chosen.reads_only:
        raise Refused("reads_only")
    person = chosen.id if chosen else None
    code = export_limits.agreement_code(purpose, with_identity=with_identity, person=person)
    if chosen is None and export_limits.must_ask(list_people(by), by=by) and not export_limits.is_agreed(code, by=by):
        raise Refused("not_agreed")
    asks_first = bool(codes.EXPORT_PURPOSES[purpose].get("asks_first"))
    mark, left_out = spoken_code(5), 0
    organisation = accounts.organisation_names([by.viewer.organisation])[by.viewer.organisation]
    rows, opened = list[Row](), list[RecordFacts]()
    for record in [chosen] if chosen else _iter_records(with_identity=with_identity, by=by):
        not_asked = asks_first and exclusions.must_ask_first(record)
        if chosen and not_asked:
            raise Refused("ask_whom_first")
        if chosen is None and (not_asked or _needs_own_file(record)):
            left_out += 1
            continue
        opened.append(record.facts)
        rows.extend(rows_of(record, with_identity=with_identity, organisation=organisation))
    table = as_table(rows, mark=mark)
    file = pack(table)
    _record_export(opened, f"{purpose} {mark} {digest(file).hex()}", code, by=by)
    return Export(table, len(opened), left_out, file)


@act("export_htcds", needs=Permission.SEE_TEAM, once=False)
def _record_export(exported: Sequence[RecordFacts], because: str, code: str, *, by: Acting) -> None:
    """Record the people in a file, its purpose, mark and digest; notify the other leads of their teams.

    A decoy in the file raises an alarm.
    """
    by.entry.about += [facts.id for facts in exported]
    by.entry.because = because
    budgets.warn_of_decoys(by.entry.about, by.worker, at=by.at)
    leads = frozenset[UUID]().union(*map(records.leads_who_know, {facts.team: facts for facts in exported}.values()))
    notices.notify(leads - {by.worker}, at=by.at)
    export_limits.enforce_limit([facts.id for facts in exported], code, by=by)


def list_people(by: Acting) -> list[UUID]:
    """Return the records that an export of all would look at: those that the worker may hand over to a colleague."""
    may_hand_over = Q(team__in=by.viewer.leads) | Q(assignee=by.worker) | Q(covered_for=by.worker)
    people = records.visible(by.viewer, *records.PEOPLE).filter(may_hand_over, restricted=False)
    return list(people.values_list("id", flat=True))


def as_table(rows: Sequence[Mapping[str, str]], *, mark: str) -> list[list[str]]:
    """Return rows in the layout of the standard's templates: names of fields, labels, and a row for each."""
    names = list(mapping.COLUMNS)
    body = [[{**row, EXPORT: mark}.get(name, "") for name in names] for row in rows]
    return [names, list(mapping.COLUMNS.values()), *body]


def external_id(record: UUID) -> str:
    """Return the id of a record in files for others: stable, and not the id in addresses of pages."""
    return str(uuid5(record, "htcds"))


def _iter_records(*, with_identity: bool, by: Acting) -> Iterator[OpenRecord]:
    """Open the documents that are needed of everybody whose record the worker may open, in batches."""
    kinds, ids = (*OTHERS, *(IDENTITY if with_identity else ())), sorted(list_people(by))
    for start in range(0, len(ids), BATCH):
        batch = records.visible(by.viewer, *records.PEOPLE).filter(id__in=ids[start : start + BATCH])
        yield from keyring.open_documents(batch, kinds, keys=by.keys)


def _needs_own_file(record: OpenRecord) -> bool:
    is_merged = _get(record, MergedInto).record is not None
    return is_merged or any(entry.active for entry in _get(record, Exclusions).entries)


# A person


def rows_of(record: OpenRecord, *, with_identity: bool, organisation: str) -> list[Row]:
    """Return a person as one row, and one more for each further episode."""
    episodes = [episode.facts for episode in list_episodes(record).values()] if _may(record, Episode) else []
    parts = [_finding(record), imported_values(record), _exploitation(episodes), _profile(record), _case(record)]
    if with_identity:
        parts += [_identity(record, episodes)]
    first: Row = {}
    for part in (*parts, {"org_Name": organisation}):
        first |= {name: value for name, value in part.items() if value}
    events = [_event(facts) for facts in episodes] or [{}]
    code = (imported_case(record) if with_identity else "") or external_id(record.id)
    rows = [first | {name: value for name, value in events[0].items() if value}, *events[1:]]
    return [{CASE: code} | _allowed(row, with_identity=with_identity) for row in rows]


def imported_values(record: OpenRecord) -> Row:
    """Return imported values that have no field in Suar."""
    values: Row = {}
    for kind in IMPORTED:
        values |= _get(record, kind).values
    return values


def imported_case(record: OpenRecord) -> str:
    """Return the file's name for the case that was imported as this record; empty for any other record."""
    imported = record.get(ImportedFrom) if _may(record, ImportedFrom) else None
    return imported.case if imported else ""


def _allowed(row: Row, *, with_identity: bool) -> Row:
    """Return the values that may be exported; without identity only codes, dates, ages and the like."""
    return {name: value for name, value in row.items() if value and (with_identity or _is_code(name, value))}


def _is_code(name: str, value: str) -> bool:
    field = mapping.FIELDS.get(name)
    if field is None or not field.without_identity:
        return False
    if field.codes:
        return not mapping.read_codes(name, value)[1]
    return name == "org_Name" or all(map(SHORT.fullmatch, value.split(";")))


def _identity(record: OpenRecord, episodes: Sequence[EpisodeFacts]) -> Row:
    person, contact = _get(record, Person), _get(record, SafeContact)
    rules = [*contact.rules, *filter(None, (contact.hours, contact.if_answered))] if contact.phone else []
    start = next((facts.start for facts in episodes if facts.start), None)
    age = years_between(person.born, start.first) if person.born and start and start.month else -1
    return {
        "prs_FirstName": person.name,
        "prs_Birthdate": str(person.born or ""),
        "prs_MobilePhone": contact.phone,
        "prs_MailingCity": contact.place,
        "vic_AgeWhenTrafficked": str(age) if age >= 0 else "",
        CONTACT_RULES: "; ".join(rules),
    }


def _finding(record: OpenRecord) -> Row:
    """Return the finding of a talk; nothing if an authority has decided on the status."""
    if _get(record, Profile).formal in mapping.FORMAL:
        return {}
    outcome = next((finding.outcome for finding in findings(record)), None) if _may(record, Findings) else None
    if outcome not in WITH_SIGNS:
        return {}
    return {"vic_TraffickingStatus": mapping.POSSIBLE, "vic_TraffickingStatusDecisionMakingOrg": "NGO"}


def _profile(record: OpenRecord) -> Row:
    profile = _get(record, Profile)
    return {
        "prs_Gender": {"FEMALE": "Feminine", "MALE": "Masculine"}.get(profile.sex, ""),
        "prs_PrimaryLanguage": profile.language,
        "prs_Deceased": "TRUE" if life.life_state(record) == life.DIED else "",
        "vic_TraffickingStatus": mapping.FORMAL.get(profile.formal, ""),
    }


def _exploitation(episodes: Sequence[EpisodeFacts]) -> Row:
    forms = [code for facts in episodes for code in facts.forms]
    means = [code for facts in episodes for code in facts.means]
    people = [code for facts in episodes for code in (*facts.recruiters, *facts.exploiters)]
    relations = set(mapping.htcds_codes(codes.EPISODE_RELATIONS, people))
    sectors = mapping.htcds_codes(codes.SECTORS, (facts.sector for facts in episodes))
    listed = {
        "vic_TypeOfExploitation": mapping.htcds_codes(codes.EPISODE_FORMS, forms),
        "vic_TypeOfSexExploitation": mapping.htcds_codes(codes.EPISODE_FORMS, forms, "htcds_sexual"),
        "vic_MethodsOfControl": mapping.htcds_codes(codes.EPISODE_MEANS, means),
    }
    return {
        **{name: mapping.join_codes(name, chosen) for name, chosen in listed.items()},
        "vic_RelationshipToTrafficker": next((code for code in mapping.CLOSEST if code in relations), ""),
        "vic_ForcedLabourIndustry": next(sectors, ""),
    }


def _event(facts: EpisodeFacts) -> Row:
    return {
        "hte_Type": "Exploitation",
        "hte_Date": str(facts.start or ""),
        "hte_Country": facts.country,
        "hte_City": facts.place,
        "hte_Description": facts.words,
    }


def _case(record: OpenRecord) -> Row:
    status, imported = record.facts.status, imported_values(record)
    request = closing.current_request(record) if _may(record, Closing) and status is Status.CLOSED else None
    as_imported = imported.get("cas_Status") if imported.get("cas_Status") in STATUSES[status] else None
    state = as_imported or STATUSES[status][0]
    if request:
        state = CLOSED_REFERRED if request.reason is codes.ClosureReason.TRANSFER else CLOSED
    plan, referrals = _get(record, Plan), _all(record, ReferralRecord).values()
    notes = sorted(_all(record, Note).values(), key=lambda note: note.at)
    return {
        "cas_Status": state,
        "cas_ReasonForCaseClosure": codes.CLOSURE_REASONS.label(request.reason, "en") if request else "",
        "cas_ReferredOrganisation": "; ".join(dict.fromkeys(sorted(referral.service_name for referral in referrals))),
        "cco_CaseComment": "\n\n".join(note.text for note in notes if not (note.struck or note.undone)),
        "spl_Objectives": "\n".join(goal.text for goal in plan.open_goals),
        "spl_ActionPlan": "\n".join(step.what for step in plan.steps if step.is_open),
        "spl_PlannedEndDate": str(plan.review_on or ""),
    }


def _may(record: OpenRecord, kind: type[Document]) -> bool:
    return record.may(kind.storage.compartment)


def _get(record: OpenRecord, kind: type[Stored]) -> Stored:
    """Return a document; an empty one if there is none or the worker may not read it."""
    return record.get_or_empty(kind) if _may(record, kind) else kind()


def _all(record: OpenRecord, kind: type[Stored]) -> dict[str, Stored]:
    return record.get_all(kind) if _may(record, kind) else {}
