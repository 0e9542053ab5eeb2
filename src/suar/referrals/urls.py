"""Addresses of referrals."""

from django.urls import path

from suar.referrals.views import person, received

urlpatterns = [
    path("people/<uuid:record>/options", person.options, name="options"),
    path("talk/ended/<uuid:record>/options", person.options_without_name, name="options_without_name"),
    path("people/<uuid:record>/about", person.change_profile, name="change_profile"),
    path("people/<uuid:record>/spoke", person.record_contact, name="record_contact"),
    path("people/<uuid:record>/card", person.show_card, name="card"),
    path("people/<uuid:record>/options/<uuid:service>", person.ask_consent, name="consent_for"),
    path("people/<uuid:record>/send/<uuid:consent>", person.send, name="send_referral"),
    path("people/<uuid:record>/sent/<uuid:referral>", person.show_sent, name="referral_sent"),
    path("people/<uuid:record>/sent/<uuid:referral>/next", person.follow_up, name="follow_referral"),
    path("people/<uuid:record>/sent/<uuid:referral>/message", person.write_message, name="write_to_receiver"),
    path("people/<uuid:record>/yes/<uuid:consent>/less", person.narrow_consent, name="narrow_consent"),
    path("people/<uuid:record>/yes/<uuid:consent>/copy", person.consent_copy, name="consent_copy"),
    path("talk/yes", person.consent_on_paper, name="consent_on_paper"),
    path("people/<uuid:record>/exclusions", person.exclude, name="exclusions"),
    path("people/<uuid:record>/exclusions/<uuid:line>", person.remove_exclusion, name="remove_exclusion"),
    path("talk/ended/<uuid:record>/partner", received.ask_partner, name="ask_partner"),
    path("inbox/opinions", received.opinions, name="opinions"),
    path("inbox/opinions/<uuid:packet>", received.opinion, name="opinion"),
    path("team/partners", received.partner_keys, name="partners"),
    path("inbox", received.inbox, name="inbox"),
    path("inbox/<uuid:referral>", received.item, name="inbox_item"),
    path("inbox/<uuid:referral>/answer", received.answer, name="answer_referral"),
    path("inbox/<uuid:referral>/message", received.write_message, name="write_to_sender"),
    path("l/<str:token>", received.link, name="link"),
]
