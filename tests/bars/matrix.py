"""One world for every address with an id: what it is about, who may come, what one posts there.

Everybody in it has a role and a distance: own, same team, same organisation without a team, far away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, reverse
from django.urls.converters import UUIDConverter

from suar.accounts import workers
from suar.accounts.queries import worker_fingerprint
from suar.accounts.roles import ROLES, Permission, Role, permissions_of
from suar.cases import actions as cases
from suar.cases import community, ecomap, episodes, imports
from suar.cases import plan as plans
from suar.cases.codes import ClosureReason, SafetyCopy
from suar.cases.documents import Note
from suar.cases.documents.history import Episode, EpisodeFacts, TieState
from suar.cases.documents.plan import SafetyPlanFacts
from suar.cases.models import CommunityWork, ErasureAsk
from suar.cases.rules.dates import PartialDate
from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.consent.documents import Tasks
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.files.sheets import Sheet, SheetRow
from suar.demo import cast as casting
from suar.demo import hearing
from suar.demo.cast import Cast, Player
from suar.directory import actions as directory_actions
from suar.directory import importing, proposals
from suar.directory.rules import opus
from suar.hsds import files
from suar.hsds.files import to_json
from suar.records import keyring
from suar.referrals import second_opinions, sending
from suar.screening.models import PartnerPacket, Reading
from suar.website.print import actions as printing
from tests.bars.made import (
    make_case,
    make_correction,
    make_draft,
    make_encounter,
    make_file,
    make_key_requests,
    make_letter,
    make_offer,
    make_plan,
    make_questions,
    make_said,
)
from tests.directory.entries import entry, provider
from tests.hsds.files import as_json
from tests.people import LEGAL_AID, acting_as, thread
from tests.routes import STAFF, policy_of, staff_routes
from tests.screening.conversing import KEPT, UNABLE, Conversation, left_at

WITH_RECORDS = [Role(role.code) for role in ROLES.members if role["assignable"] and role["compartments"]]
OTHER_SERVICE = UUID("5e1f0000-0000-4000-8000-0000000d0005")
NEW_SERVICE = {
    "house.name": "Rumah Rekaan Baru",
    "name.en": "A new one",
    "types": ["JUS_ADVICE"],
    "site.kind": "NONE",
    "areas": ["32.74"],
}
TONE = opus.clean_recording((Path(__file__).parent.parent / "directory/sounds/tone.ogg").read_bytes())
FILE = as_json(provider(entry("bed", types=["HOU_MEN"], areas=["32.74"])))
LOWER = {"outcome": "POSSIBLE_AT_RISK", "reason": "RS_OTHER_CAUSE"}
VILLAGE_HIRED = {f"{distance}-{role}" for distance in ("team", "none") for role in WITH_RECORDS}
AUTHOR_AND_LEAD, PELITA = {"ben", "esi"}, {"chioma", "jaya", "kartika", "pelita-CHILD_PROTECTION"}
KEEPERS = {
    "person": AUTHOR_AND_LEAD,
    "talk": AUTHOR_AND_LEAD,
    "work": AUTHOR_AND_LEAD,
    "codes": AUTHOR_AND_LEAD,
    "case": PELITA,
    "asked": PELITA,
    "inbox": PELITA,
    "concerned": {"chioma", "kartika"},
    "wish": {"chioma", "kartika"},
    "reading": {"esi", "lia", "team-SOCIAL_WORKER", "team-CHILD_PROTECTION", "team-SUPERVISOR"},
    "worker": {"gita"},
    "papers": {*("esi", "ben", "gita", "hadi", "indah", "lia"), *VILLAGE_HIRED},
    "opening": {"esi"},
    "in_charge": {"esi", "gita", "indah", "team-SUPERVISOR", "none-SUPERVISOR"},
    "colleague": {"esi", "gita", "team-SUPERVISOR", "none-SUPERVISOR"},
    "leaver": {"esi", "team-SUPERVISOR"},
    "stolen": {"esi", "team-SUPERVISOR", "none-SUPERVISOR"},
    "lead": {"esi"},
    "upload": {"hadi", "far-DIRECTORY_EDITOR"},
    "sheet": {"chioma"},
    "service": {"hadi", "far-DIRECTORY_EDITOR"},
    "edition": {"hadi", "far-DIRECTORY_EDITOR"},
    "recording": {"hadi", "far-DIRECTORY_EDITOR"},
    "questions": {"esi", "team-SUPERVISOR", "none-SUPERVISOR"},
    "letter": PELITA,
    "packet": {"jaya", "kartika", "pelita-CHILD_PROTECTION"},
    "thread": {"nur"},
}
"""Who comes to what: author and lead in a team of neighbours, the whole team elsewhere."""

PAGES = {
    "person": "contact_status summary persons_copy persons_copy_in answer_correction "
    "archive exchange export_person messenger attachments attachment attachment_preview attachment_saved "
    "note correct_note undo plan_task finish_task "
    "card exclusions remove_exclusion person finish_next_step readers withdraw person_details options "
    "change_profile record_contact consent_for send_referral referral_sent follow_referral narrow_consent ask_partner "
    "write_to_receiver hand_over consent_copy history add_episode change_episode life_stage "
    "safety_plan change_safety_plan print_safety_plan duplicate_records compare_records undo_merge "
    "family new_tie tie exclude_tie circle save_draft "
    "offers offer encounters add_encounter encounter erasure change_erasure",
    "work": "strike_community_work",
    "case": "name_person plan plan_step plan_part agree_plan plan_paper progress rate correct_rating rating_paper "
    "follow_up choose_follow_ups start_calendar stop_follow_ups arrived referral_act write_to_sender_of_case "
    "answer_erasure_ask",
    "concerned": "close_case reopen_case",
    "asked": "agree_closing",
    "wish": "keep_open",
    "talk": "talk talk_note talk_outcome talk_stop talk_step",
    "codes": "talk_ended late_note options_without_name",
    "inbox": "inbox_item answer_referral accept_referral write_to_sender",
    "reading": "second_opinion",
    "packet": "opinion",
    "worker": "invite_again disable_worker enable_worker",
    "papers": "type_paper",
    "opening": "open_lost_keys",
    "in_charge": "cancel_recovery",
    "colleague": "ask_reset confirm_reset cancel_reset",
    "leaver": "change_keys",
    "stolen": "renew_keys",
    "lead": "admit_worker certify_worker",
    "service": "directory_entry confirm_entry edit_entry entry_history entry_link hide_entry "
    "settle_reports entry_draft merge_entries ask_provider edit_draft "
    "discard_draft",
    "upload": "import_report",
    "sheet": "import_columns import_rows import_rest",
    "edition": "booklet booklet_file",
    "recording": "recording recording_sound",
    "letter": "request answer_request settle_request request_file download_request_file "
    "remove_request_file remove_request_files",
    "thread": "feedback_thread mark_feedback_read answer_feedback close_feedback",
    "questions": "question_version version_file question_draft",
}
"""Which pages are about what; a page that is missing here fails the test."""

POSTED: dict[str, dict[str, Any]] = {
    "change_profile": {"district": "32.74"},
    "options": {"types": ["HEA_GENERAL"]},
    "record_contact": {"need": "need-HEA_GENERAL", "whom": "a nurse"},
    "consent_for": {"answer": "no"},
    "exclusions": {"words": "an uncle"},
    "person_details": {"health": "asthma"},
    "remove_exclusion": {"reason": "she wishes it"},
    "follow_referral": {"verb": "give_feedback"},
    "answer_referral": {"verb": "complete"},
    "referral_act": {"verb": "start"},
    "write_to_receiver": {"text": "is there a bed"},
    "write_to_sender": {"text": "which days"},
    "write_to_sender_of_case": {"text": "which days"},
    "note": {"text": "a note"},
    "attachment": {
        "name": "a slip",
        "kind": "OTHER",
        "why": "for her pay",
        "keep_until": str(clock.today()),
        "version": 1,
    },
    "correct_note": {"text": "another wording", "seen": "a first wording"},
    "undo": {"what": "facts"},
    "add_episode": {"start": "2020"},
    "change_episode": {"start": "2021", "version": 1},
    "change_safety_plan": {
        "what_to_do": "to the neighbour",
        "copy_for_person": "NONE",
        "review_on": str(clock.today() + timedelta(days=9)),
        "version": 1,
    },
    "life_stage": {"words": "she sings", "version": 0},
    "plan_step": {"step": "a-step", "state": "DONE"},
    "save_draft": {"draft": "note", "text": "half a word"},
    "new_tie": {"who": "an aunt", "stance": "UNKNOWN"},
    "tie": {"who": "an aunt", "stance": "SUPPORTIVE"},
    "add_encounter": {"event": "DISBELIEVED"},
    "encounter": {"event": "SENT_BACK"},
    "offers": {"kind": "JUS_WAGES", "outcome": "DECLINED"},
    "offer": {"service_type": "JUS_WAGES", "outcome": "POSTPONED", "on": str(clock.today())},
    "plan_task": {"kind": "MEET", "due": str(clock.today())},
    "choose_follow_ups": {"asked_on": str(clock.today()), "version": 0},
    "start_calendar": {"version": 0},
    "contact_status": {"words": "no news"},
    "change_erasure": {"verb": "ask_hold", "words": "order 12"},
    "answer_erasure_ask": {"verb": "decline_to_erase", "reason": "LAW"},
    "name_person": {"name": "A"},
    "practice": {"with": "RUDI"},
    "second_opinion": {"answer": "AGREES"},
    "ask_partner": {"go": "take_back"},
    "partners": {"groups": "A"},
    "opinion": {"answer": "PARTNER_AGREES", "reason": "REASON_FITS"},
    "import_report": {"answer": "yes"},
    "entry_draft": {"act": "refuse"},
    "answer_request": {"answer": "come on Monday"},
    "answer_feedback": {"answer": "we will ask"},
    "close_feedback": {"done": "DN_RULE"},
}


@dataclass(frozen=True)
class Asked:
    """One page with an id: where it is here, where nothing is, and who comes to it."""

    name: str
    real: str
    absent: str
    permission: Permission
    keepers: set[str]
    methods: frozenset[str] = frozenset()

    def may(self, player: Player) -> bool:
        """Return whether the player's role has the permission, at whatever distance."""
        return self.permission in permissions_of(Role(player.worker.role))

    def is_for(self, name: str, player: Player) -> bool:
        """Return whether this player finds anything there, by permission and by distance."""
        return name in self.keepers and self.may(player)

    @property
    def posted(self) -> dict[str, Any]:
        """Return what a browser would post there."""
        return POSTED.get(self.name, {})


