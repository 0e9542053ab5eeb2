"""Import rows of HTCDS as new cases: read and check each row, then create the cases.

A value that has no field in Suar stays in the record as the file had it, so that nothing is lost.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid5

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, calendars
from suar.cases.documents import Note
from suar.cases.documents.history import Episode, EpisodeFacts
from suar.cases.documents.papers import ImportedValues
from suar.cases.htcds import mapping
from suar.cases.htcds.exporting import CLOSED, IMPORTED, STATUSES, external_id
from suar.cases.htcds.mapping import CASE, CONTACT_RULES, EVENT, EXPORT, FIELDS
from suar.cases.rules import age_facts
from suar.cases.rules.dates import PartialDate, years_between
from suar.consent.documents import ImportedFrom, LifeAct, LifeStatus, Person, Profile, SafeContact
from suar.core.files.sheets import Sheet, unquote_cell
from suar.core.refusals import Refused
from suar.directory.labels import language_choices
from suar.records import actions as records
from suar.records import queries as lists
from suar.records.documents import Document
from suar.records.terms import Compartment, Status

AT_ONCE = 500
"""People that are imported in one transaction: other writers wait meanwhile, for about three seconds."""
MAX_ROWS, LONGEST_NAME, LONGEST_NUMBER, LONGEST_PLACE, OLDEST = 10_000, 200, 60, 500, 120
MAX_WARNINGS = 10_000
"""A page shows the first of them; a hostile file has millions."""
DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?")
CONTENT = UUID("5d4dbb5c-6f1c-4f0e-9d5c-9b8c1f2f6f0e")
"""The namespace of names for rows without a case: equal rows have equal names."""
NAMES = ("prs_FirstName", "prs_MiddleName", "prs_SecondName")
ADDRESS = ("prs_MailingStreet", "prs_MailingCity", "prs_MailingState", "prs_MailingPostalCode", "prs_MailingCountry")
PLACE = ("hte_Street", "hte_City", "hte_State", "hte_PostalCode")
TRUE, FALSE = frozenset({"true", "1", "yes", "y", "ya"}), frozenset({"false", "0", "no", "n", "tidak"})
Values = dict[str, str]


class Finding(NamedTuple):
    """Something about a row: the code of import_findings.json, the column and the value. Errors stop the row."""

    row: int
    code: str
    column: str = ""
    value: str = ""


@dataclass(slots=True)
class NewCase:
    """A person of the file: the rows, the documents of the new case, and the values that have no field in Suar."""

    case: str
    rows: list[int]
    documents: list[Document] = field(default_factory=list)
    episodes: list[EpisodeFacts] = field(default_factory=list)
    note: str = ""
    closed: bool = False
    died: bool = False
    unmapped: Values = field(default_factory=dict)


class Check(NamedTuple):
    """The result of a check: new cases, the number of people who are here already, errors and warnings."""

    new: list[NewCase]
    already: int
    errors: list[Finding]
    warnings: list[Finding]
    columns: list[str]
    """Columns that the standard does not have; their values are stored too."""
    has_case: bool


def check_sheet(sheet: Sheet, *, known: Collection[str], today: date) -> Check:
    """Check a sheet without importing it; raises Refused for one that is not HTCDS.

    `known` are the cases that exist already. A person with an error is not imported, with none of their rows.
    """
    labels = sheet.rows[0].cells if sheet.rows else []
    columns = mapping.find_columns(sheet.header, labels)
    if not set(columns) & FIELDS.keys():
        raise Refused("not_htcds")
    body = sheet.rows[1:] if labels and mapping.is_label_row(columns, labels) else sheet.rows
    if len(body) > MAX_ROWS:
        raise Refused("too_many_rows")
    errors, warnings, new, already = list[Finding](), list[Finding](), list[NewCase](), set[str]()
    for case, rows in _by_case(columns, body, errors=errors).items():
        if case in known:
            already.add(case)
            continue
        reader = RowReader(today)
        person = reader.read(case, rows)
        warnings += reader.warnings[: MAX_WARNINGS - len(warnings)]
        errors += reader.errors
        if not reader.errors:
            new.append(person)
    unknown = [column for column in columns if column and column not in mapping.COLUMNS and column not in FIELDS]
    bad = {error.row for error in errors}
    new = [person for person in new if not bad & set(person.rows)]
    return Check(new, len(already), sorted(errors), sorted(warnings), unknown, CASE in columns)


def _by_case(
    columns: Sequence[str], body: Sequence[tuple[int, list[str]]], *, errors: list[Finding]
) -> dict[str, list[tuple[int, Values]]]:
    """Return the rows of each case; a second row of a person may only have another event."""
    cases: dict[str, list[tuple[int, Values]]] = {}
    for number, cells in body:
        pairs = zip(columns, cells, strict=True)
        row = {column: unquote_cell(cell) for column, cell in pairs if column not in ("", EXPORT) and cell}
        case = row.pop(CASE, "") or str(uuid5(CONTENT, repr(sorted(row.items()))))
        former = cases.setdefault(case, [])
        if former and not all(name.startswith(EVENT) for name in row):
            errors.append(Finding(number, "double", value=str(former[0][0])))
        elif row:
            former.append((number, row))
    return {case: rows for case, rows in cases.items() if rows}


def known_cases(by: Acting) -> set[str]:
    """Return the cases that exist already: those of our own records, and those that were imported as one of them."""
    known = set()
    for record, entry in lists.iter_index_entries(by.viewer, keys=by.keys):
        known |= {external_id(record), entry.get("imported") or external_id(record)}
    by.keys.listed = 0
    return known


class RowReader:
    """Reads the rows of one person, and collects errors and warnings."""

    def __init__(self, today: date) -> None:
        self._today, self._row = today, 0
        self.errors: list[Finding] = []
        self.warnings: list[Finding] = []

    def read(self, case: str, rows: Sequence[tuple[int, Values]]) -> NewCase:
        """Return the person. Values that have a field in Suar are read, and the others stay as they are."""
        person = NewCase(case, [number for number, _ in rows])
        self._row, values = rows[0][0], dict(rows[0][1])
        born = self._read_date(values, "prs_Birthdate")
        name = " ".join(values.pop(part, "") for part in NAMES).split()
        contact = self._read_contact(values)
        facts = self._read_exploitation(values)
        profile = self._read_profile(values, born)
        person.documents = [Person(name=" ".join(name), born=born), contact, profile]
        self._check_length(CASE, case, LONGEST_NAME)
        self._check_length("prs_FirstName", " ".join(name), LONGEST_NAME)
        self._check_length("prs_MailingCity", contact.place, LONGEST_PLACE)
        self._check_length("prs_MobilePhone", contact.phone, LONGEST_NUMBER)
        person.note = values.pop("cco_CaseComment", "")
        person.died = self._read_flag(values, "prs_Deceased")
        person.closed = self._read_closed(values)
        for number, row in [(rows[0][0], values), *((number, dict(row)) for number, row in rows[1:])]:
            self._row = number
            event = self._read_event(row)
            if event is None or row is not values:
                # Values of several events must not be mixed.
                unread = [column for column in row if column.startswith(EVENT)]
                person.unmapped |= {f"{column} ({number})": row.pop(column) for column in unread}
            event = (event or EpisodeFacts()).model_copy(update=facts if row is values else {})
            if event != EpisodeFacts():
                person.episodes.append(event)
        self._check_codes(values)
        person.unmapped = values | person.unmapped
        return person

    def _read_contact(self, values: Values) -> SafeContact:
        """Return how the person is reached: an imported number is unsafe until a worker has asked."""
        phone = values.pop("prs_MobilePhone", "") or values.pop("prs_HomePhone", "")
        country = mapping.read_country(values.get("prs_MailingCountry", ""))
        parts = [values.pop(part, "") for part in ADDRESS]
        parts[-1] = country or parts[-1]
        place = ", ".join(filter(None, parts))
        unsafe = bool(phone)
        return SafeContact(phone=phone, place=place, no_calls=unsafe, no_messages=unsafe, no_visits=unsafe)

    def _read_profile(self, values: Values, born: date | None) -> Profile:
        sexes, languages = mapping.read_codes("prs_Gender", values.get("prs_Gender", ""))[0], dict(language_choices())
        sex = mapping.SEXES.get(sexes[0], "") if sexes else ""
        if sex in ("FEMALE", "MALE"):
            values.pop("prs_Gender")
        language = mapping.read_language(values.get("prs_PrimaryLanguage", ""))
        if language in languages:
            values.pop("prs_PrimaryLanguage")
        profile = Profile(sex=sex, language=language if language in languages else "", formal=self._read_formal(values))
        years = years_between(born, self._today) if born else -1
        known_age = {"age": years, **age_facts(years)} if 0 <= years <= OLDEST else {}
        return profile.model_copy(update=known_age)

    def _read_formal(self, values: Values) -> str:
        """Return the formal status: only an authority decides on one."""
        statuses = mapping.read_codes("vic_TraffickingStatus", values.get("vic_TraffickingStatus", ""))[0]
        body = "vic_TraffickingStatusDecisionMakingOrg"
        bodies = mapping.read_codes(body, values.get(body, ""))[0]
        if not statuses or not set(bodies) & mapping.AUTHORITIES:
            return ""
        values.pop("vic_TraffickingStatus")
        return next(formal for formal, status in mapping.FORMAL.items() if status == statuses[0])

    def _read_exploitation(self, values: Values) -> dict[str, object]:
        """Return the facts of the first episode from the fields of a victim."""
        forms = self._read_known("vic_TypeOfExploitation", mapping.FORMS, values)
        sexual = self._read_known("vic_TypeOfSexExploitation", mapping.SEXUAL_FORMS, values)
        if sexual:
            forms = [form for form in forms if form != mapping.suar_code(mapping.FORMS, "SexualExploitation")]
        means = self._read_known("vic_MethodsOfControl", mapping.MEANS, values)
        exact = {code: listed for code, listed in mapping.INDUSTRIES.items() if len(listed) == 1}
        sector = self._read_known("vic_ForcedLabourIndustry", exact, values)
        familial = {"Familial": mapping.RELATIONS["Familial"]}
        relation = self._read_known("vic_RelationshipToTrafficker", familial, values)
        facts = {"forms": forms + sexual, "means": means, "exploiters": relation}
        known: dict[str, object] = {name: tuple(codes) for name, codes in facts.items() if codes}
        return known | ({"sector": sector[0]} if sector else {})

    def _read_known(self, name: str, listed: Mapping[str, list[str]], values: Values) -> list[str]:
        """Return the codes of Suar for a cell; the cell stays unless each of its values has one."""
        codes, unknown = mapping.read_codes(name, values.get(name, ""))
        if len(codes) > 1 and not FIELDS[name].many:
            return []
        chosen = [mapping.MORE_MEANS.get(code) or mapping.suar_code(listed, code) for code in codes]
        if codes and not unknown and all(chosen):
            values.pop(name)
        return [code for code in dict.fromkeys(chosen) if code]

    def _read_event(self, values: Values) -> EpisodeFacts | None:
        """Return an episode, or None for recruitment or transit, which stay as they are."""
        types = mapping.read_codes("hte_Type", values.get("hte_Type", ""))[0]
        if types and types != ["Exploitation"]:
            return None
        values.pop("hte_Type" if types else "", None)
        country = mapping.read_country(values.get("hte_Country", ""))
        if country:
            values.pop("hte_Country")
        return EpisodeFacts(
            start=self._read_partial_date(values, "hte_Date"),
            country=country,
            place=", ".join(filter(None, (values.pop(part, "") for part in PLACE))),
            words=values.pop("hte_Description", ""),
        )

    def _read_closed(self, values: Values) -> bool:
        codes = mapping.read_codes("cas_Status", values.get("cas_Status", ""))[0]
        if codes and codes[0] in (STATUSES[Status.OPEN][0], CLOSED):
            values.pop("cas_Status")
        elif codes:
            values["cas_Status"] = codes[0]
        return bool(codes) and codes[0] in STATUSES[Status.CLOSED]

    def _read_flag(self, values: Values, name: str) -> bool:
        text = values.get(name, "").casefold()
        if text in TRUE | FALSE:
            values.pop(name)
        elif text:
            self.errors.append(Finding(self._row, "yes_or_no", name, values[name]))
        return text in TRUE

    def _read_date(self, values: Values, name: str) -> date | None:
        text = values.get(name, "")
        when = self._read_partial_date(values, name)
        if when and (when.about or not when.day):
            self.errors.append(Finding(self._row, "no_date", name, text))
            return None
        return when.first if when else None

    def _read_partial_date(self, values: Values, name: str) -> PartialDate | None:
        text = values.pop(name, "")
        match = DATE.fullmatch(text)
        try:
            when = PartialDate.parse(match[1] if match else text) if text else None
        except ValueError:
            self.errors.append(Finding(self._row, "no_date", name, text))
            return None
        if when and when.is_future(self._today):
            self.errors.append(Finding(self._row, "future", name, text))
        return when

    def _check_length(self, name: str, text: str, most: int) -> None:
        if len(text) > most:
            self.errors.append(Finding(self._row, "too_long", name, text[:most]))

    def _check_codes(self, values: Values) -> None:
        """Warn of values that the standard or Suar does not have; write known codes as the standard does."""
        for name in values:
            if name not in FIELDS or not FIELDS[name].codes:
                continue
            codes, unknown = mapping.read_codes(name, values[name])
            if unknown:
                self.warnings += [Finding(self._row, "unknown_code", name, value) for value in unknown]
            else:
                values[name] = mapping.join_codes(name, codes) or values[name]


# New cases


@act("import_people", needs=Permission.SEE_TEAM)
def import_people(new: Iterable[NewCase], *, team: UUID, by: Acting) -> int:
    """Store new cases of the file in one transaction and return how many; those that exist by now are left out."""
    accounts.lock_team(team)
    count, existing = 0, known_cases(by)
    for person in new:
        if person.case not in existing:
            by.entry.about.append(_store(person, team=team, by=by))
            count += 1
    by.entry.about.append(team)
    return count


def _store(person: NewCase, *, team: UUID, by: Acting) -> UUID:
    """Create the case of a person in the caller's act: nothing is due on it until a worker plans it."""
    record = actions.new_case(team=team, by=by)
    documents: list[Document] = [ImportedFrom(case=person.case)]
    documents += [document for document in person.documents if document != type(document)()]
    documents += _unmapped_documents(person.unmapped)
    if person.died:
        death = LifeAct(verb="record_death", actor="RESPONSIBLE", by=by.worker, at=by.at)
        documents.append(LifeStatus(entries=(death,)))
    documents += [Episode(facts=facts, by=by.worker, at=by.at) for facts in person.episodes]
    if person.note:
        documents.append(Note(at=by.at, by=by.worker, text=person.note))
    record.add(*documents, by=by.worker, at=by.at)
    calendars.update_index_entry(record, by=by)
    if person.closed:
        records.close(record.id)
    return record.id


def _unmapped_documents(unmapped: Mapping[str, str]) -> Iterator[ImportedValues]:
    """Yield the values that have no field here, by compartment; unknown columns are in the narrative."""
    by_compartment: dict[Compartment, Values] = {}
    for name, value in unmapped.items():
        field = FIELDS.get(name.partition(" (")[0])
        compartment = (field.compartment if field else None) or Compartment.NARRATIVE
        if name == CONTACT_RULES:
            compartment = Compartment.WHEREABOUTS
        by_compartment.setdefault(compartment, {})[name] = value
    for kind in IMPORTED:
        if values := by_compartment.get(kind.storage.compartment):
            yield kind(values=values)
