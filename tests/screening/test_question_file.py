"""A question file: what is written is read back, and whatever is wrong is refused by its place."""

import json
import re
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from suar.core.codes import code_list
from suar.screening.rules import question_changes as changing
from suar.screening.rules import question_file
from suar.screening.rules.question_changes import AddedQuestion, Changes, RewordedQuestion, write_changes
from suar.screening.rules.question_file import MAX_BYTES, InvalidFile, number_own_questions, read_file
from tests.screening.editing import (
    BASES,
    FULL,
    NO_CHANGES,
    OWN,
    OWN_OF_BOTH,
    PAY,
    SHORT,
    WATER,
    changed,
    edited_in,
    moved,
    reword,
    with_own,
    without,
)
from tests.screening.editing import words as in_both

few = settings(max_examples=12, deadline=None)
DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = Draft202012Validator(json.loads((DOCS / "question-file-1.json").read_text("utf-8")))
EXAMPLE = moved(
    SHORT,
    without(with_own(reword(SHORT, NO_CHANGES, "SG_PAID", PAY), OWN), "SG_PROMISE"),
    "SG_PAID",
    places=1,
)
ROWS = [row["question"] for row in question_file.write_file(SHORT, EXAMPLE)["questions"]]


def file_of(base=SHORT, changes=EXAMPLE):
    return question_file.write_file(base, changes)


def as_bytes(document):
    return json.dumps(document).encode()


def read(document, base=SHORT):
    """Return the changes in a file (None if it is refused), and its faults."""
    return read_bytes(as_bytes(document), base)


def read_bytes(content, base=SHORT):
    try:
        return read_file(content, base), ()
    except InvalidFile as invalid:
        return None, invalid.faults


def wrong(content, base=SHORT):
    """Return what is said of a file that must be refused: row, question, field and code."""
    with pytest.raises(InvalidFile) as invalid:
        read_file(content, base)
    return {(fault.row, fault.question, fault.field, fault.code) for fault in invalid.value.faults}


@few
@given(changed())
def test_any_changes_survive_writing_and_reading_a_file(form_and_changes):
    base, changes = BASES[form_and_changes[0]], form_and_changes[1]
    file = question_file.write_file(base, changes)
    SCHEMA.validate(file)
    result, faults = read(file, base)
    if changing.apply(base, changes) == changing.apply(base, NO_CHANGES):
        assert {fault.code for fault in faults} == {"WRONG_NOTHING_CHANGED"}
        return
    assert faults == ()
    assert question_file.write_file(base, result) == file
    ours, theirs = (changing.apply(base, item) for item in (changes, result))
    assert ours["steps"] == theirs["steps"]
    assert not any(question_file.check(base, result))


@few
@given(changed(), st.data())
def test_a_removed_repeated_or_moved_row_is_a_fault_or_a_change(form_and_changes, data):
    base, document = (
        BASES[form_and_changes[0]],
        question_file.write_file(BASES[form_and_changes[0]], form_and_changes[1]),
    )
    rows = document["questions"]
    place = data.draw(st.integers(0, len(rows) - 1))
    act = data.draw(st.sampled_from(["double", "drop", "end"]))
    row = deepcopy(rows[place])
    if act != "double":
        rows.remove(row)
    if act != "drop":
        rows.append(row)
    result, faults = read(document, base)
    if act == "double" or (act == "drop" and not row["question"].startswith("OWN_")):
        assert row["question"] in {fault.question for fault in faults}
    elif result is not None:
        steps = changing.apply(base, result)["steps"]
        assert [step["code"] for step in steps] == [item["code"] for item in base["steps"]]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@few
@given(st.data(), JUNK)
def test_any_replaced_value_is_refused_or_valid(data, junk):
    document = file_of()
    node = document
    while isinstance(node, dict | list) and node:
        keys = sorted(node) if isinstance(node, dict) else range(len(node))
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(node[key], dict | list) or data.draw(st.booleans()):
            node[key] = junk
            break
        node = node[key]
    result, faults = read(document)
    assert (result is None) is bool(faults)
    if result is not None:
        assert question_file.check(SHORT, result) == ()


