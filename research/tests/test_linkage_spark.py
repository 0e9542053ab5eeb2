"""What Spark is told when it is started, with a stand-in for pyspark: no Java and no waiting.

Everything else is as it is: ours, and splink's own way to Spark. That Spark finds what DuckDB
finds is shown by `./suar prove spark`.
"""

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from suar_research import linkage
from suar_research.cli.main import main
from suar_research.linkage import clear, engines, likeness, schema, spark_settings
from suar_research.linkage.schema import NAMES_AND_BIRTH
from support import linkage_world as world

OURS = "suar_research.linkage.spark"
LOADED_WITH_IT = ("pyspark", "splink.backends.spark", "splink.internals.spark", OURS)


class Session:
    """Spark as it is asked: a builder, what it builds, and its context, all in one."""

    version = "4.1.0"

    def __init__(self):
        self.told, self.likenesses, self.starts, self.stopped = {}, {}, True, 0
        self.sparkContext = self.udf = self.catalog = self

    def master(self, where):
        return self.noted(master=where)

    def appName(self, name):
        return self.noted(name=name)

    def config(self, *, map):
        return self.noted(settings=map)

    def noted(self, **told):
        self.told |= told
        return self

    def getOrCreate(self):
        if not self.starts:
            raise RuntimeError("Java gateway process exited before sending its port number")
        return self

    def setCheckpointDir(self, folder):
        self.noted(checkpoints=folder)

    def register(self, name, function):
        self.likenesses[name] = function

    def currentCatalog(self):
        return "spark_catalog"

    def currentDatabase(self):
        return "default"

    def stop(self):
        self.stopped += 1


def forget():
    """Leave nothing loaded that holds the stand-in."""
    for name in [each for each in sys.modules if each.startswith(LOADED_WITH_IT)]:
        del sys.modules[name]
    vars(linkage).pop("spark", None)


@pytest.fixture
def session(monkeypatch):
    """Put the stand-in where pyspark would be, and give what it is asked by."""
    made = Session()
    forget()
    parts = {
        "pyspark": {"__version__": made.version, "__path__": []},
        "pyspark.sql": {
            "SparkSession": SimpleNamespace(builder=made),
            "functions": SimpleNamespace(arrow_udf=lambda function, gives: (function, gives)),
            "__path__": [],
        },
        "pyspark.sql.dataframe": {"DataFrame": type("DataFrame", (), {})},
        "pyspark.sql.utils": {"AnalysisException": type("AnalysisException", (Exception,), {})},
        "pyspark.sql.types": {"DoubleType": object, "StringType": object},
    }
    for name, holds in parts.items():
        module = ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        vars(module).update(holds)
        monkeypatch.setitem(sys.modules, name, module)
    yield made
    forget()


def started(folder="/folder"):
    return importlib.import_module(OURS).started(folder)


def test_spark_is_started_on_this_machine_by_the_settings_and_goes_on_from_one_folder(session):
    with started():
        assert session.told == {
            "master": "local[*]",
            "name": "suar",
            "settings": spark_settings.of("/folder"),
            "checkpoints": "/folder",
        }


def test_the_workers_of_spark_run_the_python_that_runs_here(session):
    with started():
        assert session.sparkContext.pythonExec == sys.executable


def test_spark_is_given_our_likenesses_by_the_names_that_splink_calls(session):
    """By another name its own would be called, or none."""
    levels = [
        level["sql_condition"]
        for each in NAMES_AND_BIRTH.features
        for level in clear._comparison(each).get_comparison("spark").as_dict()["comparison_levels"]
    ]
    called = set(re.findall(r"(\w+)\(", " ".join(levels)))
    with started():
        assert set(session.likenesses) == called == {"jaro_winkler", "damerau_levenshtein"}
        for name, told in session.likenesses.items():
            assert told == (getattr(likeness, name), "double")


def test_splink_works_in_this_session_brings_no_likenesses_of_its_own_and_deals_by_cores(session):
    """Its own would be registered by a word that the stand-in does not know."""
    with started() as api:
        assert type(api).__name__ == "SparkAPI" and api.spark is session
        assert api.num_partitions_on_repartition == spark_settings.PARTS


def test_spark_is_stopped_after_the_block_whatever_happens_in_it(session):
    def fills_the_disk():
        with started():
            assert session.stopped == 0
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        fills_the_disk()
    assert session.stopped == 1


def test_spark_is_stopped_where_it_cannot_be_got_ready(session, monkeypatch):
    monkeypatch.delattr(Session, "register")
    with pytest.raises(AttributeError, match="register"), started():
        pass
    assert session.stopped == 1


def test_the_folder_in_which_spark_writes_is_gone_when_it_has_stopped(session):
    with engines.engine("spark") as api:
        folder = Path(session.told["checkpoints"])
        assert folder.is_dir() and api.spark is session
    assert session.stopped == 1 and not folder.exists()


@pytest.fixture
def words(tmp_path):
    """What two houses ask for, whose words may be seen."""
    (tmp_path / "schema").write_text(schema.written(NAMES_AND_BIRTH), "utf-8")
    whole = world.people(90, seed=4)
    for name, on in {"police": whole[:60], "shelter": whole[30:]}.items():
        (tmp_path / f"{name}.csv").write_text(world.as_csv(on), "utf-8")
    lists = [str(tmp_path / f"{name}.csv") for name in ("police", "shelter")]
    more = ["--schema", tmp_path / "schema", "--out", tmp_path / "counts", "--on", "spark"]
    return ["clear", *lists, *map(str, more)]


def test_without_java_nothing_is_read_or_written_and_the_words_say_what_to_bring(
    session, words, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))
    assert main(["link", *words]) == 2
    said = capsys.readouterr().err
    assert "--on spark cannot be used" in said and "Spark needs Java 17 or newer" in said
    assert "apt-get install default-jre-headless" in said
    assert session.told == {} and not (tmp_path / "counts").exists()


def test_a_spark_that_does_not_start_is_told_in_words_and_nothing_is_written(
    session, words, tmp_path, capsys, monkeypatch
):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"21\"' >&2\n", "utf-8")
    java.chmod(0o700)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    session.starts = False
    assert main(["link", *words]) == 2
    said = capsys.readouterr().err
    assert "--on spark cannot be used" in said and "it could not work: Java gateway" in said
    assert session.stopped == 0 and not (tmp_path / "counts").exists()
