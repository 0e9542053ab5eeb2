"""Invited, welcomed, let in; forgotten passwords; changed passwords; shut out."""

import re
from datetime import timedelta

import pytest

from suar.accounts import factors, queries, recovery_sheets, sessions, workers
from suar.accounts import sign_in as signing_in
from suar.accounts.acting import Anonymous
from suar.accounts.codes import KeyKind, Way, WorkerState
from suar.accounts.keys import newest_public
from suar.accounts.models import Membership, PublicKey, Session, Worker, Wrap
from suar.accounts.roles import Role
from suar.audit import queries as audit
from suar.core import clock
from suar.core.ids import spoken_code
from suar.core.models import Attempt
from suar.core.refusals import NotYours, Refused
from suar.crypto import totp
from suar.crypto.recovery import Mistyped, RecoveryCode
from suar.demo import cast as casting
from tests.accounts.conftest import (
    AT,
    anonymous_client,
    reload_worker,
    resume_session,
    set_session_cookies,
    sign_in,
    signed_in_client,
    words,
)
from tests.accounts.test_factors import secret_in
from tests.accounts.test_form_replay import hidden
from tests.html import squeeze

pytestmark = pytest.mark.django_db
NEW = "empat kata yang lain"


def invited(cast, name: str = "nadia", role: Role = Role.VILLAGE_TEAM, at=AT):
    return workers.add_worker(
        name, "Nadia", role, organisation=cast.village.organisation.id, by=cast.gita.acting(at=at)
    )


def welcome(name: str, *, code: str, password: str, at):
    return workers.welcome(name, code=code, password=password, by=Anonymous(at=at))


def compared(worker, **typed: str) -> dict[str, str]:
    """Return the form of a lead who compared the six groups of a worker."""
    return {"compared": "on", "fingerprint": queries.worker_fingerprint(worker.id), **typed}


@pytest.mark.parametrize(
    ("name", "wrong_code", "days"), [("nadia", True, 0), ("nobody", False, 0), ("nadia", False, 8)]
)
def test_a_wrong_name_a_wrong_code_and_an_old_code_are_refused_alike(cast, name, wrong_code, days):
    _, code = invited(cast)
    with pytest.raises(NotYours):
        welcome(name, code="made up" if wrong_code else code, password=NEW, at=AT + timedelta(days=days))


@pytest.mark.parametrize(
    "heard",
    [str.lower, lambda code: code.replace(" ", "-"), lambda code: f" {code.replace(' ', '')} "],
)
def test_an_invitation_code_is_read_in_groups_and_accepted_without_them(cast, heard):
    _, code = invited(cast)
    assert re.fullmatch(r"([2-9A-HJKMNP-Z]{3} ){5}[2-9A-HJKMNP-Z]{3}", code)
    assert welcome("nadia", code=heard(code), password=NEW, at=AT)


def test_a_mistyped_code_is_an_error_and_no_attempt(cast):
    _, code = invited(cast, at=clock.now())
    wrong = ("3" if code[0] == "2" else "2") + code[1:]
    typed = {"name": "nadia", "invitation": wrong, "new_password": NEW, "again": NEW}
    assert "Compare it character by character" in words(anonymous_client().post("/welcome", typed))
    assert not Attempt.objects.exists()
    other = spoken_code(workers.INVITATION_CHARACTERS)
    page = anonymous_client().post("/welcome", {**typed, "invitation": other})
    assert "is wrong" in words(page)
    assert Attempt.objects.count() == 3


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaa", "this is nadia now"])
def test_a_weak_password_is_refused_and_the_invitation_stays(cast, password: str):
    _, code = invited(cast)
    with pytest.raises(Refused, match="password_"):
        welcome("nadia", code=code, password=password, at=AT)
    assert welcome("nadia", code=code, password=NEW, at=AT)


def test_an_invitation_may_be_used_again_until_a_factor_is_chosen(cast):
    worker, code = invited(cast)
    welcome("nadia", code=code, password=NEW, at=AT)
    first = newest_public(KeyKind.USER_READ, worker.id)
    casting.activate("nadia", code, password=NEW, at=AT)
    assert not PublicKey.objects.filter(id=first.id).exists()
    assert Worker.objects.get(id=worker.id).state == WorkerState.ACTIVE
    with pytest.raises(NotYours):
        welcome("nadia", code=code, password=NEW, at=AT)


