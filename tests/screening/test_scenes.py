"""The written scenes give what they say they give."""

import json
from collections import Counter
from pathlib import Path as FilePath

import pytest

from suar.screening.rules.answers import LATEST, AgeBand, AgeFacts, Answers, Doubt, Path, definition_path, path_of
from suar.screening.rules.draft import BY_WHO, read_draft, write_draft
from suar.screening.rules.instrument import instrument_of
from suar.screening.rules.outcomes import Suggestion, element_values, suggest
from suar.screening.rules.steps import final_stop_code
from tests.screening.talks import AGREED, FULL_SAFE, GUARDED, NO_NEED, SAFE

FILE = FilePath(__file__).parents[1] / "scenes" / "scenes.json"
SCENES = json.loads(FILE.read_text("utf-8"))["scenes"]


def answers_of(scene: dict) -> Answers:
    """Return the answers of a scene: safe, agreed, and ticked as it says."""
    form, age = scene["form"], scene["age"]
    facts = AgeFacts(
        years=age.get("years"),
        band=AgeBand(age.get("band", "UNKNOWN")),
        doubt=Doubt(age.get("doubt", "NO" if age.get("years", 0) >= 18 else "NOT_ASKED")),
    )
    talk = Answers(instrument=form, version=LATEST[form], age=facts)
    path = path_of(talk)
    prompts = [prompt.code for prompt in instrument_of(talk).prompts[path]]
    child = {**GUARDED, "CH_SECOND": "YES"} if path is Path.CHILD and age else {}
    if form != "full":
        child.pop("CH_SECOND", None)
    return Answers(
        instrument=form,
        version=LATEST[form],
        age=facts,
        needs=NO_NEED,
        choices={
            **(FULL_SAFE if form == "full" else SAFE),
            **AGREED,
            BY_WHO: scene.get("by_whom", "THEM"),
            **child,
            **dict.fromkeys(prompts, scene["rest"]),
            **dict.fromkeys(scene["tick"], "YES"),
            **scene.get("choices", {}),
        },
        signs={code: frozenset(kinds) for code, kinds in scene["tick"].items()},
        stopped_by=scene.get("stopped_by"),
    )


def suggested(answers: Answers) -> Suggestion:
    """Sum up as the last page of a talk does."""
    path = path_of(answers)
    return suggest(
        element_values(answers, path), definition_path(answers), final_stop_code(answers), talk=instrument_of(answers)
    )


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene["code"])
def test_a_scene_gives_what_it_says(scene: dict) -> None:
    answers, gives = answers_of(scene), scene["gives"]
    assert final_stop_code(answers) == gives.get("stop")
    assert suggested(answers).outcome == gives["outcome"]
    elements = element_values(answers, path_of(answers))
    for name in ("act", "means", "purpose"):
        assert gives.get(name) in (None, getattr(elements, name).value), name


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene["code"])
def test_a_scene_is_a_talk_that_could_be_written_and_read_again(scene: dict) -> None:
    answers = answers_of(scene)
    again = read_draft(write_draft(answers))
    assert suggested(again) == suggested(answers)


def test_scenes_cover_every_outcome() -> None:
    kinds = Counter(scene["kind"] for scene in SCENES)
    assert len(SCENES) == 20
    assert kinds["not_it"] >= 6
    assert kinds["child"] >= 4
    assert kinds["stopped"] >= 3
    assert len({scene["code"] for scene in SCENES}) == 20
    assert all(scene["said"] and scene["why"] for scene in SCENES)