@few
@given(st.binary(max_size=200))
def test_random_bytes_are_refused(content):
    assert read_bytes(content)[0] is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FILE_NOT_JSON"),
        (b"{", "FILE_NOT_JSON"),
        (b"PK\x03\x04", "FILE_NOT_JSON"),
        (b"\xff\xfe{\x00}\x00", "FILE_NOT_TEXT"),
        (b"a,b\n1,2", "FILE_NOT_JSON"),
        (b"[" * 140_000, "FILE_TOO_DEEP"),
        (b'{"a":' * 25_000, "FILE_TOO_DEEP"),
        (b" " * (MAX_BYTES + 1), "FILE_TOO_BIG"),
        (b"NaN", "FILE_NOT_JSON"),
        (b"9" * 140_000, "FILE_NOT_JSON"),
        (b'{"kind": "a\x00"}', "FILE_NOT_JSON"),
        (b'{"kind": 1, "kind": 2}', "FILE_REPEATED_KEY"),
        (b"[]", "FILE_NOT_A_SET"),
        (b"null", "FILE_NOT_A_SET"),
        (b'{"kind": "suar-people"}', "FILE_NOT_A_SET"),
        (b'{"kind": "suar-questions"}', "FILE_OTHER_FORMAT"),
        (b'{"kind": "suar-questions", "format": 1}', "FILE_MISSING_KEY"),
    ],
)
def test_a_file_that_is_no_question_file_is_refused_as_a_whole(content, code):
    assert wrong(content) == {(0, "", "", code)}


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ({"format": 2}, "FILE_OTHER_FORMAT"),
        ({"format": "1"}, "FILE_OTHER_FORMAT"),
        ({"format": True}, "FILE_OTHER_FORMAT"),
        ({"form": "full"}, "FILE_OTHER_FORM"),
        ({"form": ["short"]}, "FILE_OTHER_FORM"),
        ({"shipped": 0}, "FILE_OTHER_SHIPPED"),
        ({"shipped": 4}, "FILE_OTHER_SHIPPED"),
        ({"shipped": 3.0}, "FILE_OTHER_SHIPPED"),
        ({"questions": {}}, "FILE_WRONG_KIND"),
        ({"note": "x"}, "FILE_UNKNOWN_KEY"),
        ({"questions": [{}] * 201}, "FILE_TOO_MANY_ROWS"),
    ],
)
def test_a_file_for_something_else_is_refused_before_its_rows_are_read(head, code):
    assert wrong(as_bytes({**file_of(), **head})) == {(0, "", "", code)}


def row_of(place, /, **document):
    """Return the example with something else in the row of a question, and its number."""
    file = file_of()
    place = ROWS.index(place)
    file["questions"][place] |= document
    return as_bytes(file), place + 1


def words(en="Was the pay fair?", id="Apakah upahnya adil?", **more):
    return {"en": en, "id": id, **more}


@pytest.mark.parametrize(
    ("question", "document", "field", "code"),
    [
        ("SG_PAID", {"text": words(en="Can you prove it?")}, "text_en", "NA_PROVE"),
        ("SG_PAID", {"text": words(id="Apa buktinya?")}, "text_id", "NA_PROVE"),
        ("SG_PAID", {"child": words(id="Mengapa kamu mau?")}, "child_id", "NA_WHY_STAY"),
        ("OWN_1", {"text": words(en="Bisakah kamu buktikan?")}, "text_en", "NA_PROVE"),
        ("SG_PAID", {"text": words(id=" ")}, "text_id", "WRONG_EMPTY"),
        ("SG_PAID", {"text": words(en="x" * 241)}, "text_en", "WRONG_TOO_LONG"),
        ("SG_PAID", {"text": words(en="P\u0430y?")}, "text_en", "STRANGE_LETTERS"),
        ("SG_PAID", {"text": words(en="Pay\x00?")}, "text_en", "WRONG_HIDDEN"),
        ("SG_PAID", {"text": words(en="\u202eyaP?")}, "text_en", "WRONG_HIDDEN"),
        ("SG_PAID", {"text": words(id="Up\u2066ah?")}, "text_id", "WRONG_HIDDEN"),
        ("SG_PAID", {"text": words(id="Up\u200bah?")}, "text_id", "WRONG_HIDDEN"),
        ("SG_PAID", {"text": words(id="Up\ud800ah?")}, "text_id", "WRONG_HIDDEN"),
        ("SG_PAID", {"text": words(en="<script>x</script>")}, "text_en", "WRONG_MARKS"),
        ("SG_PAID", {"text": words(en="\uff1cimg src=x\uff1e")}, "text_en", "WRONG_MARKS"),
        ("SG_PAID", {"text": words(en="{{ pay }}")}, "text_en", "WRONG_MARKS"),
        ("SG_PAID", {"text": words(en='=HYPERLINK("x")')}, "text_en", "WRONG_FORMULA"),
        ("SG_PAID", {"text": words(id="\uff1d1+1")}, "text_id", "WRONG_FORMULA"),
        ("SG_PAID", {"text": words(id="\t@SUM(A1)")}, "text_id", "WRONG_FORMULA"),
        ("SG_PAID", {"child": None}, "child_en", "WRONG_EMPTY"),
        ("OWN_1", {"sign": "I_NONE"}, "sign", "WRONG_UNKNOWN_SIGN"),
        ("OWN_1", {"theme": "NONE"}, "theme", "WRONG_UNKNOWN_THEME"),
        ("SF_NEAR", {"asked": False}, "", "WRONG_STAYS"),
        ("CN_BACK", {"asked": False}, "", "WRONG_STAYS"),
        ("SG_PAID", {"asked": 0}, "", "FILE_WRONG_KIND"),
        ("SG_PAID", {"text": "Pay?"}, "", "FILE_WRONG_KIND"),
        ("SG_PAID", {"text": words(en=1)}, "", "FILE_WRONG_KIND"),
        ("SG_PAID", {"text": {"en": "Pay?"}}, "", "FILE_MISSING_KEY"),
        ("SG_PAID", {"text": words(fr="Paie?")}, "", "FILE_UNKNOWN_KEY"),
        ("SG_PAID", {"stops": "none"}, "", "FILE_UNKNOWN_KEY"),
        ("OWN_1", {"kind": "consent"}, "", "FILE_UNKNOWN_KEY"),
        ("OWN_1", {"sign": None}, "", "FILE_WRONG_KIND"),
        ("OWN_1", {"theme": ["FREEDOM"]}, "", "FILE_WRONG_KIND"),
        ("SF_NEAR", {"child": words()}, "", "FILE_NO_CHILD"),
    ],
)
def test_faults_name_row_question_and_language(question, document, field, code):
    content, number = row_of(question, **document)
    assert (number, question, field, code) in wrong(content)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("RD_SETTING", "FILE_NO_SUCH_QUESTION"),
        ("NONE", "FILE_NO_SUCH_QUESTION"),
        ("Q07", "FILE_NO_SUCH_QUESTION"),
        ("SG_DEBT", "FILE_DOUBLED"),
    ],
)
def test_a_row_with_a_code_of_another_question_is_refused(code, name):
    content, number = row_of("SG_PAID", question=code)
    assert (number, code, "", name) in wrong(content)