def test_a_first_factor_does_not_enable_a_disabled_worker(cast):
    worker, code = invited(cast)
    stale, pairs, derived = welcome("nadia", code=code, password=NEW, at=AT)
    by = sessions.acting_as(stale, pairs, at=AT)
    Worker.objects.filter(id=worker.id).update(state=WorkerState.DISABLED)
    with pytest.raises(NotYours):
        factors.add_app(stale, b"x" * 20, used_step=None, derived=derived, by=by)
    assert Worker.objects.get(id=worker.id).state == WorkerState.DISABLED
    assert factors.usable_factors(worker.id) == {}


def test_an_invited_worker_signs_in_for_the_first_time(cast):
    _, code = invited(cast, at=clock.now())
    client = anonymous_client()
    typed = {"name": "nadia", "invitation": code, "new_password": NEW, "again": NEW}
    assert client.get("/welcome").status_code == 200
    assert client.post("/welcome", {**typed, "invitation": "no"}).status_code == 400
    assert client.post("/welcome", {**typed, "again": "differs"}).status_code == 400
    assert client.post("/welcome", typed).url == "/account/factors"
    assert client.get("/account").url == "/account/factors", "nothing else until a factor is there"
    page = client.post("/account/codes", {"password": NEW})
    assert "/account/recovery" in words(page)
    assert client.get("/account").status_code == 200
    assert not Session.objects.filter(worker__name="nadia", enrolling=True).exists()
    assert prove_sheet(client).url == "/account"
    assert Worker.objects.get(name="nadia").recovery_proven_at


def test_the_language_of_the_first_sign_in_is_stored(cast):
    _, code = invited(cast, at=clock.now())
    client = anonymous_client()
    typed = {"name": "nadia", "invitation": code, "new_password": NEW, "again": NEW}
    client.post("/welcome", typed, HTTP_ACCEPT_LANGUAGE="id")
    client.post("/account/codes", {"password": NEW}, HTTP_ACCEPT_LANGUAGE="en")
    assert client.get("/account", HTTP_ACCEPT_LANGUAGE="en")["Content-Language"] == "id"


def prove_sheet(client):
    assert client.get("/account/recovery").status_code == 200
    wrong = client.post("/account/recovery", {"password": "not this one"})
    assert wrong.status_code == 400, "an open phone prints no way in"
    page = words(client.post("/account/recovery", {"password": NEW}))
    typed = re.search(r"<strong>((?:[0-9A-Z]{4} )+)</strong>", page)[1]
    wrong = typed[:-3] + ("Z" if typed[-3] != "Z" else "Y") + typed[-2:]
    assert client.post("/account/recovery/typed", {"recovery": wrong}).status_code == 400
    other = RecoveryCode.new().printed()
    assert client.post("/account/recovery/typed", {"recovery": other}).status_code == 400
    return client.post("/account/recovery/typed", {"recovery": typed.lower()})


def test_a_weak_password_is_an_error_on_the_page(cast):
    _, code = invited(cast, at=clock.now())
    typed = {"name": "nadia", "invitation": code, "new_password": "short", "again": "short"}
    assert "at least 12 characters" in words(anonymous_client().post("/welcome", typed))


def test_a_lead_admits_a_worker_after_comparing_words(cast):
    nadia = casting.hire(cast.village.organisation, "nadia", "Nadia", Role.VILLAGE_TEAM, by=None, at=AT)
    client, team = signed_in_client(cast.esi), cast.village.team.id
    assert f"/candidates/{nadia.id}/{team}" in words(client.get("/candidates"))
    page = client.get(f"/candidates/{nadia.id}/{team}")
    assert queries.worker_fingerprint(nadia.id) in words(page)
    assert client.post(f"/candidates/{nadia.id}/{team}", {"leads": "on"}).status_code == 400
    assert client.post(f"/candidates/{nadia.id}/{team}", compared(nadia)).url == "/candidates"
    nadia.keys.forget()
    assert [key.owner for key in nadia.keys.list_keys(KeyKind.TEAM)] == [team]
    assert newest_public(KeyKind.USER_READ, nadia.id).certificate
    assert client.get(f"/candidates/{nadia.id}/{team}").status_code == 404
    assert queries.worker_fingerprint(nadia.id) in words(signed_in_client(nadia).get("/account"))


def test_the_words_change_with_the_keys(cast):
    before = queries.worker_fingerprint(cast.ben.id)
    PublicKey.objects.filter(owner=cast.ben.id, kind=KeyKind.USER_SIGN).update(public=bytes(32))
    assert re.fullmatch(r"([0-9A-F]{4} ){5}[0-9A-F]{4}", before)
    assert queries.worker_fingerprint(cast.ben.id) != before != queries.worker_fingerprint(cast.esi.id)


