"""An editor brings recordings for the public site, with the usual mistakes."""

from pathlib import Path

from tests.stories.page_checks import Looker

TONE = Path(__file__).parent.parent / "directory" / "sounds" / "tone.ogg"


def bring_recordings(hadi: Looker) -> None:
    """Bring what is no sound, then a sound."""
    for name, content in (("a.mp3", b"no sound"), ("a.ogg", TONE.read_bytes())):
        hadi.go("/directory/recordings")
        tone = {"name": name, "mimeType": "audio/ogg", "buffer": content}
        hadi.page.locator('input[type="file"]').set_input_files(tone)
        hadi.go_on()
