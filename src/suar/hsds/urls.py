"""URLs of the import."""

from django.urls import path

from suar.hsds import views

urlpatterns = [
    path("directory/import", views.choose_file, name="import_directory"),
    path("directory/import/<uuid:upload>", views.report, name="import_report"),
]
