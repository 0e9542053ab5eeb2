"""Addresses of referrals."""

from django.urls import path

from suar.referrals.views import consent, exclusions, inbox, link, options, partner

urlpatterns = [
    path("people/<uuid:record>/options", options.options, name="options"),
    path("people/<uuid:record>/about", options.change_profile, name="about"),
    path("people/<uuid:record>/spoke", options.record_contact, name="spoke"),
    path("people/<uuid:record>/card", options.show_card, name="card"),
    path("people/<uuid:record>/options/<uuid:service>", consent.ask_consent, name="consent_for"),
    path("people/<uuid:record>/send/<uuid:consent>", consent.send, name="send_referral"),
    path("people/<uuid:record>/sent/<uuid:referral>", consent.show_sent, name="referral_sent"),
    path("people/<uuid:record>/sent/<uuid:referral>/next", consent.follow_up, name="follow_referral"),
    path("people/<uuid:record>/yes/<uuid:consent>/less", consent.narrow_consent, name="tell_less"),
    path("talk/yes", consent.consent_on_paper, name="yes_on_paper"),
    path("people/<uuid:record>/never", exclusions.exclude, name="never"),
    path("people/<uuid:record>/never/<uuid:line>", exclusions.remove_exclusion, name="may_know"),
    path("talk/ended/<uuid:record>/partner", partner.ask_partner, name="ask_partner"),
    path("inbox/opinions", partner.opinions, name="opinions"),
    path("inbox/opinions/<uuid:packet>", partner.opinion, name="opinion"),
    path("team/partners", partner.partner_keys, name="partners"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/<uuid:referral>", inbox.item, name="inbox_item"),
    path("inbox/<uuid:referral>/answer", inbox.answer, name="answer_referral"),
    path("l/<str:token>", link.link, name="link"),
]