def test_a_second_lead_becomes_a_signatory_who_can_admit_workers(cast):
    second = casting.hire(cast.village.organisation, "putri", "Putri", Role.SUPERVISOR, by=None, at=AT)
    client, team = signed_in_client(cast.esi), cast.village.team.id
    assert "Also leads this team" in words(client.get(f"/candidates/{second.id}/{team}"))
    client.post(f"/candidates/{second.id}/{team}", compared(second, leads="on"))
    second.keys.forget()
    assert second.keys.list_keys(KeyKind.IDENTITY)
    third = casting.hire(cast.village.organisation, "rina", "Rina", Role.VILLAGE_TEAM, by=None, at=AT)
    signed_in_client(second).post(f"/candidates/{third.id}/{team}", compared(third))
    assert newest_public(KeyKind.USER_READ, third.id).certificate


def test_a_signatory_confirms_a_worker_admitted_by_a_lead_without_the_organisation_key(cast):
    second = casting.hire(cast.village.organisation, "putri", "Putri", Role.SUPERVISOR, by=None, at=AT)
    by, team = cast.esi.acting(at=AT), cast.village.team.id
    workers.admit(second.id, fingerprint=queries.worker_fingerprint(second.id), team=team, by=by)
    Membership.objects.filter(worker=second.id).update(leads=True)
    third = casting.hire(cast.village.organisation, "rina", "Rina", Role.VILLAGE_TEAM, by=None, at=AT)
    second.keys.forget()
    workers.admit(third.id, fingerprint=queries.worker_fingerprint(third.id), team=team, by=second.acting(at=AT))
    assert newest_public(KeyKind.USER_READ, third.id).certificate is None
    with pytest.raises(NotYours):
        workers.certify(third.id, fingerprint=queries.worker_fingerprint(third.id), by=second.acting(at=AT))
    workers.certify(third.id, fingerprint=queries.worker_fingerprint(third.id), by=by)


def test_a_worker_without_records_is_confirmed_but_given_no_key(cast):
    odd = casting.hire(cast.village.organisation, "odi", "Odi", Role.DIRECTORY_EDITOR, by=None, at=AT)
    client = signed_in_client(cast.esi)
    assert f'/candidates/{odd.id}"' in words(client.get("/candidates"))
    assert client.get(f"/candidates/{odd.id}/{cast.village.team.id}").status_code == 404
    assert client.post(f"/candidates/{odd.id}", compared(odd)).url == "/candidates"
    assert not Wrap.objects.filter(holder=odd.id, way=Way.MEMBER).exists()
    with pytest.raises(Refused, match="role_without_records"):
        workers.admit(
            odd.id, fingerprint=queries.worker_fingerprint(odd.id), team=cast.village.team.id, by=cast.esi.acting(at=AT)
        )


def test_only_workers_who_answer_referrals_get_the_inbox_key(cast):
    for player, holds in ((cast.ben, False), (cast.lia, True), (cast.gita, False)):
        assert bool(player.keys.list_keys(KeyKind.INBOX)) is holds


def test_an_administrator_holds_no_key_to_any_record(cast):
    assert not Wrap.objects.filter(holder=cast.gita.id, way=Way.MEMBER).exists()
    assert [key.kind for key in cast.gita.keys.list_keys()] == [KeyKind.USER_READ]


def test_a_worker_of_another_organisation_is_404(cast):
    client, team = signed_in_client(cast.esi), cast.village.team.id
    assert client.get(f"/candidates/{cast.farid.id}/{team}").status_code == 404
    gita = signed_in_client(cast.gita)
    for act in ("disable", "enable", "invite"):
        assert gita.post(f"/workers/{cast.farid.id}/{act}").status_code == 404
    assert "Farid" not in words(gita.get("/workers"))


def test_an_administrator_invites_and_the_code_is_shown_once(cast):
    client = signed_in_client(cast.gita)
    typed = {"name": "Nadia", "display_name": "Nadia", "role": "VILLAGE_TEAM"}
    assert client.get("/workers/invite").status_code == 200
    page = squeeze(words(client.post("/workers/invite", typed)))
    code = re.search(r'<dd class="numbers"><strong>([^<]+)', page)[1]
    assert client.post("/workers/invite", {**typed, "role": "LINK_HOLDER"}).status_code == 400
    worker = Worker.objects.get(display_name="Nadia")
    assert re.fullmatch(r"nadia-\d{3}", worker.name)
    again = squeeze(words(client.post(f"/workers/{worker.id}/invite")))
    with pytest.raises(NotYours):
        welcome(worker.name, code=code, password=NEW, at=clock.now())
    code = re.search(r'<dd class="numbers"><strong>([^<]+)', again)[1]
    assert welcome(worker.name, code=code, password=NEW, at=clock.now())


