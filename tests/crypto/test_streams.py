"""Files: whole, in order and by the right key, or not at all."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.crypto.kdf import random_key
from suar.crypto.pairs import BoxPair
from suar.crypto.streams import CHUNK_BYTES, Recipient, open_file, seal_file
from suar.crypto.values import SealBroken, UnknownSuite

KEY = bytes(range(32))
PAIR = BoxPair.new()
SEALED_CHUNK = CHUNK_BYTES + 17
HEAD = 2 + 24
HEAD_TO_PUBLIC = HEAD + 80
EDGES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 200_000]


class Drip(io.BytesIO):
    """A reader that gives at most 1,000 bytes at a time, as a socket may."""

    def read(self, size=-1, /):
        return super().read(min(size, 1000))


def sealed(content, key=KEY, label=""):
    writer = io.BytesIO()
    seal_file(key, io.BytesIO(content), writer, label=label)
    return writer.getvalue()


def read_stream(whole, key=KEY, label=""):
    writer = io.BytesIO()
    open_file(key, io.BytesIO(whole), writer, label=label)
    return writer.getvalue()


def three_chunks():
    """Return a sealed file of three chunks as its head and its chunks."""
    whole = sealed(b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c" * CHUNK_BYTES)
    starts = range(HEAD, len(whole), SEALED_CHUNK)
    return whole[:HEAD], [whole[start : start + SEALED_CHUNK] for start in starts]


@pytest.mark.parametrize("length", EDGES)
@pytest.mark.parametrize(("to", "by"), [(KEY, KEY), (Recipient(PAIR.public), PAIR)])
def test_a_file_of_any_length_comes_back(length, to, by):
    content = bytes(length)
    assert read_stream(sealed(content, to, "photo"), by, "photo") == content


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=3000), st.text("a |\0\u00e9"))
def test_a_file_comes_back_under_its_label_only(content, label):
    whole = sealed(content, label=label)
    assert read_stream(whole, label=label) == content
    with pytest.raises(SealBroken):
        read_stream(whole, label=label + "x")


def test_a_reader_that_gives_little_at_a_time_changes_nothing():
    content, writer, back = bytes(CHUNK_BYTES + 500), io.BytesIO(), io.BytesIO()
    seal_file(KEY, Drip(content), writer)
    assert len(writer.getvalue()) == len(sealed(content))
    open_file(KEY, Drip(writer.getvalue()), back)
    assert back.getvalue() == content


@pytest.mark.parametrize("chunks", range(3))
def test_a_file_cut_at_any_chunk_is_refused(chunks):
    head, parts = three_chunks()
    with pytest.raises(SealBroken):
        read_stream(head + b"".join(parts[:chunks]))


@pytest.mark.parametrize(("to", "by"), [(KEY, KEY), (Recipient(PAIR.public), PAIR)])
def test_a_file_cut_anywhere_is_refused(to, by):
    whole = sealed(b"Amina was here.", to)
    assert read_stream(whole, by) == b"Amina was here."
    for length in range(len(whole)):
        with pytest.raises(SealBroken):
            read_stream(whole[:length], by)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (2, 0, 1), (0, 0, 1, 2), (0, 2), (1, 2)])
def test_chunks_moved_repeated_or_left_out_are_refused(order):
    head, parts = three_chunks()
    with pytest.raises(SealBroken):
        read_stream(head + b"".join(parts[place] for place in order))


def test_chunks_in_their_order_are_accepted():
    head, parts = three_chunks()
    assert len(read_stream(head + b"".join(parts))) == 3 * CHUNK_BYTES


@pytest.mark.parametrize("more", [b"\0", bytes(17), bytes(SEALED_CHUNK)])
def test_bytes_after_the_end_are_refused(more):
    with pytest.raises(SealBroken):
        read_stream(sealed(b"Amina") + more)


def test_bytes_after_a_full_last_chunk_are_refused():
    whole = sealed(bytes(CHUNK_BYTES))
    assert read_stream(whole) == bytes(CHUNK_BYTES)
    for more in (b"\0", whole):
        with pytest.raises(SealBroken):
            read_stream(whole + more)


def test_two_files_joined_are_refused():
    with pytest.raises(SealBroken):
        read_stream(sealed(b"Amina") + sealed(b"Ben"))


@pytest.mark.parametrize(("to", "by"), [(KEY, KEY), (Recipient(PAIR.public), PAIR)])
def test_a_file_with_any_byte_altered_is_refused(to, by):
    whole = sealed(b"Amina was here.", to)
    for place in range(len(whole)):
        altered = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises(SealBroken):
            read_stream(altered, by)


def test_a_chunk_of_another_file_under_the_same_key_is_refused():
    one, other = sealed(b"one"), sealed(b"two")
    with pytest.raises(SealBroken):
        read_stream(one[:HEAD] + other[HEAD:])


def test_another_key_opens_nothing():
    with pytest.raises(SealBroken):
        read_stream(sealed(b"Amina"), random_key())
    with pytest.raises(SealBroken):
        read_stream(sealed(b"Amina", Recipient(PAIR.public)), BoxPair.new())


def test_a_file_sealed_in_one_way_does_not_open_in_the_other():
    with pytest.raises(SealBroken):
        read_stream(sealed(b"Amina"), PAIR)
    with pytest.raises(SealBroken):
        read_stream(sealed(b"Amina", Recipient(PAIR.public)), KEY)


def test_an_unknown_suite_is_refused_by_name():
    with pytest.raises(UnknownSuite):
        read_stream(b"\x02" + sealed(b"Amina")[1:])


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), Recipient(bytes(31))])
def test_a_key_that_cannot_be_used_is_refused(key):
    with pytest.raises(ValueError, match="32 bytes"):
        sealed(b"Amina", key)


def test_a_key_of_another_length_does_not_open():
    with pytest.raises(ValueError, match="32 bytes"):
        read_stream(sealed(b"Amina"), bytes(31))


def test_a_chunk_costs_17_bytes_and_a_file_26_or_106():
    assert CHUNK_BYTES == 65536
    assert len(sealed(b"")) == HEAD + 17
    assert len(sealed(b"", Recipient(PAIR.public))) == HEAD_TO_PUBLIC + 17
    assert len(sealed(bytes(CHUNK_BYTES + 1))) == HEAD + CHUNK_BYTES + 1 + 2 * 17
