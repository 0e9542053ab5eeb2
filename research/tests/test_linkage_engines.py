"""Where splink works: what is missing, what is put on the disk, who could listen."""

import os
import stat
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from suar_research.files import csv_text
from suar_research.linkage import engines, likeness, tokens


def java_that_says(folder, text, *, code=0):
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{text}' >&2\nexit {code}\n", "utf-8")
    java.chmod(0o700)
    return folder


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ('openjdk version "16.0.2" 2021-07-20', True),
        ('openjdk version "17" 2021-09-14', False),
        ('java version "1.8.0_402"', True),
        ('openjdk version "21-ea" 2023-09-19', False),
        ("a Java that does not say how new it is", False),
        ("", False),
    ],
)
@pytest.mark.parametrize("code", [0, 1])
def test_a_java_older_than_seventeen_is_refused_however_it_ends(tmp_path, monkeypatch, text, old, code):
    monkeypatch.setenv("JAVA_HOME", str(java_that_says(tmp_path, text, code=code)))
    wanted = (
        f"Spark needs Java 17 or newer; the one in JAVA_HOME ({tmp_path}) is older: on Debian, "
        "`sudo apt-get install default-jre-headless`"
    )
    assert engines.missing_java() == ([wanted] if old else [])


def test_without_java_home_the_java_of_the_path_is_asked(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    [none] = engines.missing_java()
    assert none.startswith("Spark needs Java 17 or newer, and there is none on the path: on Debian")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    java_that_says(tmp_path, 'openjdk version "11.0.2"')
    [old] = engines.missing_java()
    assert "the one on the path is older" in old


def test_spark_needs_java_and_duckdb_does_not(tmp_path, monkeypatch):
    there = ModuleType("pyspark")
    there.__spec__ = ModuleSpec("pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark", there)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert engines.missing("duckdb") == []
    assert engines.missing("spark") == engines.missing_java() != []


@pytest.mark.parametrize(
    ("engine", "absent", "extra"),
    [
        ("duckdb", ["splink"], "clear"),
        ("duckdb", ["splink", "duckdb"], "clear"),
        ("spark", ["pyspark"], "spark"),
        ("spark", ["duckdb", "pyspark"], "spark"),
    ],
)
def test_all_that_is_missing_is_named_with_both_ways_to_bring_it(monkeypatch, engine, absent, extra):
    for name in absent:
        monkeypatch.setitem(sys.modules, name, None)
    assert engines.missing(engine) == [
        f"{' and '.join(absent)} cannot be found here. Install with "
        f"`./suar extra {extra}`, or, where Suar is a package, with "
        f"`pip install 'suar-research[{extra}]'`"
    ]


def test_what_duckdb_puts_on_the_disk_lies_in_a_folder_for_its_owner_and_is_gone_afterwards():
    with engines.engine("duckdb") as started:
        asked = "select current_setting('temp_directory') as folder"
        [[folder]] = started._con.execute(asked).fetchall()
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
    assert not Path(folder).exists()


def test_spark_cannot_start_without_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ImportError), engines.engine("spark"):
        pass


def test_spark_listens_to_this_machine_alone_and_writes_in_one_folder():
    told = engines.spark_settings("/folder")
    assert told["spark.driver.host"] == told["spark.driver.bindAddress"] == "127.0.0.1"
    assert told["spark.local.dir"] == told["spark.sql.warehouse.dir"] == "/folder"
    assert told["spark.ui.enabled"] is told["spark.ui.showConsoleProgress"] is False
    assert told["spark.log.level"] == "ERROR"


def test_spark_deals_rows_into_as_many_parts_as_there_are_cores():
    told = engines.spark_settings("/folder")
    cores = os.cpu_count()
    assert told["spark.sql.shuffle.partitions"] == told["spark.default.parallelism"] == cores


@pytest.mark.parametrize("bits", [32, 33, 64, 65])
def test_a_word_sets_as_many_bits_as_were_agreed_beyond_one_digest_too(bits):
    """A digest holds 32 numbers; of 32,768 places the same is hardly drawn twice."""
    fewer, all_of_them = (set(tokens._independent(b"siti", (b"k" * 32,), number, 2**15)) for number in (bits - 1, bits))
    assert fewer < all_of_them and len(all_of_them) == bits


def test_a_table_ends_its_lines_alike_on_every_machine():
    assert csv_text([["house", "count"], ["a", 3]]) == "house,count\na,3\n"


def test_likenesses_are_asked_of_one_thread_in_each_of_the_workers_of_spark():
    [[threads]] = likeness._connection().execute("select current_setting('threads')").fetchall()
    assert threads == 1
