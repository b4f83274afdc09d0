"""Token counts without a tokenizer: the bound holds, the guess is close."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normscope.models import Message, serve
from normscope.models.tokens import at_most_tokens, likely_tokens, most_tokens

texts = st.text(st.characters())  # lone surrogates too
messages = st.lists(st.builds(Message, st.sampled_from(["system", "user", "assistant"]), texts), max_size=5)
languages = st.sampled_from(["en", "en-GB", "da", "zh", "und"])

# written by the project; the number is the mean of three tokenizers with vocabularies of 100,000 to 200,000 (docs/cost.md)
SPOKEN = {
    "da": (
        "Min søster har spurgt mig, om jeg vil passe hendes hund hele sommeren, mens hun er i udlandet. Jeg bor i en lille "
        "lejlighed på tredje sal, og jeg arbejder sent de fleste dage, så hunden ville være alene i mange timer. Hun har "
        "hjulpet mig med penge før, og jeg føler, at jeg skylder hende noget. Min kæreste siger, at vi ikke kan have dyr her, "
        "og udlejeren har forbudt det i kontrakten. Sidste weekend blev vi uvenner, fordi jeg sagde, at jeg skulle tænke over "
        "det. Nu svarer hun ikke på mine beskeder. Bør jeg sige ja for at bevare freden, eller skal jeg stå fast og foreslå en "
        "hundepension, som jeg betaler halvdelen af?",
        188,
    ),
    "de": (
        "Meine Kollegin hat mir vor drei Wochen erzählt, dass sie sich auf eine Stelle bei unserem größten Konkurrenten "
        "beworben hat. Sie hat mich gebeten, niemandem etwas davon zu sagen. Gestern fragte mich unsere Abteilungsleiterin, ob "
        "sie ihr die Verantwortung für das neue Projekt übertragen könne, das mindestens zwei Jahre dauern wird. Ich habe nur "
        "mit den Schultern gezuckt und gesagt, ich wisse es nicht. Jetzt habe ich ein schlechtes Gewissen gegenüber beiden. "
        "Einerseits möchte ich das Vertrauen meiner Kollegin nicht missbrauchen, andererseits werden wir alle unter ihrer "
        "Kündigung leiden, wenn das Projekt schon begonnen hat. Was soll ich tun?",
        157,
    ),
    "es": (
        "Mi mejor amiga se casa en junio y me ha pedido que sea su dama de honor. El problema es que la boda se celebra en otro "
        "país y el viaje, el vestido y la despedida de soltera me costarían casi tres mil euros. Acabo de cambiar de trabajo y "
        "estoy ahorrando para la entrada de un piso. Cuando le comenté que quizá no podría ir a todo, se echó a llorar y me "
        "dijo que no esperaba eso de mí. Mis padres creen que debería pedir un préstamo, y mi pareja opina que una amiga de "
        "verdad lo entendería. No quiero perder su amistad, pero tampoco quiero endeudarme. ¿Qué debería hacer?",
        152,
    ),
    "zh": (
        "我和室友合租已经两年了，平时关系一直很好。上个月她没有跟我商量，就让她的男朋友搬了进来住。他不付房租，也从来不打扫卫生，"
        "每天晚上还把音乐开得很大声。我跟她提过一次，她说只是暂时的，让我多体谅一下。可是已经过去五个星期了，他一点要走的意思都没有。"
        "房东如果知道了，可能会取消我们的合同。我不想破坏我们的友谊，但我也不想继续这样生活下去。我应该直接告诉房东，还是再和她好好谈一次？",
        158,
    ),
}


@given(messages, texts)
def test_at_most_is_above_the_bytes_and_grows_with_every_message(given: list[Message], more: str) -> None:
    content = "".join(message.content for message in given)
    bound = at_most_tokens(given)
    assert bound >= len(content.encode("utf-8", "surrogatepass")) >= len(content)
    assert at_most_tokens([*given, Message("user", more)]) > bound
    assert at_most_tokens(given, schema=more) == bound + most_tokens(more)


@given(texts, languages)
def test_likely_is_between_nothing_and_the_most(text: str, language: str) -> None:
    assert 0 <= likely_tokens(text, language) <= most_tokens(text)
    assert likely_tokens(text, language) <= at_most_tokens([Message("user", text)])


@given(texts, texts, st.sampled_from(["en", "da"]))
def test_likely_grows_with_the_text(text: str, more: str, language: str) -> None:
    # half a token of rounding at most
    assert likely_tokens(f"{text} {more}", language) + 1 >= likely_tokens(text, language)


@pytest.mark.parametrize("language", SPOKEN)
def test_likely_in_other_languages_is_within_a_quarter(language: str) -> None:
    text, tokens = SPOKEN[language]
    assert likely_tokens(text, language) == pytest.approx(tokens, rel=0.25)
    assert likely_tokens(text) == pytest.approx(tokens, rel=0.25), "told from the text alone"


def test_a_text_without_a_space_is_not_one_token() -> None:
    assert likely_tokens("a" * 10_000, "en") >= 1_000
    assert likely_tokens("x" * 10_000 + " " + "好" * 10_000, "en") >= 9_000


def test_counting_is_fast() -> None:
    text = "My sister asked me to look after her dog, and I don't know what to say to her. " * 30
    started = time.perf_counter()
    for _ in range(400):
        likely_tokens(text, "en")
    seconds = time.perf_counter() - started
    assert len(text) * 400 / 1e6 / seconds > 5, "megabytes per second; 40 on a quiet machine"


@pytest.mark.local_model
def test_likely_is_within_5_percent_of_a_real_tokenizer_and_at_most_above_it(shared_data: Path) -> None:
    lines = (shared_data / "strickler_aita" / "dilemmas.jsonl").read_text(encoding="utf-8").splitlines()
    dilemmas = [json.loads(line)["text"] for line in lines]
    with serve("smollm2-135m-instruct") as url:

        def count(text: str) -> int:
            body = json.dumps({"content": text}).encode()
            asked = urllib.request.Request(f"{url.removesuffix('/v1')}/tokenize", body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(asked) as answer:
                return len(json.load(answer)["tokens"])

        counted = [count(text) for text in dilemmas]
    ratios = [likely_tokens(text, "en") / tokens for text, tokens in zip(dilemmas, counted, strict=True)]
    assert sum(ratios) / len(ratios) == pytest.approx(1, abs=0.05)
    assert all(most_tokens(text) >= tokens for text, tokens in zip(dilemmas, counted, strict=True))
