"""Nothing is kept without a reason: docs/inventory.md tells it of every column and sealed value."""

from itertools import chain

import pytest
from django.db import models

from tests.house import inventory

TOLD = inventory.reasons()
KINDS = ("plain", "sealed", "key", "digest")
# Stages whose rows belong to the record of a person.
OF_PERSONS = ("vault", "screening", "consent", "referral", "voice", "cases")
# Codes of our own that are too many to be listed as choices of a column.
CODES = {"vault.Value.field", "referral.Link.kdf", "voice.CodeSalt.kdf", "cases.FollowUpSettings.intervals"}
CODES |= {"cases.RetentionSettings.months", "cases.ErasureAsk.reply"}
CODES |= {f"cases.CommunityWork.{name}" for name in ("kind", "place", "result")}
# Words that an organisation says to everybody; no row of these tables belongs to a person's record.
ASKED = {
    "voice.Desk.who_en",
    "voice.Desk.who_id",
    "voice.Desk.days",
    "voice.Hearing.who_en",
    "voice.Hearing.who_id",
    "voice.Hearing.days",
    "voice.Quarter.text_en",
    "voice.Quarter.text_id",
    "screening.QuestionDraft.changes",
    "screening.QuestionSet.changes",
    "screening.QuestionSet.questions",
}
PLAIN_TYPES = (
    models.UUIDField,
    models.DateField,
    models.BooleanField,
    models.IntegerField,
    models.BinaryField,
    models.ForeignKey,
)


def columns():
    for name, model in inventory.every_model().items():
        for field in model._meta.concrete_fields:
            yield f"{name}.{field.name}", field


def takes_free_words(field):
    return not (isinstance(field, PLAIN_TYPES) or field.choices)


def test_every_column_has_a_reason_and_every_reason_a_column():
    names = {name for name in inventory.explained(TOLD) if name.count(".") == 2}
    assert names == set(inventory.every_field())


def test_every_sealed_value_the_source_writes_has_a_reason_and_every_reason_a_value():
    value = inventory.every_value()
    assert {"identity/person", "coded/consent-*", "narrative/do_not"} <= value
    assert set(TOLD["sealed"]["Sealed values of a record"]["values"]) == value


def test_the_page_is_written_from_the_reasons():
    """`python -m tests.house.inventory` writes it anew."""
    assert inventory.page(TOLD) == inventory.PAGE.read_text("utf-8")


def test_every_reason_says_how_it_is_stored():
    tables = TOLD["tables"].values()
    kept = list(chain.from_iterable(table["fields"].values() for table in tables))
    assert {item[0] for item in kept} == set(KINDS)
    assert [item for item in kept if not item[1]] == []


def test_every_span_that_is_named_is_explained_and_none_besides():
    parts = [*TOLD["tables"].values(), *TOLD["sealed"].values()]
    own = chain.from_iterable(
        [item[2:] for item in part.get("fields", {}).values()] + [item[1:] for item in part.get("values", {}).values()]
        for part in parts
    )
    named = {part["kept"] for part in parts} | set(chain.from_iterable(own))
    assert named == set(TOLD["spans"])


def test_no_sealed_column_is_text():
    stored = {
        f"{table}.{field}": kept[0] for table, told in TOLD["tables"].items() for field, kept in told["fields"].items()
    }
    wrong = [name for name, field in columns() if stored[name] != "plain" and not isinstance(field, models.BinaryField)]
    assert wrong == []


def test_no_plain_column_of_a_record_has_free_text():
    free = {
        name
        for name, field in columns()
        if name.startswith(OF_PERSONS) and takes_free_words(field) and name not in CODES | ASKED
    }
    assert free == set()


@pytest.mark.parametrize(("name", "free"), [("accounts.Worker.display_name", True), ("accounts.Worker.role", False)])
def test_the_check_finds_a_column_of_free_text(name, free):
    assert takes_free_words(dict(columns())[name]) is free
