"""Addresses of the directory on the staff door."""

from django.urls import path

from suar.directory import views, views_add, views_asking, views_merge, views_provider, views_upkeep

urlpatterns = [
    path("directory", views.entries, name="directory"),
    path("directory/add", views_add.add, name="add_entry"),
    path("directory/<uuid:service>", views.entry, name="directory_entry"),
    path("directory/<uuid:service>/confirm", views.confirm, name="confirm_entry"),
    path("directory/<uuid:service>/edit", views_upkeep.edit, name="edit_entry"),
    path("directory/<uuid:service>/editions", views_upkeep.history, name="entry_history"),
    path("directory/<uuid:service>/link", views_upkeep.link, name="entry_link"),
    path("directory/<uuid:service>/hide", views_upkeep.hide, name="hide_entry"),
    path("directory/<uuid:service>/settle", views_upkeep.settle, name="settle_wrong"),
    path("directory/asking", views_asking.who_to_ask, name="who_to_ask"),
    path("directory/asking/<uuid:service>", views_asking.ask, name="ask_provider"),
    path("directory/drafts/<uuid:change>", views_upkeep.draft, name="entry_draft"),
    path("directory/drafts/<uuid:change>/write", views_add.rewrite, name="rewrite_draft"),
    path("directory/drafts/<uuid:change>/throw", views_upkeep.throw_away, name="throw_draft_away"),
    path("directory/alike", views_merge.alike, name="entries_alike"),
    path("directory/<uuid:service>/one/<uuid:other>", views_merge.merge, name="merge_entries"),
    path("e/<str:token>", views_provider.provider_link, name="provider_link"),
]
