"""Every broken file is a `DataError` that says where and what; nothing else comes out."""

from __future__ import annotations

import json
import os
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from normscope.dilemmas import load, merge
from normscope.dilemmas.lines import MAX_LINE
from normscope.errors import DataError, UsageError

D = '{"dilemma_id": "d1", "text": "What should I do?"}\n'
A = '{"dilemma_id": "d1", "responder_id": "ann", "kind": "human", "text": "Ask her."}\n'
WIDE = "id,text,gpt_label_1,gpt_reason_1\n"
PANEL = (
    "episode_filename,intro_dillema_segment_id_estimation,first_person_dilemma,acceptable_solutions,not_acceptable_solutions\n"
)


@dataclass(frozen=True)
class Bad:
    """A file, and what the message must say: all of `says`, the line and the field where they apply."""

    name: str
    content: bytes | str
    says: tuple[str, ...]
    line: int | None = None
    field: str | None = None


def answer(**values: object) -> str:
    return json.dumps({"dilemma_id": "d1", "responder_id": "ann", "kind": "human", "text": "Ask.", **values}) + "\n"


def dilemma(**values: object) -> str:
    return json.dumps({"dilemma_id": "d1", "text": "What now?", **values}) + "\n"


BAD = {
    # the file as bytes
    "empty": Bad("d.jsonl", "", ("empty",), 1),
    "empty csv": Bad("d.csv", "", ("empty",), 1),
    "only blank lines": Bad("d.jsonl", "\n \n", ("no rows",), 1),
    "only a header": Bad("d.csv", "dilemma_id,text\n", ("no rows",), 1),
    "only a mark": Bad("d.jsonl", b"\xef\xbb\xbf", ("no rows",), 1),
    "utf-16": Bad("d.jsonl", D.encode("utf-16"), ("UTF-16", "Save the file as UTF-8"), 1),
    "utf-16 without mark": Bad("d.csv", "dilemma_id,text\nd1,Hvad nu?\n".encode("utf-16-le"), ("UTF-16", "UTF-8"), 1),
    "utf-32": Bad("d.jsonl", D.encode("utf-32"), ("UTF-8",), 1),
    "latin-1": Bad("d.csv", "dilemma_id,text\nd1,Må jeg?\n".encode("latin-1"), ("byte 5", "not UTF-8", r"\xe5"), 2),
    "nul": Bad("d.jsonl", D.encode() + b'\n{"dilemma_id": "d\0"}\n', ("NUL", "byte 18"), 3),
    "unknown extension": Bad("d.xlsx", D, ("'.xlsx'", ".jsonl", ".parquet")),
    "no extension": Bad("dilemmas", D, ("no extension",)),
    # JSON
    "unterminated json": Bad("d.jsonl", D + '{"dilemma_id": "d2", "text": "What', ("not valid JSON", "column 30"), 2),
    "cut off": Bad("d.jsonl", D + '{"dilemma_id"', ("not valid JSON", "column 14"), 2),
    "not an object": Bad("d.jsonl", D + "[1, 2]\n", ("not an object", "[1, 2]"), 2),
    "two objects": Bad("d.jsonl", D.strip() + " " + D, ("more text", "column 50"), 1),
    "pretty printed": Bad("d.jsonl", json.dumps({"dilemma_id": "d1"}, indent=1), ("one JSON object per line",), 1),
    "NaN": Bad("d.jsonl", '{"dilemma_id": "d1", "text": NaN}', ("NaN",), 1),
    "huge number": Bad("d.jsonl", '{"dilemma_id": ' + "1" * 5000 + "}", ("not usable JSON", "4300 digits"), 1),
    "name twice": Bad("d.jsonl", '{"dilemma_id": "d1", "text": "a", "text": "b"}', ("'text' occurs twice",), 1),
    "nested deeply": Bad("d.jsonl", '{"text": ' + "[" * 200_000, ("nested too deeply",), 1),
    "array not closed": Bad("d.json", f"[{D}", ("array is not closed",), 2),
    "array item": Bad("d.json", f"[{D},\n\n 3]", ("not an object", "Got: 3"), 4),
    "array and more": Bad("d.json", f"[{D}] x", ("more text after the array",), 2),
    "array broken": Bad("d.json", f'[{D},{{"dilemma_id": tru}}]', ("not valid JSON",), 2),
    "large array": Bad("d.json", "[" + " " * MAX_LINE + "]", ("too long",), 1),
    "large array in lines": Bad("d.json", "[" + " " * 9 + "\n" * MAX_LINE + "]", (".jsonl",), 1),
    # CSV
    "open quote": Bad("d.csv", 'dilemma_id,text\nd1,ok\nd2,"What now?\nd3,x\n', ("never closed",), 3),
    "open quote in a long file": Bad("d.csv", 'dilemma_id,text\nd1,"What?\n' + "d2,x\n" * 30_000, ("never closed", "131,072"), 2),
    "quote in the middle": Bad("d.csv", 'dilemma_id,text\nd1,"What" now\n', ("not valid CSV",), 2),
    "row too short": Bad("d.csv", "dilemma_id,text,topic\nd1,What now?\n", ("as many cells", "Got: 2", "3 cells"), 2),
    "row too long": Bad("d.csv", 'dilemma_id,text\n"d1","a\nb"\nd2,Well, what now?\n', ("Got: 3",), 4),
    "header twice": Bad("d.csv", "dilemma_id,text,text\nd1,a,b\n", ("same name",), 1, "text"),
    "nameless column": Bad("d.csv", ",dilemma_id,text\n0,d1,a\n", ("column 1 has no name", "index=False"), 1),
    "too many columns": Bad("d.csv", ",".join(f"c{i}" for i in range(3000)) + "\n", ("too many columns",), 1),
    # Parquet
    "not parquet": Bad("d.parquet", D, ("not a Parquet file", "PAR1")),
    "damaged parquet": Bad("d.parquet", b"PAR1" + b"\x00" * 40 + b"PAR1", ("damaged",)),
    "empty parquet": Bad("d.parquet", b"", ("empty",), 1),
    # columns
    "no format": Bad("d.csv", "name,age\nAnn,3\n", ("none of the known formats", "long:", "wide:", "panel:"), 1),
    "misspelt id": Bad("d.csv", "dilema_id,text\nd1,a\n", ("'dilema_id'", "Did you mean 'dilemma_id'"), 1, "dilemma_id"),
    "misspelt responder": Bad("a.csv", "dilemma_id,reponder_id,text\nd1,ann,a\n", ("'reponder_id'",), 1, "responder_id"),
    "no text": Bad("d.csv", "dilemma_id,txet_of_it\nd1,a\n", ("column is missing",), 1, "text"),
    "field missing later": Bad("d.jsonl", D + '{"dilemma_id": "d2"}\n', ("missing or empty",), 2, "text"),
    # values of a dilemma
    "duplicate id": Bad("d.jsonl", D + "\n" + D, ("already used on line 1",), 3, "dilemma_id"),
    "text is a number": Bad("d.jsonl", dilemma(text=3), ("a number, not text", "Got: 3"), 1, "text"),
    "text is a list": Bad("d.jsonl", dilemma(text=["a"]), ("a list",), 1, "text"),
    "text is blank": Bad("d.jsonl", dilemma(text=" \n"), ("missing or empty",), 1, "text"),
    "text holds nul": Bad("d.jsonl", dilemma(text="a\0"), ("NUL",), 1, "text"),
    "text holds nul, not ascii": Bad("d.jsonl", dilemma(text="å\0"), ("NUL",), 1, "text"),
    "half a character": Bad("d.jsonl", dilemma(text="\ud83d"), ("surrogate",), 1, "text"),
    "half a character further on": Bad("d.jsonl", dilemma(mood=["\ud83d"]), ("surrogate",), 1, "mood"),
    "id is null": Bad("d.jsonl", dilemma(dilemma_id=None), ("missing",), 1, "dilemma_id"),
    "id is true": Bad("d.jsonl", dilemma(dilemma_id=True), ("true or false",), 1, "dilemma_id"),
    "id with space": Bad("d.jsonl", dilemma(dilemma_id="d1 "), ("white space",), 1, "dilemma_id"),
    "id with line break": Bad("d.jsonl", dilemma(dilemma_id="d\n1"), ("line breaks",), 1, "dilemma_id"),
    "id too long": Bad("d.jsonl", dilemma(dilemma_id="d" * 201), ("200",), 1, "dilemma_id"),
    "language": Bad("d.jsonl", dilemma(language="English"), ("BCP-47", "'en'"), 1, "language"),
    "date": Bad("d.jsonl", dilemma(asked_on="31/12/2024"), ("date",), 1, "asked_on"),
    "topic is a number": Bad("d.jsonl", dilemma(topic=1.5), ("not text",), 1, "topic"),
    # values of an answer
    "same draw": Bad("a.jsonl", A + A, ("on line 1", "column 'draw'"), 2, "dilemma_id"),
    "kind": Bad("a.jsonl", answer(kind="robot"), ("'robot'", "human, model, llm"), 1, "kind"),
    "kind is null": Bad("a.jsonl", answer(kind=None), ("missing",), 1, "kind"),
    "two kinds": Bad("a.jsonl", A + answer(dilemma_id="d2", kind="llm"), ("earlier row",), 2, "kind"),
    "two notes": Bad("a.jsonl", A + answer(dilemma_id="d2", responder_note="x"), ("another note",), 2, "responder_note"),
    "draw is text": Bad("a.jsonl", answer(draw="first"), ("'first'", "whole number"), 1, "draw"),
    "draw is a half": Bad("a.jsonl", answer(draw=0.5), ("0.5",), 1, "draw"),
    "draw is true": Bad("a.jsonl", answer(draw=True), ("whole number",), 1, "draw"),
    "draw is negative": Bad("a.jsonl", answer(draw=-1), ("whole number",), 1, "draw"),
    "run is endless": Bad("a.jsonl", '{"dilemma_id":"d","responder_id":"a","text":"x","run":1e999}', ("inf",), 1, "run"),
    "outcome": Bad("a.jsonl", answer(outcome="maybe"), ("answered, refused, empty, failed",), 1, "outcome"),
    "answered nothing": Bad("a.jsonl", answer(text=None, outcome="answered"), ("neither text",), 1, "outcome"),
    "empty with text": Bad("a.jsonl", answer(outcome="empty"), ("has a text",), 1, "outcome"),
    "refused and coded": Bad("a.jsonl", answer(outcome="refused", verdict="No"), ("coded",), 1, "outcome"),
    "verdict is a number": Bad("a.jsonl", answer(verdict=0.5), ("not text",), 1, "verdict"),
    "coded twice": Bad("a.jsonl", answer(verdict="No", accepted=["No"]), ("twice",), 1, "verdict"),
    "main elsewhere": Bad("a.jsonl", answer(accepted=["No"], main="Yes"), ("not among",), 1, "main"),
    "list of numbers": Bad("a.jsonl", answer(accepted=["a", 1]), ("not text", "1"), 1, "accepted"),
    "list is a table": Bad("a.jsonl", answer(rejected={"a": 1}), ("not a list",), 1, "rejected"),
    "list is words": Bad("a.csv", "dilemma_id,responder_id,text,accepted\nd,a,x,Ask her\n", ("JSON or Python",), 2, "accepted"),
    "list is code": Bad("a.jsonl", answer(accepted="[__import__('os').system('true')]"), ("JSON or Python",), 1, "accepted"),
    "list lost a comma": Bad("a.jsonl", answer(accepted="['a' 'b']"), ("JSON or Python",), 1, "accepted"),
    "list is nested": Bad("a.jsonl", answer(accepted="[" * 90_000 + "]" * 90_000), ("JSON or Python",), 1, "accepted"),
    "list is long": Bad("a.jsonl", answer(accepted="['" + "a" * 200_000 + "']"), ("longer than 200,000",), 1, "accepted"),
    "list with a bad escape": Bad("a.jsonl", answer(accepted=r"['\x']"), ("Python list",), 1, "accepted"),
    # wide and panel
    "wide duplicate": Bad("w.csv", WIDE + "1,a,NTA,x\n1,b,NTA,x\n", ("already used on line 2",), 3, "id"),
    "wide without text": Bad("w.csv", WIDE + "1,,NTA,x\n", ("missing or empty",), 2, "text"),
    "wide same column": Bad("w.csv", "id,text,g_label_1,g_label_01\n1,a,x,y\n", ("same as 'g_label_1'",), 1, "g_label_01"),
    "wide new column": Bad(
        "w.jsonl", '{"id":1,"text":"a","g_label_1":"x"}\n{"id":2,"text":"b","g_label_2":"y"}', ("first row",), 2, "g_label_2"
    ),
    "panel list": Bad("p.csv", PANEL + "e1,1,Hvad nu?,Snak,[]\n", ("JSON or Python",), 2, "acceptable_solutions"),
    "panel without text": Bad("p.csv", PANEL + "e1,1,,[],[]\n", ("missing or empty",), 2, "original_dilemma"),
    "panel without episode": Bad("p.csv", PANEL + ",1,Hvad nu?,[],[]\n", ("missing",), 2, "episode_filename"),
    "panel column missing": Bad(
        "p.csv", "first_person_dilemma,acceptable_solutions\na,[]\n", ("column is missing",), 1, "episode_filename"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_named_and_explained(case: Bad, tmp_path: Path) -> None:
    file = tmp_path / case.name
    file.write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode("utf-8", "surrogatepass"))
    with pytest.raises(DataError) as caught:
        load(file)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert all(part in message for part in case.says), message
    assert (caught.value.line, caught.value.field) == (case.line, case.field), message
    assert len(message) < 1_000


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        load(tmp_path / "nowhere.jsonl")
    with pytest.raises(DataError, match="a folder"):
        load(tmp_path)
    with pytest.raises(DataError, match="cannot be reached"):
        load("a\0.jsonl")
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="not an ordinary file"):
        load(pipe)


