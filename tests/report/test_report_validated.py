"""The first screen says whether the matcher was checked on this study, and corrected values come before raw ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from normscope.records import Card, Estimate, Kind, NotMeasured, Responder, Score
from normscope.report import ReportData, page
from normscope.report.headline import headline
from normscope.report.lookup import Lookup
from normscope.report.pairs import MAIN, columns_of, pair_table
from normscope.report.text import basis_of
from normscope.report.validated import validated
from tests.report.frames import frames

pytestmark = pytest.mark.usefixtures("undrawn")

TOO_FEW = NotMeasured("7 labelled comparisons that people could decide; at least 50 are needed")
MODEL, PERSON = Responder("m", Kind.MODEL, "local:m"), Responder("h", Kind.HUMAN)


def made(metric: str, value: float | NotMeasured, *, n_labels: int = 0, method: str = "bootstrap", n: int = 40) -> Estimate:
    low, high = (value, value) if isinstance(value, NotMeasured) else (value - 0.1, value + 0.1)
    return Estimate(
        metric, "model–human", "m", "people", "all", value, low, high, 0.95, method, "dilemmas like these", n, n_labels=n_labels
    )


def study(*further: Estimate, card: Card | NotMeasured | None = None, gold_labels: int = 0) -> ReportData:
    estimates = [made("stated", 0.8), made("explicit", 0.7), made("distance_to_ceiling", 0.3), *further]
    why = card or NotMeasured("nobody validated it")
    return ReportData("T", "t", "0", 0, [], [MODEL, PERSON], **frames(), estimates=estimates, card=why, gold_labels=gold_labels)


PPI = "PPI++, Student's t over clusters [lambda 0.71; 213 labelled comparisons]"
CORRECTED = (
    made("stated_corrected", 0.6, n_labels=213, method=PPI, n=39),
    made("distance_to_ceiling_corrected", -0.2, n_labels=300, method="difference of two corrected rates, Student's t"),
)


def first_screen(data: ReportData) -> str:
    return page(data).split('id="summary-h"')[1].split("</section>")[0]


def test_without_labels_the_headline_says_so() -> None:
    assert "Matcher not validated on this study" in first_screen(study())
    # a card on pairs that came with normscope does not validate the matcher here
    card = Card("lexical", "pairs the project wrote", 0.95, Score(99, 0.9, 0.8, 0.95, 0.9, 0.8, 0.7, 0.9))
    assert "Matcher not validated on this study" in first_screen(study(card=card))


def test_with_labels_that_do_not_suffice_it_says_why() -> None:
    few = study(made("stated_corrected", TOO_FEW, n_labels=7), gold_labels=7)
    assert validated(few) == f"Not corrected for the matcher's errors: {TOO_FEW.reason}."
    assert "none of the 30 labels is of a comparison that was drawn" in validated(study(gold_labels=30))


def test_where_only_wholes_could_be_corrected_no_model_seems_to_be() -> None:
    few = made("stated_corrected", TOO_FEW, n_labels=7)
    whole = replace(made("stated_corrected", 0.6, n_labels=76), responder_id="", target_id="")
    said = validated(study(few, whole, gold_labels=76))
    assert said.startswith("No model's stated agreement with people could be corrected for the matcher's errors (7 labelled")
    assert "with up to 76 labelled comparisons" in said


def test_corrected_values_come_first_and_the_raw_ones_beside_them() -> None:
    data = study(*CORRECTED, gold_labels=400)
    found = Lookup(data.estimates)
    assert "with up to 300 comparisons of this study that people labelled" in validated(data)
    (row,) = headline(data, found)
    assert row.corrected is CORRECTED[0]
    # raw, the model stands above the ceiling; corrected, below it
    assert (row.distance, row.standing) == (CORRECTED[1], "below the ceiling")
    screen = first_screen(data)
    assert screen.index("Stated, corrected") < screen.index(">Stated<")
    assert screen.index("0.60 ") < screen.index("0.80 ")
    assert "not validated on this study" not in screen.split("How far the matcher")[0]
    main, _ = columns_of(data)
    assert [c.metric for c in main[:3]] == ["stated_corrected", "stated", "explicit"]
    table = pair_table(data, found, main)
    assert table.groups[0].rows[0].n == 40  # of the raw value


def test_explicit_agreement_too_is_corrected_first() -> None:
    judged = made("explicit_corrected", 0.45, n_labels=60, method=PPI)
    data = study(*CORRECTED, judged, gold_labels=400)
    (row,) = headline(data, Lookup(data.estimates))
    assert row.explicit_corrected is judged
    screen = first_screen(data)
    assert screen.index("Explicit, corrected") < screen.index(">Explicit<")
    assert screen.index("0.45 ") < screen.index("0.70 ")
    assert "Explicit, corrected" not in first_screen(study(*CORRECTED, gold_labels=400))


def test_without_corrections_the_columns_stay() -> None:
    assert columns_of(study())[0] == MAIN
    few = replace(study(), estimates=[made("stated", 0.8), made("stated_corrected", TOO_FEW, n_labels=7)])
    main, _ = columns_of(few)
    table = pair_table(few, Lookup(few.estimates), main)
    assert [c.metric for c in table.columns] == ["stated"]
    assert f"Stated, corrected: not measured ({TOO_FEW.reason})." in table.missing


def test_what_is_of_one_number_stays_out_of_captions() -> None:
    others = [replace(CORRECTED[0], method=PPI.replace("0.71", "0.32"))]
    assert basis_of([CORRECTED[0], *others]).count("PPI++, Student's t over clusters") == 1
