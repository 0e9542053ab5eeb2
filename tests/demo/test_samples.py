"""What the invented world lets hear and print: tones that any editor could bring, and a booklet."""

import pytest
from django.conf import settings as configured
from django.test import Client

from suar.booklets import queries
from suar.booklets.terms import Form
from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory, samples, tones
from suar.directory import recordings
from suar.directory.rules import sound


def test_the_tones_are_a_sound_that_an_editor_could_bring():
    read = sound.read(tones.sample())
    assert (read.kind, read.content) == ("mpeg", tones.sample()), "nothing beside the sound"
    assert 5 < read.seconds < 15
    assert len(read.content) < 10_000


@pytest.mark.story
def test_a_browser_hears_the_tones_in_their_order(browser):
    tab = browser.new_context().new_page()
    told = tab.evaluate(HEARD, list(tones.sample()))
    tab.context.close()
    wanted = [13.9 * (line + 0.5) for line in tones.TONES]
    assert [round(hertz) for hertz in told] == pytest.approx(wanted, rel=0.05)


@pytest.mark.django_db
def test_a_page_is_heard_and_a_booklet_lies_ready(settings):
    settings.ROOT_URLCONF = "suar.website.public_urls"
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
    cast = casting.gather(at=clock.now())
    directory.load(by=cast.hadi.id, at=clock.now())
    samples.let_hear(cast, at=clock.now())
    editions = samples.printed(cast, at=clock.now())
    [slot] = recordings.list_published("read-1")
    page = Client().get("/en/read/1").content.decode()
    assert f"/en/listen/{slot.id}" in page
    assert "Nobody speaks" not in page
    settings.SUAR_MODE = "demo"
    assert "You hear tones that a program made. Nobody speaks." in (Client().get("/en/read/1").content.decode())
    for edition, language in zip(editions, ("en", "id"), strict=True):
        assert queries.file_of(edition, Form.A5).startswith(b"%PDF")
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
