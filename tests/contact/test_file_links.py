"""Files of strangers leave from an origin of their own: no cookie, one use, nothing stored that opens them."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.test import Client

from suar.audit.models import Entry
from suar.contact import file_links as file_page
from suar.contact import opening
from suar.contact.models import Piece, Request
from suar.core import clock
from suar.core.refusals import NotYours
from suar.crypto import kdf, values
from suar.crypto.values import SealBroken
from suar.demo import letters
from suar.records import file_links
from suar.records.models import FileLink
from tests.at_once import LONG_S, beside, gathered  # noqa: F401 - a fixture
from tests.bars.lying_about import cells
from tests.contact.test_files import asks, desk_page, page_text
from tests.contact.uploads import OGG, a_picture, at_the_files_site, attached, brought, fetched
from tests.contact.writing import ask_for_help, came_back, press, resume_token_of
from tests.people import viewer


@pytest.fixture
def path(asker: Any, cast: Any) -> str:
    """Return the address at which staff ask for a sound that a person sent."""
    _page, code = ask_for_help(asker)
    attached(asker, came_back(asker, code), brought(OGG, "voice.ogg"))
    [file] = desk_page(cast).context["files"]
    return f"/letters/{Request.objects.get().id}/files/{file['id']}/taken"


def token_of(answer: Any) -> str:
    return str(urlsplit(answer["Location"]).path.removeprefix("/f/"))


def test_the_staff_site_leads_to_another_origin_whose_address_opens_once(path, cast):
    answer = asks(cast.kartika, path)
    assert answer["Location"].startswith(configured.SUAR_FILES_ORIGIN + "/f/")
    assert configured.SUAR_FILES_ORIGIN not in (configured.SUAR_STAFF_ORIGIN, configured.SUAR_PUBLIC_ORIGIN)
    assert answer["Cache-Control"] == "no-store" and not answer.content
    first, second = fetched(answer["Location"]), fetched(answer["Location"])
    assert first.content.startswith(b"OggS") and not first.cookies
    assert first["Content-Disposition"].startswith("attachment")
    assert second.status_code == 404 and "Open the file again" in page_text(second) and "Buka lagi" in page_text(second)
    for page in (first, second):
        assert page["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert page["X-Content-Type-Options"] == "nosniff" and page["Referrer-Policy"] == "no-referrer"
        assert page["Cross-Origin-Resource-Policy"] == "cross-origin" and page["Cache-Control"] == "no-store"
    assert not FileLink.objects.exists()


def test_an_address_opens_for_a_minute(path, cast):
    late, stale = (asks(cast.kartika, path)["Location"] for _ in range(2))
    with clock.shifted(timedelta(seconds=61)):
        assert fetched(late).status_code == 404
        assert FileLink.objects.count() == 2
        asks(cast.kartika, path)
    assert FileLink.objects.count() == 1, "old ones go with the next"
    assert fetched(stale).status_code == 404


def test_database_and_secret_key_together_open_no_file(path, cast):
    token = token_of(asks(cast.kartika, path))
    stored = b"".join(cells())
    assert kdf.token_digest(token) in stored, "positive control"
    assert token.encode() not in stored
    link, label = FileLink.objects.get(), "single-use address of a file"
    for secret in (configured.SECRET_KEY.encode(), link.digest, bytes(16)):
        with pytest.raises(SealBroken):
            values.unwrap(kdf.subkey(bytes(secret), purpose=label), link.sealed, label=label)
    values.unwrap(kdf.subkey(token.encode(), purpose=label), link.sealed, label=label)


@pytest.mark.db_contract
def test_of_several_browsers_at_once_one_gets_the_file(gathered):  # noqa: F811 - a fixture
    at, opened = clock.now(), []
    request, player = letters.write_letter(gathered, at=at), gathered.kartika
    file = Piece.objects.get().letter_id
    key = opening.open_file_key(request, file, viewer=viewer(player), keys=player.keys)
    token = file_links.make_link(file, key, at=at).rpartition("/")[2]

    def use() -> None:
        with suppress(NotYours):
            opened.append(file_page.use_link(token, at=at))

    for thread in [beside(use) for _ in range(6)]:
        thread.join(LONG_S)
    assert len(opened) == 1 and opened[0].startswith(b"\xff\xd8\xff")


def test_each_address_is_in_the_audit_log_before_it_leaves(path, cast):
    asks(cast.kartika, path)
    asks(cast.kartika, path)
    assert Entry.objects.filter(verb="open", because="download_request_file", by=cast.kartika.id).count() == 2
    assert asks(cast.ben, path).status_code == 404
    assert FileLink.objects.count() == 2


def test_a_removed_file_does_not_open_by_an_address_of_before(asker, cast):
    _page, code = ask_for_help(asker)
    attached(asker, came_back(asker, code), brought(OGG, "voice.ogg"))
    [file] = desk_page(cast).context["files"]
    answer = asks(cast.kartika, f"/letters/{Request.objects.get().id}/files/{file['id']}/taken")
    page = came_back(asker, code)
    press(asker, "delete", page=page, resume_token=resume_token_of(page))
    assert fetched(answer["Location"]).status_code == 404


def test_only_the_page_of_a_picture_shows_pictures_of_the_other_origin(asker, cast):
    _page, code = ask_for_help(asker)
    attached(asker, came_back(asker, code), brought(a_picture()))
    [file] = desk_page(cast).context["files"]
    page = asks(cast.kartika, f"/letters/{Request.objects.get().id}/files/{file['id']}")
    assert f"img-src 'self' {configured.SUAR_FILES_ORIGIN};" in page["Content-Security-Policy"]
    assert "img-src 'self';" in desk_page(cast)["Content-Security-Policy"]


def test_each_site_answers_for_its_own_addresses_only(path, cast):
    token = token_of(asks(cast.kartika, path))
    assert asks(cast.kartika, f"/f/{token}").status_code == 404
    with at_the_files_site():
        for other in ("/", "/sign-in", path, "/en/", "/f/", f"/f/{token}/x"):
            answer = Client().get(other)
            assert answer.status_code == 404 and not answer.cookies and b"<form" not in answer.content
        assert Client().post(f"/f/{token}").status_code == Client().head(f"/f/{token}").status_code == 405
    assert fetched(f"{configured.SUAR_FILES_ORIGIN}/f/{token}").status_code == 200