def test_only_assignable_roles_are_accepted(cast):
    with pytest.raises(NotYours):
        workers.invite("x", "X", Role.LINK_HOLDER, by=cast.gita.acting(at=AT))


def test_disabling_ends_every_session(cast):
    ben, client = signed_in_client(cast.ben), signed_in_client(cast.gita)
    folded = re.findall(r"<details.*?</details>", client.get("/workers").content.decode(), re.DOTALL)
    assert any(f"/workers/{cast.ben.id}/disable" in part for part in folded), "one press alone disables nobody"
    assert client.post(f"/workers/{cast.ben.id}/disable").url == "/workers"
    assert ben.get("/account").status_code == 302
    with pytest.raises(Refused):
        sign_in(cast.ben, clock.now() + timedelta(minutes=1))
    assert "disabled" in words(client.get("/workers"))
    client.post(f"/workers/{cast.ben.id}/enable")
    assert sign_in(cast.ben, clock.now() + timedelta(minutes=1))


def test_administrators_cannot_disable_themselves(cast):
    assert signed_in_client(cast.gita).post(f"/workers/{cast.gita.id}/disable").status_code == 409


def test_enabling_a_worker_without_factor_needs_a_new_invitation(cast):
    worker, code = invited(cast)
    welcome("nadia", code=code, password=NEW, at=AT)
    by = cast.gita.acting(at=AT)
    workers.disable(worker.id, by=by)
    workers.enable(worker.id, by=by)
    assert Worker.objects.get(id=worker.id).state == WorkerState.INVITED
    with pytest.raises(NotYours):
        workers.disable(cast.village.team.id, by=by)


def test_enabling_a_team_member_keeps_the_account_active(cast):
    factors.remove_all(reload_worker(cast.esi))
    gita = signed_in_client(cast.gita)
    gita.post(f"/workers/{cast.esi.id}/disable")
    gita.post(f"/workers/{cast.esi.id}/enable")
    assert reload_worker(cast.esi).state == WorkerState.ACTIVE
    assert gita.post(f"/workers/{cast.esi.id}/invite").status_code == 404
    Worker.objects.filter(id=cast.esi.id).update(state=WorkerState.INVITED)
    assert gita.post(f"/workers/{cast.esi.id}/invite").status_code == 404
    assert newest_public(KeyKind.USER_READ, cast.esi.id).certificate


def test_a_step_up_does_not_replace_a_second_factor(cast):
    client = anonymous_client()
    typed = {"name": "ben", "recovery": cast.ben.recovery, "new_password": NEW, "again": NEW}
    client.post("/recover", typed)
    client.post("/again", {"password": NEW})
    assert client.get("/account").url == "/account/factors"
    assert factors.usable_factors(cast.ben.id) == {}


def test_only_a_supervisor_can_lead_a_team(cast):
    worker, code = invited(cast, at=clock.now())
    casting.activate("nadia", code, password=NEW, at=clock.now())
    typed = compared(worker, leads="on")
    signed_in_client(cast.esi).post(f"/candidates/{worker.id}/{cast.village.team.id}", typed)
    assert not Membership.objects.get(worker=worker).leads


def test_a_forgotten_password_is_replaced_with_the_sheet(cast):
    elsewhere, client = signed_in_client(cast.ben), anonymous_client()
    typed = {"name": "ben", "recovery": cast.ben.recovery, "new_password": NEW, "again": NEW}
    assert client.get("/recover").status_code == 200
    assert client.post("/recover", typed).url == "/account/factors"
    assert elsewhere.get("/account").status_code == 302
    assert factors.usable_factors(cast.ben.id) == {}
    page = client.get("/account/app")
    secret = secret_in(page)
    code = totp.code_at(secret, totp.step_at(clock.now()))
    app = {"app_secret": hidden(page)["app_secret"], "password": NEW, "code": code}
    client.post("/account/app", app)
    cast.ben.password, cast.ben.totp_secret = NEW, secret
    later = clock.now() + timedelta(minutes=1)
    assert resume_session(sign_in(cast.ben, later), later).keys.list_keys()


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("esi", None, "the code of the sheet is wrong"),
        ("nobody", None, "the code of the sheet is wrong"),
        ("ben", "0000-0000", "mistake in group"),
    ],
)
def test_a_recovery_sheet_of_another_worker_or_a_mistyped_one_is_refused(cast, name, code, says):
    typed = {"name": name, "recovery": code or cast.ben.recovery, "new_password": NEW, "again": NEW}
    page = anonymous_client().post("/recover", typed)
    assert page.status_code == 400
    assert says in words(page)
    assert sign_in(cast.ben, AT)