def with_ids() -> Iterator[URLPattern]:
    """Return every page behind the gate whose address holds an id."""
    for route in staff_routes():
        changing = route.pattern.converters.values()
        has_id = any(isinstance(item, UUIDConverter) for item in changing)
        if has_id and isinstance(policy_of(route), Permission):
            yield route


def about(page: str) -> str:
    """Return what a page is about; fails for one that nobody has put in the table."""
    return next(what for what, names in PAGES.items() if page in names.split())


def everybody(cast: Cast) -> dict[str, Player]:
    """Return the cast, and every role that opens records at every distance, and all far away."""
    at = clock.now()
    found = {**cast.players, **hearing.make_hearers(cast, at=at).players}
    for role in WITH_RECORDS:
        found[f"team-{role}"] = casting.join(cast.village, f"team-{role}", "Tari", role, at=at)
        hired = casting.hire(cast.village.organisation, f"none-{role}", "Nora", role, by=cast.esi.id, at=at)
        workers.certify(hired.id, fingerprint=worker_fingerprint(hired.id), by=cast.esi.acting(at=at))
        found[f"none-{role}"] = hired
    for role in (Role.VILLAGE_TEAM, Role.CHILD_PROTECTION):
        found[f"pelita-{role}"] = casting.join(cast.pelita, f"pelita-{role}", "Pia", role, at=at)
    for role in (Role(role.code) for role in ROLES.members if role["assignable"]):
        found[f"far-{role}"] = casting.join(cast.elsewhere, f"far-{role}", "Feri", role, at=at)
    for player in found.values():
        player.worker.refresh_from_db()
    return found