@pytest.mark.parametrize("name", ["d.jsonl", "d.csv", "d.parquet"])
def test_no_permission_to_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / name
    file.write_text(D)
    file.chmod(0)
    if os.access(file, os.R_OK):  # root may read everything, so the refusal has to be acted

        def refuse(self: Path, *args: object, **kwargs: object) -> None:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        load(file)


def test_a_line_of_50_mb_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    file = tmp_path / "d.jsonl"
    with file.open("wb") as stream:
        stream.write(D.encode() + b'{"dilemma_id": "d2", "text": "')
        for _ in range(50):
            stream.write(b"a" * 1_000_000)
        stream.write(b'"}\n')
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"line 2: the line is too long.*at most 8,388,608 bytes"):
            load(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * MAX_LINE


def test_unknown_formats_and_roles_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text(D)
    with pytest.raises(UsageError, match=r"no format named 'lnog'. Did you mean 'long'\? Known: long, panel, wide"):
        load(file, format="lnog")
    with pytest.raises(UsageError, match=r"no role named 'x'\. Allowed: any, dilemmas, responses"):
        load(file, role="x")
    with pytest.raises(DataError, match="the file holds dilemmas, not responses"):
        load(file, role="responses")


def test_an_answer_for_an_unknown_dilemma_names_its_line(tmp_path: Path) -> None:
    dilemmas, answers = tmp_path / "d.jsonl", tmp_path / "a.jsonl"
    dilemmas.write_text(dilemma(dilemma_id="case-one"))
    answers.write_text(answer(dilemma_id="case-one") + answer(dilemma_id="case-onw"))
    with pytest.raises(DataError, match=r"a.jsonl, line 2, field 'dilemma_id': .*Did you mean 'case-one'\?"):
        merge(load(dilemmas), load(answers))
    with pytest.raises(DataError, match="No dilemmas were loaded"):
        merge(load(answers))


def test_a_damaged_parquet_file_is_a_data_error_wherever_the_damage_is(tmp_path: Path) -> None:
    file = tmp_path / "d.parquet"
    pl.DataFrame({"dilemma_id": ["d1", "d2"], "text": ["What now?", "And then?"]}).write_parquet(file)
    sound = file.read_bytes()
    for at in range(4, len(sound) - 4, 7):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :])
        try:
            load(file)
        except DataError:
            continue  # found out; where the damage hits nothing that is read, the file may also load
