"""Addresses of referral."""

from django.urls import path

from suar.referrals import views, views_inbox, views_less, views_link, views_never, views_partner

urlpatterns = [
    path("people/<uuid:record>/options", views.options, name="options"),
    path("people/<uuid:record>/about", views.about, name="about"),
    path("people/<uuid:record>/spoke", views.spoke, name="spoke"),
    path("people/<uuid:record>/options/<uuid:service>", views.consent_for, name="consent_for"),
    path("people/<uuid:record>/send/<uuid:consent>", views.send, name="send_referral"),
    path("people/<uuid:record>/sent/<uuid:referral>", views.sent, name="referral_sent"),
    path("people/<uuid:record>/sent/<uuid:referral>/next", views.follow, name="follow_referral"),
    path("people/<uuid:record>/yes/<uuid:consent>/less", views_less.tell_less, name="tell_less"),
    path("people/<uuid:record>/card", views.card, name="card"),
    path("people/<uuid:record>/never", views_never.never, name="never"),
    path("people/<uuid:record>/never/<uuid:line>", views_never.may_know, name="may_know"),
    path("talk/ended/<uuid:record>/partner", views_partner.ask_partner, name="ask_partner"),
    path("talk/yes", views.yes_on_paper, name="yes_on_paper"),
    path("inbox", views_inbox.inbox, name="inbox"),
    path("inbox/opinions", views_partner.opinions, name="opinions"),
    path("inbox/opinions/<uuid:packet>", views_partner.opinion, name="opinion"),
    path("team/partners", views_partner.partner_keys, name="partners"),
    path("inbox/<uuid:referral>", views_inbox.item, name="inbox_item"),
    path("inbox/<uuid:referral>/answer", views_inbox.answer, name="answer_referral"),
    path("l/<str:token>", views_link.link, name="link"),
]