def pages(cast: Cast) -> list[Asked]:
    """Make what the pages are about, and give every page with its addresses."""
    ids = _things(cast, at=clock.now())
    return [
        Asked(
            route.name,
            _address(route, ids),
            _address(route, {}),
            policy_of(route),
            KEEPERS[about(route.name)],
        )
        for route in with_ids()
    ]


def _address(route: URLPattern, ids: dict[str, UUID]) -> str:
    """Fill an address with the ids that fit its page, or with ids of nothing."""
    words = {"step": "SAFE", "form": "a5", "stage": "before", "part": "goal", "which": "usual", "language": "en"}
    kwargs = {
        converter: words.get(converter) or ids.get(f"{route.name}.{converter}", ids.get(converter)) or uuid4()
        for converter in route.pattern.converters
    }
    if "record" in kwargs and ids:
        kwargs["record"] = ids.get(route.name) or ids[about(route.name)]
    return reverse(route.name, kwargs=kwargs, urlconf=STAFF)


def _things(cast: Cast, *, at: datetime) -> dict[str, UUID]:
    told = thread(cast)
    record = keyring.open_record(told.person, keys=cast.ben.keys)
    uncle = [NewExclusion(ExclusionKind.WORDS, words="an uncle")]
    sending.record_exclusions(record, uncle, by=acting_as(cast.ben))
    cases.plan_task(record, "MEET", clock.today(), by=acting_as(cast.ben))
    cases.add_note(record, "a first wording", by=acting_as(cast.ben))
    episodes.save_episode(record, EpisodeFacts(place="Taif"), by=acting_as(cast.ben))
    plan = SafetyPlanFacts(what_to_do="run", copy_for_person=SafetyCopy.FULL)
    tomorrow = clock.today() + timedelta(days=1)
    plans.save_safety_plan(record, plan, review_on=tomorrow, expected=0, by=acting_as(cast.ben))
    [episode] = keyring.open_record(record.id, keys=cast.ben.keys).get_all(Episode)
    state = TieState(on=PartialDate(2024), who="a cousin", by=cast.ben.id, at=at)
    ecomap.save_state(record, state, by=acting_as(cast.ben))
    community.record_work({"kind": "SCHOOL", "on": clock.today()}, words="", by=acting_as(cast.ben))
    [note] = keyring.open_record(record.id, keys=cast.ben.keys).get_all(Note)
    [tie] = ecomap.list_ties(keyring.open_record(record.id, keys=cast.ben.keys))
    [task] = (keyring.open_record(record.id, keys=cast.ben.keys).get(Tasks) or Tasks()).open
    talk, ended, lower = (_talk(cast, minutes=minutes) for minutes in range(3))
    person = left_at(lower.end(**LOWER, **KEPT))
    opened = keyring.open_record(person, keys=cast.ben.keys)
    second_opinions.ask(opened, cast.pelita.organisation.id, by=acting_as(cast.ben))
    asked, hadi = make_case(cast, ClosureReason.LEFT_COUNTRY, at=at), cast.hadi.acting(at=at)
    sides = {"organisation": cast.pelita.organisation.id, "sender": cast.village.organisation.id}
    ErasureAsk.objects.create(referral=told.referral, record=uuid4(), at=at, **sides)
    return {
        "person": told.person,
        "case": told.case,
        "concerned": told.case,
        "line": exclusions.list_exclusions(keyring.open_record(record.id, keys=cast.ben.keys))[0].id,
        "service": LEGAL_AID,
        "referral": told.referral,
        "consent": told.consent,
        "task": task.id,
        "tie.tie": UUID(tie),
        "exclude_tie.tie": UUID(tie),
        "work": CommunityWork.objects.get().id,
        "correct_note.note": UUID(note),
        "change_episode.episode": UUID(episode),
        "compare_records.other": person,
        "undo_merge.other": person,
        "file": make_file(cast, record),
        **make_plan(cast, told.case),
        "offer.offer": UUID(make_offer(record, cast)),
        "encounter.encounter": UUID(make_encounter(record, cast)),
        "answer_correction.key": make_correction(cast, record),
        "consent_for.service": OTHER_SERVICE,
        "talk": talk.record,
        "codes": left_at(ended.end(**UNABLE)),
        "reading": Reading.objects.get(left=person).id,
        "ask_partner": person,
        "packet": PartnerPacket.objects.get().id,
        "asked": asked,
        "wish": asked,
        "reopen_case": make_case(cast, ClosureReason.PERSON, at=at),
        "sheet": imports.store_sheet(Sheet(["Nama"], [SheetRow(2, ["Siti"])]), b"x", by=acting_as(cast.chioma)),
        "upload": importing.store_upload(to_json(files.parse(FILE)), file_name="a.json", by=hadi),
        "merge_entries.other": OTHER_SERVICE,
        "entry_draft.change": make_draft(at=at),
        "change": proposals.propose_entry(NEW_SERVICE, by=hadi),
        **make_letter(cast, at=at),
        "recording": directory_actions.store_recording(TONE, text="read-1", language="su", by=hadi),
        "edition": printing.make_edition("32.74", language="en", by=cast.hadi.id, at=at),
        "thread": make_said(cast, at=at),
        **_workers(cast, at=at),
        **make_questions(cast, at=at),
        **make_key_requests(cast, at=at),
    }


def _talk(cast: Cast, *, minutes: int) -> Conversation:
    """Hold a talk of Ben's up to its end; two within ten seconds would be one."""
    with clock.shifted(timedelta(minutes=minutes)):
        return Conversation.begun_by(cast.ben).walk()


def _workers(cast: Cast, *, at: datetime) -> dict[str, UUID]:
    """Hire somebody for each page about a worker: invited, shut out, at the door."""
    organisation, gita = cast.village.organisation, cast.gita.acting(at=at)
    invited, _ = workers.invite("nina", "Nina", Role.PROVIDER, by=gita)
    out, door, editor = (
        casting.hire(organisation, name, name, role, by=gita.worker, at=at)
        for name, role in (("oki", Role.PROVIDER), ("putu", Role.PROVIDER), ("rani", Role.DIRECTORY_EDITOR))
    )
    workers.disable(out.id, by=gita)
    return {
        "invite_again.worker": invited.id,
        "disable_worker.worker": cast.lia.id,
        "enable_worker.worker": out.id,
        "admit_worker.worker": door.id,
        "team": cast.village.team.id,
        "certify_worker.worker": editor.id,
    }
