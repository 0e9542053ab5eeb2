"""Pages of finding help: input stays, errors are clear, repeated forms do nothing."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from suar.consent import queries as consents
from suar.consent.codes import AgeStatus
from suar.consent.documents import Profile
from suar.consent.models import Consent, Withdrawal
from suar.core import clock
from suar.directory import labels
from suar.directory.facts import PersonFacts
from suar.records import actions as vault
from suar.records import keyring
from suar.records.terms import Compartment, Kind
from suar.referrals import matching, queries
from suar.referrals import needs as needs_of
from suar.referrals.codes import DEADLINES, NeedStatus, State, Verb
from suar.referrals.forms import ProfileForm
from suar.referrals.models import Partner, Referral
from suar.referrals.templatetags.referrals import deadline_text
from suar.screening.documents import Finding
from tests.people import CLINIC, LEGAL_AID, agreed, client_of, listed, person_of, sent, viewer, write

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def path(name, *ids):
    return reverse(name, args=ids)


def reopen(cast, record):
    return keyring.open_record(record.id, keys=cast.ben.keys)


def asked_form(ben, record, service=LEGAL_AID):
    """Return the fields of the consent page, filled as a browser would."""
    page = ben.get(path("consent_for", record.id, service))
    form = page.context["form"]
    hidden = dict(HIDDEN.findall(page.content.decode()))
    return {
        "ident": hidden["ident"],
        "spoken": hidden["spoken"],
        "answer": "yes",
        "shared_fields": form.initial["shared_fields"],
        "ends_on": str(form.initial["ends_on"]),
        "how": "said",
        "interpretation": "not_needed",
        "understood": "on",
        "explained": "on",
        "language": form.initial["language"],
    }


def test_needs_are_added_once_and_show_services_that_say_why(cast, ben, amina):
    for _ in range(2):
        page = ben.post(path("options", amina.id), {"types": ["JUS_WAGES", "HOU_EMERGENCY"]})
        assert page.status_code == 302
    needs = needs_of.list_needs(reopen(cast, amina))
    assert [need.service_type for need in needs] == ["JUS_WAGES", "HEA_GENERAL", "HOU_EMERGENCY"]
    response = ben.get(path("options", amina.id))
    first = listed(response.context["options"])[0]["reasons"]
    assert first.first
    assert labels.reason_text(first.first[0]) in response.content.decode()


@pytest.mark.parametrize("types", [[], ["NOT_A_TYPE"], ["<script>"], ["JUS_WAGES", "x" * 500]])
def test_a_need_that_does_not_exist_is_refused(cast, ben, amina, types):
    page = ben.post(path("options", amina.id), {"types": types})
    assert page.status_code == 400
    assert b'role="alert"' in page.content
    assert len(needs_of.list_needs(reopen(cast, amina))) == 2


def test_profile_answers_are_stored_and_a_wrong_code_is_refused(cast, ben, amina):
    about = {
        "district": "32.74",
        "sex": "MALE",
        "language": "id",
        "papers": "COPY",
        "children": "YES",
        "oldest_child": 4,
    }
    assert ben.post(path("change_profile", amina.id), about).status_code == 302
    assert needs_of.profile_answers(reopen(cast, amina)) == about
    wrong = ben.post(path("change_profile", amina.id), {**about, "sex": "BOTH"})
    assert wrong.status_code == 400
    assert needs_of.profile_answers(reopen(cast, amina)) == about


def test_the_consent_page_asks_for_the_smallest_set_in_one_sentence(ben, amina):
    page = ben.get(path("consent_for", amina.id, LEGAL_AID))
    form = page.context["form"]
    assert form.initial["shared_fields"] == ["called_name", "safe_contact", "needs"]
    assert form.sentence() in page.content.decode()
    assert form.child is None


def test_a_consent_form_sent_twice_is_one_consent(ben, amina):
    form = asked_form(ben, amina)
    first, second = (ben.post(path("consent_for", amina.id, LEGAL_AID), form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Consent.objects.count() == 1


def test_the_spoken_language_is_stored_and_not_that_of_the_screen(cast, ben, amina):
    page = ben.get(path("consent_for", amina.id, LEGAL_AID))
    assert page.context["form"]["language"].value() == "en", "the language of the sentence on the page"
    ben.post(path("consent_for", amina.id, LEGAL_AID), asked_form(ben, amina) | {"language": "su"})
    [given] = consents.list_consents(reopen(cast, amina))
    assert given.document.language == "su"


@pytest.mark.parametrize("typed", [{"language": ""}, {"language": "xx"}, {"how": "audio"}])
def test_a_consent_without_a_language_is_not_recorded(ben, amina, typed):
    page = ben.post(path("consent_for", amina.id, LEGAL_AID), asked_form(ben, amina) | typed)
    assert page.status_code == 400
    assert not Consent.objects.exists()
    assert "audio" not in dict(page.context["form"].fields["how"].choices)


def test_a_smaller_consent_from_the_same_form_is_sent(ben, amina):
    form, address = asked_form(ben, amina), path("consent_for", amina.id, LEGAL_AID)
    wide = ben.get(ben.post(address, form)["Location"]).content.decode()
    assert "000-0000-7741" in wide, "positive control"
    form |= {"shared_fields": ["called_name", "needs"]}
    page = ben.post(address, form).content.decode()
    form["spoken"] = dict(HIDDEN.findall(page))["spoken"]
    assert dict(HIDDEN.findall(page))["ident"] == form["ident"]
    narrow = ben.get(ben.post(address, form)["Location"]).content.decode()
    assert "Amina Rekaan" in narrow
    assert "000-0000-7741" not in narrow


def test_changed_fields_must_be_read_aloud_before_consent_counts(ben, amina):
    form = asked_form(ben, amina) | {"shared_fields": ["called_name", "sex"]}
    page = ben.post(path("consent_for", amina.id, LEGAL_AID), form)
    assert page.status_code == 400
    assert "Read the new sentence" in page.content.decode()
    new = dict(HIDDEN.findall(page.content.decode()))["spoken"]
    done = ben.post(path("consent_for", amina.id, LEGAL_AID), form | {"spoken": new})
    assert done.status_code == 302


def test_the_new_sentence_can_be_seen_before_asking(ben, amina):
    before = ben.get(path("consent_for", amina.id, LEGAL_AID)).context["form"].sentence()
    form = asked_form(ben, amina) | {"shared_fields": ["called_name"], "answer": "again"}
    page = ben.post(path("consent_for", amina.id, LEGAL_AID), form)
    assert page.status_code == 200
    assert page.context["form"].sentence() != before
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"understood": ""},
        {"explained": ""},
        {"shared_fields": []},
        {"shared_fields": ["risk"]},
        {"ends_on": "2019-01-01"},
        {"ends_on": "2099-01-01"},
        {"ends_on": "soon"},
        {"how": "guessed"},
        {"shared_fields": ["everything"]},
        {"ident": "no id"},
    ],
)
def test_an_incomplete_consent_is_refused_and_the_input_stays(ben, amina, wrong):
    form = asked_form(ben, amina) | wrong
    form.pop("spoken")
    page = ben.post(path("consent_for", amina.id, LEGAL_AID), form)
    assert page.status_code == 400
    assert b'role="alert"' in page.content
    assert not Consent.objects.exists()
    if "ends_on" not in wrong:
        assert form["ends_on"] in page.content.decode()


def test_all_missing_parts_of_a_consent_are_shown_at_once(ben, amina):
    form = asked_form(ben, amina) | {"understood": "", "explained": ""}
    page = ben.post(path("consent_for", amina.id, LEGAL_AID), form).content.decode()
    assert 'href="#id_understood"' in page
    assert 'href="#id_explained"' in page
    assert page.count("Let the person say it back in their own words, then tick this.") == 2
    assert "Not done yet" not in page


def test_a_consent_id_of_another_record_is_not_used(cast, ben, amina):
    other = person_of(cast.ben, cast, name="Somebody Else")
    theirs = agreed(other, cast.ben)
    form = asked_form(ben, amina) | {"ident": str(theirs)}
    assert ben.post(path("consent_for", amina.id, LEGAL_AID), form).status_code == 404


@pytest.mark.parametrize("age_status", ["AB_U18", "AB_MAYBE", "AB_UNK"])
def test_a_child_agrees_too_and_a_guardian_is_asked_with_care(cast, ben, amina, age_status):
    profile = amina.read(Compartment.CODED, "profile") | {"age_status": age_status}
    write(amina, Compartment.CODED, "profile", profile, by=cast.ben.id, at=clock.now())
    form = asked_form(ben, amina)
    page = ben.post(path("consent_for", amina.id, LEGAL_AID), form)
    assert page.status_code == 400
    kin = {"assent": "on", "guardian": "consented", "involvement": "possible"}
    assert ben.post(path("consent_for", amina.id, LEGAL_AID), form | kin).status_code == 400
    safe = kin | {"involvement": "no_sign"}
    assert ben.post(path("consent_for", amina.id, LEGAL_AID), form | safe).status_code == 302


def test_a_service_that_was_asked_redirects_to_its_referral(cast, ben, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    page = ben.get(path("consent_for", amina.id, LEGAL_AID))
    assert page["Location"] == path("referral_sent", amina.id, made.referral)


def test_the_fields_on_the_page_are_sent_once(cast, ben, amina):
    consent = agreed(amina, cast.ben)
    address = path("send_referral", amina.id, consent)
    page = ben.get(address).content.decode()
    before, after = page.split("Only after they accept")
    assert "Amina Rekaan" in after
    assert "Amina Rekaan" not in before.split("Before they accept")[1]
    first, second = ben.post(address), ben.post(address)
    assert first["Location"] == second["Location"]
    assert Referral.objects.count() == 1
    assert ben.get(address)["Location"] == first["Location"]


def test_a_withdrawn_consent_is_not_sent_from_an_old_page(cast, ben, amina):
    consent = agreed(amina, cast.ben)
    ben.post(path("withdraw", amina.id, consent), {})
    for page in (ben.get, ben.post):
        assert page(path("send_referral", amina.id, consent))["Location"] == path("person", amina.id)
    assert not Referral.objects.exists()


def test_a_partner_is_compared_by_the_words_that_were_shown(cast, ben, amina):
    Partner.objects.all().delete()
    address = path("send_referral", amina.id, agreed(amina, cast.ben))
    page = ben.get(address)
    words = page.context["groups"]
    assert words in page.content.decode()
    assert ben.post(address).status_code == 409, "not compared"
    wrong = ben.post(address, {"compared": "yes", "words": "0000 0000"})
    assert wrong.status_code == 409
    assert not Referral.objects.exists()
    assert ben.post(address, {"compared": "yes", "words": words}).status_code == 302


def test_a_link_is_shown_once_with_its_code(cast, ben, amina):
    amina = reopen(cast, amina)
    consent = agreed(amina, cast.ben, service=CLINIC)
    address = path("send_referral", amina.id, consent)
    page = ben.post(address)
    link, code = page.context["link"], page.context["sent"].code
    assert link in page.content.decode()
    assert code in page.content.decode()
    stands = ben.get(path("referral_sent", amina.id, page.context["sent"].referral))
    assert page.context["sent"].token not in stands.content.decode()
    assert "Create a new link" in stands.content.decode()
    again = ben.post(address)
    assert again.context["link"] != link


def test_the_page_of_a_referral_offers_the_possible_acts_only(cast, ben, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    page = ben.get(path("referral_sent", amina.id, made.referral))
    verbs = set(page.context["verbs"])
    assert verbs == {Verb.RECALL, Verb.DECLINE_BY_PERSON}
    follow = path("follow_referral", amina.id, made.referral)
    assert ben.post(follow, {"verb": "recall"}).status_code == 409
    for verb in ("accept", "redirect", "withdraw", "drop table"):
        assert ben.post(follow, {"verb": verb}).status_code == 404
    assert ben.post(follow, {"verb": "recall", "reason": "RC_UNSAFE"}).status_code == 302
    assert Referral.objects.get().state == State.RECALLED
    other = ben.post(follow, {"verb": "decline_by_person"})
    assert other.status_code == 409
    assert b'role="alert"' in other.content


def test_a_refusal_comes_with_the_next_services(cast, ben, amina):
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    chioma = client_of(cast.chioma)
    chioma.post(path("answer_referral", made.referral), {"verb": "decline", "reason": "RF_AREA"})
    page = ben.get(path("referral_sent", amina.id, made.referral))
    others = [item["card"].id for item in page.context["alternatives"]]
    assert others
    assert LEGAL_AID not in others


def test_sharing_less_from_the_page(cast, ben, amina):
    consent = agreed(amina, cast.ben)
    sent(amina, consent, cast.ben)
    address = path("narrow_consent", amina.id, consent)
    ends_on = str(clock.today() + timedelta(days=90))
    assert ben.get(address).status_code == 200
    for wrong in (
        {"shared_fields": [], "ends_on": ends_on},
        {"shared_fields": ["called_name"], "ends_on": "2099-01-01"},
        {"shared_fields": ["narrative"], "ends_on": ends_on},
    ):
        assert ben.post(address, wrong).status_code == 400
    good = {"shared_fields": ["called_name"], "ends_on": ends_on}
    assert ben.post(address, good)["Location"] == path("person", amina.id)
    sent_referral = queries.sent_for(reopen(cast, amina))[0]
    assert list(sent_referral.document.shared) == ["called_name"]
    ben.post(path("withdraw", amina.id, consent), {})
    assert ben.get(address)["Location"] == path("person", amina.id)


def test_sharing_less_by_link_shows_the_new_link(cast, ben, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    ends_on = str(clock.today() + timedelta(days=90))
    page = ben.post(path("narrow_consent", amina.id, consent), {"shared_fields": ["called_name"], "ends_on": ends_on})
    assert "/l/" in page.context["link"]


@pytest.mark.parametrize("name", ["options", "change_profile", "record_contact"])
def test_a_record_of_another_worker_is_404(cast, ben, name):
    theirs = person_of(cast.lia, cast, name="Somebody Else")
    for record in (theirs.id, uuid4()):
        assert ben.post(path(name, record), {"types": ["JUS_WAGES"]}).status_code == 404


FROM_A_PERSON = {
    "options": "",
    "change_profile": "",
    "record_contact": "",
    "consent_for": "service",
    "send_referral": "consent",
    "referral_sent": "referral",
    "follow_referral": "referral",
    "narrow_consent": "consent",
    "withdraw": "consent",
}


@pytest.mark.parametrize("name", FROM_A_PERSON)
def test_pages_of_a_person_are_404_for_a_talk(cast, name):
    """Ben has a talk; only records of people and cases have these pages."""
    talk = vault.new_record(
        Kind.TALK,
        organisation=cast.village.organisation.id,
        team=cast.village.team.id,
        by=cast.ben.id,
        at=clock.now(),
    )
    player, record = cast.ben, talk.id
    opened = keyring.open_record(record, keys=player.keys)
    named = {"name": "Amina"}
    write(opened, Compartment.IDENTITY, "person", named, by=player.id, at=clock.now())
    ids = {"service": CLINIC, "consent": agreed(opened, player, service=CLINIC)}
    form = {"types": ["JUS_WAGES"], "verb": "recall", "reason": "RC_WRONG"}
    ids["referral"] = sent(opened, ids["consent"], player, by_link=True, service=CLINIC).referral
    client = client_of(player)
    address = path(name, record, *(ids[item] for item in [FROM_A_PERSON[name]] if item))
    for method in (client.get, client.post):
        assert method(address, form).status_code in (404, 405)
    again = keyring.open_record(record, keys=player.keys)
    assert not needs_of.list_needs(again)
    assert not Withdrawal.objects.filter(consent=ids["consent"]).exists()


def test_the_form_of_a_link_needs_no_account_and_sets_no_session(dan, cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    page = dan.get(path("link", made.token))
    assert page.status_code == 200
    assert set(page.cookies) <= {"__Host-form"}


def test_a_referral_shows_whether_and_by_whom_it_was_seen(cast, ben, chioma, amina):
    asked = sent(amina, agreed(amina, cast.ben), cast.ben).referral
    where = reverse("referral_sent", args=[amina.id, asked])
    page = ben.get(where).content.decode()
    assert "Nobody there has opened it yet." in page
    assert "It has reached them" not in page
    chioma.get(reverse("inbox_item", args=[asked]))
    page = ben.get(where).content.decode()
    assert "Nobody there has opened it yet." not in page
    assert "Chioma opened it today at" in page


def test_the_facts_that_decide_are_asked_once_on_top(cast, ben, amina):
    about = {"district": "32.74", "sex": "FEMALE", "language": "", "papers": "", "children": "NONE", "oldest_child": ""}
    before = ben.get(path("options", amina.id)).content.decode()
    assert before.index('id="facts" open') < before.index('name="children"') < before.index("What was asked for")
    assert ben.post(path("change_profile", amina.id), about).status_code == 302
    page = ben.get(path("options", amina.id))
    assert 'id="facts" open' not in page.content.decode(), "all are known"
    assert page.context["about"].known_facts() == ["Cirebon City", "Woman", "24", "No child comes"]
    assert needs_of.person_facts(reopen(cast, amina)).children == ()


def test_without_a_known_place_help_is_looked_for_where_the_organisation_works_and_the_page_says_so(cast):
    organisation = viewer(cast.chioma).organisation
    finding = Finding(at=clock.now(), by=cast.chioma.id, outcome="PRESUMED_VICTIM")
    about = ProfileForm(age="24", assumed_place=matching.assumed_place([finding], organisation))
    assert (about.assumed_place, about["district"].value()) == ("West Java", None), "nothing is stored"
    assert about.open_questions()[0].name == "district", "and it is asked"
    named = ProfileForm(initial={"district": "33.74"}, age="24", assumed_place="32")
    assert (named.assumed_place, named.open_questions()[0].name) == ("", "sex")
    found = matching.find_options_without_name([finding], PersonFacts(), own=organisation)
    assert found["has_place"]
    by_phone = finding.model_copy(update={"setting": "HOTLINE"})
    assert not matching.find_options_without_name([by_phone], PersonFacts(), own=organisation)["has_place"]


@pytest.mark.parametrize(
    ("children", "oldest", "known"),
    [("YES", "4", (4,)), ("", "0", (0,)), ("YES", "", (None,)), ("NONE", "9", ()), ("", "", None)],
)
def test_children_who_come_along_are_facts(cast, ben, amina, children, oldest, known):
    about = {"district": "", "sex": "", "language": "", "papers": "", "children": children, "oldest_child": oldest}
    assert ben.post(path("change_profile", amina.id), about).status_code == 302
    assert needs_of.person_facts(reopen(cast, amina)).children == known


def test_a_certain_age_is_not_changed_on_the_options_page(cast, ben, amina):
    """The age decides who consents."""
    assert needs_of.age_status(reopen(cast, amina)) is AgeStatus.ADULT, "positive control"
    about = {"district": "", "sex": "", "language": "", "papers": "", "children": "", "age_status": "AB_U18"}
    ben.post(path("change_profile", amina.id), about)
    assert needs_of.age_status(reopen(cast, amina)) is AgeStatus.ADULT
    assert b'name="age_status"' not in ben.get(path("options", amina.id)).content


def test_an_open_age_is_asked_and_stored(cast, ben, amina):
    record = reopen(cast, amina)
    profile = (record.get(Profile) or Profile()).model_copy(update={"age_status": AgeStatus.UNKNOWN, "age": None})
    record.put(profile, by=cast.ben.id, at=clock.now())
    assert b'name="age_status"' in ben.get(path("options", amina.id)).content
    about = {"district": "", "sex": "", "language": "", "papers": "", "children": "", "age_status": "AB_U18"}
    assert ben.post(path("change_profile", amina.id), about).status_code == 302
    assert needs_of.age_status(reopen(cast, amina)) is AgeStatus.CHILD


def test_a_call_that_nobody_answered_stays_known_after_a_referral(cast, amina):
    at = clock.now() - timedelta(hours=1)
    needs = [{"id": "u", "service_type": "JUS_WAGES", "urgency": "U1", "at": at.isoformat(), "call_result": "tried"}]
    write(amina, Compartment.CODED, "needs", {"list": needs}, by=cast.ben.id, at=at)
    sent(amina, agreed(amina, cast.ben), cast.ben)
    record = reopen(cast, amina)
    [line] = [line for line in matching.need_lines(record, queries.sent_for(record)) if line["need"].id == "u"]
    assert line["status"] is NeedStatus.TRIED


def test_the_number_of_which_the_sentence_speaks_stands_beside_it(ben, amina):
    page = ben.get(path("consent_for", amina.id, LEGAL_AID)).content.decode()
    beside = page.split("</blockquote>")[1].split("<form")[0]
    assert "this number" in page.split("</blockquote>")[0]
    assert "000-0000-7741" in beside
    form = asked_form(ben, amina) | {"shared_fields": ["called_name"], "answer": "again"}
    page = ben.post(path("consent_for", amina.id, LEGAL_AID), form).content.decode()
    assert "000-0000-7741" not in page.split("</blockquote>")[1].split("<form")[0]


def test_a_deadline_in_some_days_is_a_day_and_one_today_an_hour():
    near, far = (deadline_text((DEADLINES.members[0].code, clock.now() + timedelta(hours=h), False)) for h in (2, 200))
    assert re.search(r"\d\d:\d\d", near)
    assert not re.search(r"\d\d:\d\d", far)