@pytest.mark.parametrize("code", ["", "own_1", "OWN_0", "OWN_", "OWN_1 ", "OWN_01", 7, None, "É"])
def test_a_row_without_a_good_code_is_refused(code):
    content, number = row_of("OWN_1", question=code)
    assert number in {row for row, *_ in wrong(content)}
    assert (1, "", "", "FILE_WRONG_KIND") in wrong(as_bytes({**file_of(), "questions": [[]]}))


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("SF_NEAR", "FILE_PROTECTS"),
        ("ND_LIST", "FILE_PROTECTS"),
        ("AG_SAY", "FILE_PROTECTS"),
        ("CN_PURPOSE", "FILE_PROTECTS"),
        ("SG_AFRAID", "FILE_PROTECTS"),
        ("OT_OUTCOME", "FILE_PROTECTS"),
        ("SG_PROMISE", "FILE_NOT_THERE"),
        ("BR_BARRIERS", "FILE_NOT_THERE"),
    ],
)
def test_a_missing_question_is_a_fault_and_a_required_one_has_its_reason(gone, code):
    document = file_of()
    document["questions"] = [row for row in document["questions"] if row["question"] != gone]
    assert (0, gone, "", code) in wrong(as_bytes(document))


def test_without_any_question_each_required_one_is_a_fault():
    codes = {code for _, _, _, code in wrong(as_bytes({**file_of(FULL), "questions": []}), FULL)}
    assert codes == {"FILE_PROTECTS", "FILE_NOT_THERE"}


def test_a_question_may_not_leave_its_step_or_theme():
    document = file_of()
    document["questions"].insert(0, document["questions"].pop())
    assert wrong(as_bytes(document)) == {(1, ROWS[-1], "", "FILE_OUT_OF_PLACE")}
    document = file_of()
    document["questions"].append(document["questions"].pop(ROWS.index("OWN_1")))
    assert {code for *_, code in wrong(as_bytes(document))} == {"FILE_OUT_OF_PLACE"}


def test_more_own_questions_than_may_be_are_refused():
    many = NO_CHANGES
    for _ in range(question_file.MAX_OWN + 1):
        many = with_own(many, OWN)
    assert wrong(as_bytes(file_of(SHORT, many))) == {(0, "", "", "WRONG_TOO_MANY")}


def test_byte_order_mark_and_order_of_keys_do_not_matter():
    document = json.dumps(file_of(), sort_keys=True, indent=3).encode()
    assert read_bytes(b"\xef\xbb\xbf" + document) == read(file_of())


def test_a_question_file_is_read_in_a_moment_whatever_its_size():
    rows = [{"question": f"Q{n}"} for n in range(200)]
    _, faults = read({**file_of(), "questions": rows})
    assert len(faults) == 200 * 3
    assert all(fault.code == "FILE_MISSING_KEY" for fault in faults)


