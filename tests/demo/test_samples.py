"""What the invented world lets hear and print: tones that any editor could bring, and a booklet."""

import pytest
from django.conf import settings as configured
from django.test import Client

from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory
from suar.directory import recordings
from suar.directory.rules import opus
from suar.website.print import queries
from suar.website.print.models import Layout


def test_the_demo_recording_holds_nothing_but_a_short_sound():
    audio = opus.clean_recording(directory.TONE.read_bytes())
    assert audio.content == directory.TONE.read_bytes()
    assert 0 < audio.seconds < 15


@pytest.mark.django_db
def test_a_page_is_heard_and_a_booklet_lies_ready(settings):
    settings.ROOT_URLCONF = "suar.website.public_urls"
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
    cast = casting.gather(at=clock.now())
    directory.load(at=clock.now())
    cast.players["dewi"] = casting.join(cast.pelita, "dewi", "Dewi", Role.DIRECTORY_EDITOR, at=clock.now())
    directory.publish_recording(cast, at=clock.now())
    editions = directory.make_booklets(cast, at=clock.now())
    [slot] = recordings.list_published("read-1")
    page = Client().get("/en/read/1").content.decode()
    assert f"/en/listen/{slot.id}" in page
    assert "Nobody speaks" not in page
    settings.SUAR_MODE = "demo"
    assert "You hear tones that a program made. Nobody speaks." in (Client().get("/en/read/1").content.decode())
    for edition, language in zip(editions, ("en", "id"), strict=True):
        assert queries.get_pdf(edition, Layout.A5).startswith(b"%PDF")
        assert f"/{language}/booklets/{edition}/" in (Client().get(f"/{language}/booklets").content.decode())


HEARD = """async (bytes) => {
  const context = new OfflineAudioContext(1, 16000, 16000);
  const sound = await context.decodeAudioData(Uint8Array.from(bytes).buffer);
  const wave = sound.getChannelData(0), tone = 5760;
  return [...Array(8).keys()].map((number) => {
    let rises = 0;
    for (let at = number * tone + 1; at < (number + 1) * tone; at += 1) {
      if (wave[at - 1] < 0 && wave[at] >= 0) rises += 1;
    }
    return rises / (tone / 16000);
  });
}"""
"""Counts how often in a second the wave of each tone rises."""
