"""Addresses of referrals."""

from django.urls import path

from suar.referrals.views import inbox, link, partner, person

urlpatterns = [
    path("people/<uuid:record>/options", person.options, name="options"),
    path("people/<uuid:record>/about", person.about, name="about"),
    path("people/<uuid:record>/spoke", person.spoke, name="spoke"),
    path("people/<uuid:record>/options/<uuid:service>", person.consent_for, name="consent_for"),
    path("people/<uuid:record>/send/<uuid:consent>", person.send, name="send_referral"),
    path("people/<uuid:record>/sent/<uuid:referral>", person.sent, name="referral_sent"),
    path("people/<uuid:record>/sent/<uuid:referral>/next", person.follow, name="follow_referral"),
    path("people/<uuid:record>/yes/<uuid:consent>/less", person.tell_less, name="tell_less"),
    path("people/<uuid:record>/card", person.card, name="card"),
    path("people/<uuid:record>/never", person.never, name="never"),
    path("people/<uuid:record>/never/<uuid:line>", person.may_know, name="may_know"),
    path("talk/ended/<uuid:record>/partner", partner.ask_partner, name="ask_partner"),
    path("talk/yes", person.yes_on_paper, name="yes_on_paper"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/opinions", partner.opinions, name="opinions"),
    path("inbox/opinions/<uuid:packet>", partner.opinion, name="opinion"),
    path("team/partners", partner.partner_keys, name="partners"),
    path("inbox/<uuid:referral>", inbox.item, name="inbox_item"),
    path("inbox/<uuid:referral>/answer", inbox.answer, name="answer_referral"),
    path("l/<str:token>", link.link, name="link"),
]
