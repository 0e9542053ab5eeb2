"""An editor brings recordings and corrects words of the public door, with the usual mistakes."""

from pathlib import Path

from tests.stories.looking import Looker

TONE = Path(__file__).parent.parent / "directory" / "sounds" / "tone.ogg"
WORDS = 'msgid ""\nmsgstr "Language: vi\\n"\n\nmsgid "Leave this page now"\nmsgstr "{}"\n'


def bring_recordings(hadi: Looker) -> None:
    """Bring what is no sound, then a sound."""
    for name, content in (("a.mp3", b"no sound"), ("a.ogg", TONE.read_bytes())):
        hadi.go("/directory/recordings")
        tone = {"name": name, "mimeType": "audio/ogg", "buffer": content}
        hadi.page.locator('input[type="file"]').set_input_files(tone)
        hadi.go_on()


def correct_words(hadi: Looker) -> None:
    """Say a text otherwise, first wrongly, and leave it; bring three files and take none over."""
    hadi.go("/words/vi?text=Leave+this+page+now")
    hadi.press('main .list a[href*="/text/"]')
    for said in ("<b>", "Đi khỏi đây ngay"):
        hadi.page.locator('textarea[name="said_0"]').fill(said)
        hadi.press("main form button:not([name])")
    hadi.press('button[name="act"][value="publish"]')
    hadi.page.locator('input[name="ticked"]').check(force=True)
    hadi.press('button[name="act"][value="take_back"]')
    for content in ("no words", WORDS.format("<b>"), WORDS.format("Đi ngay")):
        hadi.go("/words")
        file = {"name": "vi.po", "mimeType": "text/plain", "buffer": content.encode()}
        hadi.page.locator('input[type="file"]').set_input_files(file)
        hadi.go_on()
    hadi.press('button[name="answer"][value="no"]')
