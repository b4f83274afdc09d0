"""Which clauses of a passage are conditions of the advice in it, in sentences that the project wrote."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normscope.extract import advice_in, cues_for, languages


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "If he refuses again, move out.", ["If he refuses again"]),
        ("en", "Move out if he refuses again.", ["if he refuses again"]),
        ("en", "You should call the police if he hits her again, and unless she objects, go with her.", None),
        ("en", "Unless she apologises, keep your distance.", ["Unless she apologises"]),
        ("en", "If it happens again then you should talk to your boss.", ["If it happens again"]),
        ("en", "If he’s still **angry** tomorrow, write him a letter.", ["If he’s still **angry** tomorrow"]),
        ("en", "Lend him the money as long as he signs a contract.", ["as long as he signs a contract"]),
        ("en", "If I were you, I'd tell her.", []),
        ("en", "Ask him if he still wants to come.", []),
        ("en", "Talk to her and see if she agrees.", []),
        ("en", "Tell her the truth, even if it hurts.", []),
        ("en", "You could call her, if you like.", []),
        ("en", "If you ask me, you should call her.", []),
        ("en", "Don't call her if she is at work.", ["if she is at work"]),
        ("da", "Hvis han siger nej igen, så flyt.", ["Hvis han siger nej igen"]),
        ("da", "Lån ham pengene, medmindre han drikker.", ["medmindre han drikker"]),
        ("da", "Hvis jeg var dig, ville jeg ringe.", []),
        ("da", "Ring til hende, hvis du har lyst.", []),
        ("de", "Wenn er wieder absagt, such dir eine andere Wohnung.", ["Wenn er wieder absagt"]),
        ("de", "Ruf die Polizei, falls er dich bedroht.", ["falls er dich bedroht"]),
        ("de", "Sag ihr die Wahrheit, auch wenn es wehtut.", []),
        ("de", "Wenn ich du wäre, würde ich warten.", []),
        ("es", "Si vuelve a mentir, habla con su padre.", ["Si vuelve a mentir"]),
        ("es", "Préstale el dinero solo si firma un contrato.", ["solo si firma un contrato"]),
        ("es", "Pregúntale si quiere venir.", []),
        ("es", "Si quieres, habla con él.", []),
        ("pt", "Se ele recusar de novo, procura outra casa.", ["Se ele recusar de novo"]),
        ("pt", "Fale com o chefe, a menos que ela se oponha.", ["a menos que ela se oponha"]),
        ("pt", "Pergunta se ele quer vir.", []),
        ("pt", "Se eu fosse você, esperava.", []),
        ("fr", "S'il refuse encore, cherche un autre appartement.", ["S'il refuse encore"]),
        ("fr", "Appelle la police si elle te menace.", ["si elle te menace"]),
        ("fr", "Dis-lui la vérité, même si c'est dur.", []),
        ("fr", "Demande-lui s'il veut venir.", []),
    ],
)
def test_conditions(language: str, text: str, expected: list[str] | None) -> None:
    found = advice_in(text, cues_for(language))
    assert found
    if expected is None:  # a list of two, in their order
        expected = ["if he hits her again", "unless she objects"]
    assert [condition for advice in found for condition in advice.conditions] == expected


@settings(deadline=None)  # the first reading of a language compiles its cues
@given(
    st.sampled_from(languages()),
    st.lists(st.sampled_from(["If he", "wenn", "si", "se ele", "hvis", "calls", ",", "’", ".", "talk to him", "**", "\n"])),
)
def test_conditions_stand_in_the_passage(language: str, parts: list[str]) -> None:
    text = " ".join(parts)
    for advice in advice_in(text, cues_for(language)):
        assert all(condition and condition in text[advice.start : advice.end] for condition in advice.conditions)
