"""Things that pages of the matrix are about: plans, offers, letters, files, requests for keys, drafts."""

import json
from datetime import datetime
from uuid import UUID, uuid4

from suar.accounts import key_requests, workers
from suar.accounts.codes import RequestKind
from suar.accounts.models import Organisation
from suar.accounts.queries import worker_fingerprint
from suar.accounts.roles import Role
from suar.cases import actions as cases
from suar.cases import (
    attachments,
    closing,
    encounters,
    offers,
    persons_copy,
    progress,
    rules,
)
from suar.cases import plan as plans
from suar.cases.codes import ClosureReason, OfferOutcome
from suar.cases.documents import ClosingRequest
from suar.cases.documents.follow_ups import Offer
from suar.cases.documents.history import Encounter, EncounterWords
from suar.cases.documents.papers import Attachment, CorrectionRequest
from suar.cases.documents.plan import DomainReview, Goal, Plan, PlanAgreement, PlanStep, Ratings
from suar.contact.models import Piece
from suar.core import clock
from suar.core.files.cleaning import clean_file
from suar.demo import cast as casting
from suar.demo import hearing, letters
from suar.demo.cast import Cast
from suar.directory import revisions
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.screening import question_sets
from suar.screening.rules.question_changes import Changes
from suar.screening.rules.question_file import write_file
from tests.contact.uploads import a_picture, brought
from tests.directory.entries import propose
from tests.people import LEGAL_AID, acting_as

OWN_WORDS = Changes(left_out=frozenset({"SG_PROMISE"}))


def make_plan(cast: Cast, case: UUID) -> dict[str, UUID]:
    """Write a plan, agree it, and rate a domain."""
    by, goal = acting_as(cast.chioma), uuid4()
    step = PlanStep(id="a-step", what="call the boss")
    plan = Plan(goals=(Goal(id=f"{goal}", text="to be paid", steps=(step,)),), review_on=clock.today())
    plans.save_plan(keyring.open_record(case, keys=cast.chioma.keys), plan, expected=0, by=by)
    record = keyring.open_record(case, keys=cast.chioma.keys)
    answer = PlanAgreement(plan=plan, answer="SPOKEN", on=clock.today(), by=cast.chioma.id, at=by.at)
    plans.record_answer(record, answer, seen=record.version_of(Plan), by=by)
    ratings = Ratings(on=clock.today(), person={"HOUSING": "3"}, by=cast.chioma.id, at=by.at)
    progress.rate_domains(record, ratings, by=by)
    record = keyring.open_record(case, keys=cast.chioma.keys)
    [agreement], [review] = record.get_all(PlanAgreement), record.get_all(DomainReview)
    return {"plan_part.line": goal, "agreement": UUID(agreement), "review": UUID(review)}


def make_offer(record: OpenRecord, cast: Cast) -> str:
    """Record that the person declined help with wages."""
    declined = Offer(
        service_type="JUS_WAGES", outcome=OfferOutcome.DECLINED, on=clock.today(), by=cast.ben.id, at=clock.now()
    )
    return offers.record_offer(record, declined, by=acting_as(cast.ben)) or ""


def make_encounter(record: OpenRecord, cast: Cast) -> str:
    """Record that the person was arrested earlier, and nobody asked."""
    met = Encounter(event="ARRESTED", by=cast.ben.id, at=clock.now())
    encounters.record_encounter(record, met, EncounterWords(behaviour="silence"), by=acting_as(cast.ben))
    [key] = keyring.open_record(record.id, keys=cast.ben.keys).get_all(Encounter)
    return key


def make_letter(cast: Cast, *, at: datetime) -> dict[str, UUID]:
    """Let somebody write a letter and add a picture."""
    letter = letters.write_letter(cast, at=at)
    return {"letter": letter, "enclosed": Piece.objects.get(letter__request=letter).letter_id}