def test_a_mistake_found_by_the_last_check_names_no_group(cast, monkeypatch):
    def slip(_typed: str) -> RecoveryCode:
        raise Mistyped(None)

    monkeypatch.setattr(RecoveryCode, "read", slip)
    typed = {"name": "ben", "recovery": "x", "new_password": NEW, "again": NEW}
    assert "Compare it character by character" in words(anonymous_client().post("/recover", typed))


def test_a_disabled_worker_cannot_recover_with_a_sheet(cast):
    Worker.objects.filter(id=cast.ben.id).update(state=WorkerState.DISABLED)
    with pytest.raises(NotYours):
        recovery_sheets.recover("ben", typed=cast.ben.recovery, password=NEW, by=Anonymous(at=AT))


def test_recovery_answers_an_invited_name_like_an_unknown_one(cast):
    invited(cast)
    typed = {"recovery": cast.ben.recovery, "new_password": NEW, "again": NEW}
    pages = [anonymous_client().post("/recover", typed | {"name": name}) for name in ("nadia", "nobody")]
    assert [page.status_code for page in pages] == [400, 400]
    known, unknown = (list(page.context["form"].errors.values()) for page in pages)
    assert known == unknown


def test_a_new_sheet_replaces_the_previous_one(cast):
    pairs = sessions._open(sign_in(cast.ben, AT))[1]
    recovery_sheets.new_sheet(pairs, by=cast.ben.acting(at=AT))
    with pytest.raises(NotYours):
        recovery_sheets.recover("ben", typed=cast.ben.recovery, password=NEW, by=Anonymous(at=AT))


def test_a_changed_password_rewraps_and_ends_other_sessions(cast):
    here, elsewhere = signed_in_client(cast.ben), sign_in(cast.ben, clock.now() + timedelta(minutes=1))
    grants = list(Wrap.objects.filter(holder=cast.ben.id, way=Way.MEMBER).values_list("sealed"))
    typed = {"password": cast.ben.password, "new_password": NEW, "again": NEW}
    assert here.get("/account/password").status_code == 200
    assert "is wrong" in words(here.post("/account/password", {**typed, "password": "wrong"}))
    weak = {**typed, "new_password": "short", "again": "short"}
    assert here.post("/account/password", weak).status_code == 400
    assert here.post("/account/password", typed).url == "/account"
    assert here.get("/account").status_code == 200
    assert resume_session(elsewhere, clock.now()) is None
    assert list(Wrap.objects.filter(holder=cast.ben.id, way=Way.MEMBER).values_list("sealed")) == grants
    cast.ben.password = NEW
    later = clock.now() + timedelta(minutes=2)
    assert sign_in(cast.ben, later)
    assert recovery_sheets.recover("ben", typed=cast.ben.recovery, password=NEW + "!", by=Anonymous(at=later))


def test_every_action_on_an_account_is_in_the_audit_log(cast):
    verified = signing_in.verify_password(cast.ben.id, cast.ben.password, at=AT)
    signing_in.change_password(verified, NEW, session="", by=cast.ben.acting(at=AT))
    verbs = {act.verb for act in audit.acts_about(cast.ben.id)}
    assert {"invite", "welcome", "activate", "add_factor", "new_recovery_sheet", "admit"} <= verbs
    assert audit.chain_faults() == []


def test_the_account_page_warns_when_few_codes_are_left(cast):
    signed_in_client(cast.ben).post("/account/codes", {"password": cast.ben.password})
    row = reload_worker(cast.ben)
    row.sheetcode_set.filter(number__gt=5).update(used_at=AT)
    client = anonymous_client()
    set_session_cookies(client, sign_in(cast.ben, clock.now() + timedelta(minutes=1)))
    with clock.shifted(timedelta(minutes=1)):
        assert "Few codes are left" in words(client.get("/account"))


def test_an_editor_changes_nothing_until_a_signatory_has_confirmed_the_account(cast):
    editor = casting.hire(cast.village.organisation, "odi", "Odi", Role.DIRECTORY_EDITOR, by=cast.gita.id, at=AT)
    client = signed_in_client(editor)
    assert client.get("/directory").status_code == 404
    assert client.get("/account").status_code == 200
    signed_in_client(cast.esi).post(f"/candidates/{editor.id}", compared(editor))
    assert client.get("/directory").status_code == 200
    PublicKey.objects.filter(owner=editor.id).update(certificate=bytes(64))
    assert client.get("/directory").status_code == 404, "a certificate written into the database confirms nobody"
