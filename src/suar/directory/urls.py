"""URLs of the directory on the staff site."""

from django.urls import path

from suar.directory.views import entries, proposals, providers

urlpatterns = [
    path("directory", entries.list_entries, name="directory"),
    path("directory/add", proposals.add_entry, name="add_entry"),
    path("directory/<uuid:service>", entries.show_entry, name="directory_entry"),
    path("directory/<uuid:service>/confirm", entries.confirm_entry, name="confirm_entry"),
    path("directory/<uuid:service>/edit", entries.edit_entry, name="edit_entry"),
    path("directory/<uuid:service>/editions", entries.show_history, name="entry_history"),
    path("directory/<uuid:service>/link", entries.create_link, name="entry_link"),
    path("directory/<uuid:service>/hide", entries.hide_entry, name="hide_entry"),
    path("directory/<uuid:service>/settle", entries.settle_reports, name="settle_wrong"),
    path("directory/asking", providers.list_providers, name="who_to_ask"),
    path("directory/asking/<uuid:service>", providers.ask_provider, name="ask_provider"),
    path("directory/drafts/<uuid:change>", proposals.show_proposal, name="entry_draft"),
    path("directory/drafts/<uuid:change>/write", proposals.edit_proposal, name="rewrite_draft"),
    path("directory/drafts/<uuid:change>/throw", proposals.discard_proposal, name="throw_draft_away"),
    path("directory/alike", entries.list_duplicates, name="entries_alike"),
    path("directory/<uuid:service>/one/<uuid:other>", entries.merge_entries, name="merge_entries"),
    path("e/<str:token>", providers.provider_link, name="provider_link"),
]
