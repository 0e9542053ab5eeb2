"""URLs of the directory on the staff site."""

from django.urls import path

from suar.directory import views

urlpatterns = [
    path("directory", views.list_entries, name="directory"),
    path("directory/add", views.propose_entry, name="add_entry"),
    path("directory/<uuid:service>", views.show_entry, name="directory_entry"),
    path("directory/<uuid:service>/confirm", views.change_entry, {"verb": "confirm"}, name="confirm_entry"),
    path("directory/<uuid:service>/edit", views.edit_entry, name="edit_entry"),
    path("directory/<uuid:service>/history", views.show_history, name="entry_history"),
    path("directory/<uuid:service>/link", views.create_link, name="entry_link"),
    path("directory/<uuid:service>/hide", views.change_entry, {"verb": "hide"}, name="hide_entry"),
    path("directory/<uuid:service>/settle", views.change_entry, {"verb": "settle"}, name="settle_reports"),
    path("directory/providers-to-ask", views.list_providers, name="providers_to_ask"),
    path("directory/providers-to-ask/<uuid:service>", views.ask_provider, name="ask_provider"),
    path("directory/drafts/<uuid:change>", views.show_proposal, name="entry_draft"),
    path("directory/drafts/<uuid:change>/edit", views.propose_entry, name="edit_draft"),
    path("directory/drafts/<uuid:change>/discard", views.discard_proposal, name="discard_draft"),
    path("directory/duplicates", views.list_duplicates, name="entry_duplicates"),
    path("directory/<uuid:service>/merge/<uuid:other>", views.merge_entries, name="merge_entries"),
    path("e/<str:token>", views.provider_link, name="provider_link"),
]