@pytest.mark.parametrize("sign", ["\ufdfa", "tell me ", "how many ", "a ", "\u33af"])
@pytest.mark.parametrize("rows", [1, 40])
def test_the_longest_wordings_are_checked_quickly(sign, rows):
    file = question_file.write_file(FULL, NO_CHANGES)
    most = 100_000 // (rows * len(sign.encode()))
    for row in file["questions"][:rows]:
        row["text"]["en"] = sign * most if rows == 1 else (sign * 240)[: question_file.MAX_CHARACTERS]
    content = json.dumps(file, ensure_ascii=False).encode()
    assert 25_000 < len(content) <= MAX_BYTES
    before = time.process_time()
    read_bytes(content, FULL)
    assert time.process_time() - before < 2


def test_the_longest_form_that_may_be_fits_into_a_file():
    long = in_both("x" * question_file.MAX_CHARACTERS, "y" * question_file.MAX_CHARACTERS)
    changes, themes = NO_CHANGES, question_file.themes_of(FULL)
    for code in edited_in(FULL):
        child = long if "child" in changing.questions_of(FULL)[code] else None
        changes = reword(FULL, changes, code, RewordedQuestion(long, child))
    for _ in range(question_file.MAX_OWN):
        changes = with_own(changes, AddedQuestion("", themes[0], long, long, "I_P_LIVING"))
    document = json.dumps(question_file.write_file(FULL, changes), indent=1).encode()
    assert len(document) < MAX_BYTES
    assert read_file(document, FULL)


KNOWN = {"OWN_1": replace(OWN, code="OWN_1"), "OWN_4": replace(OWN_OF_BOTH, code="OWN_4")}


@pytest.mark.parametrize(
    ("own", "code"),
    [
        (replace(OWN, code="OWN_1"), "OWN_1"),
        (replace(OWN, code="OWN_1", text=in_both("Enough water?", WATER["id"])), "OWN_1"),
        (replace(OWN, code="OWN_1", text=in_both(WATER["en"], "Air cukup?")), "OWN_1"),
        (replace(OWN, code="OWN_1", text=in_both("Enough?", "Cukup?")), "OWN_8"),
        (replace(OWN, code="OWN_1", sign=""), "OWN_8"),
        (replace(OWN, code="OWN_1", theme="FEAR"), "OWN_8"),
        (replace(OWN, code="OWN_9"), "OWN_8"),
    ],
)
def test_an_own_question_keeps_its_number_only_if_it_is_known(own, code):
    order = {own.theme: ("SG_LEAVE", own.code, "SG_WORK")}
    result = number_own_questions(Changes(added=(own,), order=order), KNOWN, last=7)
    assert [item.code for item in result.added] == [code]
    assert result.order == {own.theme: ("SG_LEAVE", code, "SG_WORK")}
    assert result.last == max(7, int(code.removeprefix("OWN_")))


def test_two_own_questions_get_different_numbers():
    changes = Changes(added=(AddedQuestion("OWN_8", "FEAR", WATER), replace(OWN, code="OWN_1")))
    result = number_own_questions(changes, KNOWN, last=7)
    assert [item.code for item in result.added] == ["OWN_8", "OWN_1"]
    assert len({item.code for item in result.added}) == 2


def test_the_example_file_of_the_documentation_is_valid():
    result, faults = read(file_of())
    assert write_changes(replace(result, last=1)) == write_changes(EXAMPLE)
    assert faults == ()


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_refusal_has_its_words(language):
    faults = code_list("screening", "file_faults")
    source = Path(question_file.__file__).read_text("utf-8")
    assert set(faults) == set(re.findall(r'"((?:FILE|WRONG)_[A-Z_]+)"', source))
    said = {code: faults.label(code, language).format(detail="x") for code in faults}
    assert len(set(said.values())) == len(said)
    assert all("x" in said[code] for code in ("FILE_UNKNOWN_KEY", "FILE_OTHER_SHIPPED"))


def test_the_page_on_the_format_shows_what_is_read():
    page = (DOCS / "question-file.md").read_text("utf-8")
    blocks = [json.loads(part.partition("```")[0]) for part in page.split("```json\n")[1:]]
    assert [set(block) for block in blocks] == [
        set(question_file.ShippedRow.model_fields),
        set(question_file.OwnRow.model_fields),
    ]
    document = file_of()
    for block in blocks:
        document["questions"][ROWS.index(block["question"])] = block
    assert read(document)[1] == ()
    for key in question_file.QuestionFile.model_fields:
        assert f"| `{key}` " in page
    assert f"{MAX_BYTES // 1000} kB" in page