def make_file(cast: Cast, record: OpenRecord) -> UUID:
    """Add a picture to a record and return its document."""
    facts = {"name": "a pay slip", "kind": "CONTRACT", "given_by": "", "why": "wages", "keep_until": clock.today()}
    attachments.add_attachment(record, clean_file(brought(a_picture())), facts, by=acting_as(cast.ben))
    [file] = keyring.open_record(record.id, keys=cast.ben.keys).get_all(Attachment)
    return UUID(file)


def make_correction(cast: Cast, record: OpenRecord) -> UUID:
    """Store what the person asks to correct."""
    persons_copy.ask_correction(record, "I have two children", by=acting_as(cast.ben))
    [wish] = keyring.open_record(record.id, keys=cast.ben.keys).get_all(CorrectionRequest)
    return UUID(wish)


def make_said(cast: Cast, *, at: datetime) -> UUID:
    """Let somebody complain to an organisation outside, which is made where nobody has made it yet."""
    if not Organisation.objects.filter(id=hearing.OUTSIDE).exists():
        hearing.make_hearers(cast, at=at)
    return hearing.send_feedback(cast, at=at)


def make_key_requests(cast: Cast, *, at: datetime) -> dict[str, UUID]:
    """Let Esi rehearse with two papers and vouch for Ben, and let somebody leave with keys."""
    key_requests.ask_recovery(RequestKind.REHEARSAL, by=acting_as(cast.esi))
    [(papers, _)] = key_requests.list_open(cast.esi.acting(at=at).viewer, key_requests.WITH_PAPERS, at=at)
    fingerprint = worker_fingerprint(cast.esi.id)
    for player, share in zip((cast.ben, cast.gita), cast.village.shares, strict=False):
        key_requests.type_paper(papers.id, share.printed(), fingerprint=fingerprint, by=acting_as(player))
    key_requests.ask_reset(cast.ben.id, by=acting_as(cast.esi))
    [(vouched, _)] = key_requests.list_open(cast.esi.acting(at=at).viewer, [RequestKind.RESET], at=at)
    leaver = casting.join(cast.village, "leaver", "Lala", Role.VILLAGE_TEAM, at=at)
    workers.disable(leaver.id, by=acting_as(cast.gita))
    return {
        "request_id": vouched.id,
        "type_paper.request_id": papers.id,
        "open_lost_keys.request_id": papers.id,
        "cancel_recovery.request_id": papers.id,
        "ask_reset.worker": cast.lia.id,
        "change_keys.worker": leaver.id,
        "renew_keys.worker": leaver.id,
    }


def make_questions(cast: Cast, *, at: datetime) -> dict[str, UUID]:
    """Store a draft of Esi that a colleague puts in use, and the next one, which waits."""
    content = json.dumps(write_file(question_sets.shipped_set("short"), OWN_WORDS)).encode()
    draft = question_sets.draft_file("short", content, by=acting_as(cast.esi))
    colleague = casting.join(cast.village, "second-supervisor", "Tuti", Role.SUPERVISOR, at=at)
    question_sets.use_draft(draft, by=acting_as(colleague))
    [version] = question_sets.list_versions(cast.village.organisation.id)
    return {"version": version.id, "draft": question_sets.draft_file("short", content, by=acting_as(cast.esi))}


def make_draft(*, at: datetime) -> UUID:
    """Let a provider with a link propose another name."""
    made = propose(LEGAL_AID, {"name.en": "X"}, at=at, over=revisions.current_revision(LEGAL_AID).number)
    assert made is not None
    return made


def make_case(cast: Cast, reason: ClosureReason, *, at: datetime) -> UUID:
    """Make a case of Chioma's that she wishes to close, at once or with a colleague's yes."""
    by = acting_as(cast.chioma)
    made = cases.open_case(team=cast.pelita.team.id, by=by)
    request = ClosingRequest(
        reason=reason,
        on=clock.today(),
        agreed="so it was",
        call="the duty line",
        confirmed=rules.confirmations(reason),
        asked_by=by.worker,
        asked_at=by.at,
    )
    closing.ask_closing(made, request, by=by)
    return made.id
