"""What the pages of the talk say: whole in Indonesian, kind in both languages, calm to look at."""

import ast
import re
from collections.abc import Iterator

import polib
import pytest

from suar.accounts.models import Worker
from tests.house.reading import SUAR, tree
from tests.screening.conversing import NEAR, SAFE, STRONG_END, UNABLE, Conversation, text

SCREENING = SUAR / "screening"
TAG = re.compile(r"""{% translate (?P<quote>["'])(?P<words>.*?)(?P=quote)""")
BLOCK = re.compile(r"{% blocktranslate[^%]*%}(.*?){%", re.DOTALL)
UNKIND = re.compile(
    r"\b(victim\w*|suspect\w*|illegal\w*|rescue\w*|client\w*|beneficiar\w*"
    r"|korban|tersangka|ilegal|penyelamatan|klien)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"\b(STOP|ND|SG|SF|CN|RS|KEEP|AD|CH|BR|MS|TI)_?[A-Z0-9]{2,}\b|%\(")


def asked_for() -> Iterator[str]:
    """Yield every wording that a template or a form of the talk has translated."""
    for path in SCREENING.rglob("*.html"):
        source = path.read_text("utf-8")
        yield from (match["words"] for match in TAG.finditer(source))
        yield from (re.sub(r"{{ (\w+) }}", r"%(\1)s", match) for match in BLOCK.findall(source))
    for path in (SCREENING / "forms.py", *(SCREENING / "views").glob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                yield ast.literal_eval(node.args[0])


def test_every_text_of_the_pages_is_translated() -> None:
    catalogue = polib.pofile(str(SCREENING / "locale" / "id" / "LC_MESSAGES" / "django.po"))
    wording = {entry.msgid for entry in catalogue if entry.translated()}
    wanted = set(asked_for())
    assert len(wanted) > 60
    assert wanted - wording == set()
    assert wording - wanted == set(), "words that no page asks for any more"


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_page_of_a_talk_shows_an_unkind_word_or_a_code(talk: Conversation, services: None, language: str) -> None:
    Worker.objects.filter(id=talk.player.id).update(language=language)
    bad = Conversation.begun_by(talk.player)
    pages = [talk.post("SAFE", **NEAR), talk.ways_to_stop()]
    talk.walk(NEEDS={"n-ND_PAIN": "YES", "n-ND_PAIN-acted": "TRIED"})
    pages += [talk.page(step) for step in ("SAFE", "NEEDS", "AGE", "CONSENT", "SIGNS", "WRITE")]
    pages += [talk.sum_up(), talk.end(**STRONG_END, name="x")]
    bad.post("SAFE", **SAFE, stop="STOP_WITHDRAWN")
    pages += [bad.sum_up(), bad.client.get(bad.end(**UNABLE)["Location"])]
    for page in pages:
        page_text = re.sub(r"<[^>]*>", " ", text(page))
        assert not UNKIND.search(page_text)
        assert not CODE.search(page_text), CODE.search(page_text)
        assert f'<html lang="{language}"' in text(page)
