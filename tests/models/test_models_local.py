"""Real weights in this process: answers, schemas, probabilities, what is too long or broken, and who has the place."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from normscope.errors import ModelError
from normscope.models import Completion, HttpModel, LocalModel, Message, Params, serve
from normscope.models.embedded import slot
from normscope.models.weights import locate

pytestmark = pytest.mark.local_model

SMOL = "smollm2-135m-instruct"
QUESTION = [Message("user", "My flatmate eats my food and denies it. What should I do?")]
SHORT = Params(max_tokens=16, temperature=0.0, seed=1)
T = TypeVar("T")


@pytest.fixture(autouse=True)
def _place_is_free_afterwards() -> Iterator[None]:
    yield
    slot().stop()
    assert slot().running is None


def with_model(use: Callable[[LocalModel], Awaitable[T]], *, context: int = 4096) -> T:
    async def main() -> T:
        model = LocalModel(SMOL, context=context)
        try:
            return await use(model)
        finally:
            await model.close()

    return asyncio.run(main())


def test_real_answer_is_the_same_for_the_same_seed(capfd: pytest.CaptureFixture[str]) -> None:
    async def twice(model: LocalModel) -> tuple[Completion, Completion]:
        return await model.complete(QUESTION, SHORT), await model.complete(QUESTION, SHORT)

    first, second = with_model(twice)
    assert first.text == second.text != ""
    assert first.finish_reason == "length"
    assert first.completion_tokens == 16
    assert slot().running is None, "closing the model stopped the server"
    assert capfd.readouterr() == ("", ""), "llama.cpp does not write into the terminal"


def test_json_schema_and_logprobs() -> None:
    schema = json.dumps(
        {
            "type": "object",
            "properties": {"label": {"enum": ["agree", "disagree"]}},
            "required": ["label"],
            "additionalProperties": False,
        }
    )

    async def use(model: LocalModel) -> Completion:
        return await model.complete(QUESTION, Params(max_tokens=40, temperature=0.0, seed=1, json_schema=schema, logprobs=3))

    completion = with_model(use)
    assert json.loads(completion.text)["label"] in ("agree", "disagree")
    assert completion.logprobs
    assert all(alternatives and all(p <= 0 for _, p in alternatives) for _, alternatives in completion.logprobs)


def test_too_long_is_said() -> None:
    async def use(model: LocalModel) -> Completion:
        with pytest.raises(ModelError, match="too long for local:smollm2") as caught:
            await model.complete([Message("user", "word " * 600)], SHORT)
        assert (caught.value.reason, caught.value.retry) == ("bad_request", False)
        return await model.complete(QUESTION, SHORT)

    assert with_model(use, context=512).text, "the server goes on"


def test_broken_file_is_said_in_llama_cpps_own_words(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(locate(SMOL).read_bytes()[:3_000_000])
    with pytest.raises(ModelError, match="corrupted or incomplete") as caught:
        asyncio.run(LocalModel(str(broken)).complete(QUESTION, SHORT))
    assert (caught.value.reason, caught.value.retry) == ("bad_weights", False)
    assert slot().running is None
    assert capfd.readouterr() == ("", "")


def test_one_server_shared_by_the_same_weights_and_swapped_for_others(tmp_path: Path) -> None:
    other = tmp_path / "other.gguf"
    other.symlink_to(locate(SMOL))
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(locate(SMOL).read_bytes())

    async def main() -> list[str]:
        models = [LocalModel(SMOL), LocalModel(str(other)), LocalModel(str(copy))]
        urls: list[str] = []

        async def ask(model: LocalModel) -> str:
            completion = await model.complete(QUESTION, SHORT)
            urls.append(model._url)
            return completion.text

        texts = list(await asyncio.gather(*(ask(m) for m in models for _ in range(2))))
        assert len(set(urls)) == 2, "a link to the same file shares its server; a copy is another file"
        for model in models:
            await model.close()
        return texts

    assert len(set(asyncio.run(main()))) == 1


def test_serve_gives_the_bare_server_and_keeps_others_out(tmp_path: Path) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(locate(SMOL).read_bytes())

    async def ask(url: str) -> str:
        model = HttpModel("any", base_url=url)
        local, other = LocalModel(SMOL), LocalModel(str(copy))
        try:
            assert (await local.complete(QUESTION, SHORT)).text
            with pytest.raises(ModelError, match="held open"):
                await other.complete(QUESTION, SHORT)
            await local.close()
            return (await model.complete(QUESTION, SHORT)).text
        finally:
            await model.close()

    with serve(SMOL) as url:
        assert asyncio.run(ask(url))
    assert slot().running is None


def test_many_threads_and_loops_share_one_place() -> None:
    texts: list[str] = []

    def one() -> None:
        texts.append(with_model(lambda model: model.complete(QUESTION, SHORT)).text)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(texts) == 3
    assert len(set(texts)) == 1


def test_a_cancelled_call_gives_its_place_back() -> None:
    async def use(model: LocalModel) -> Completion:
        endless = LocalModel(SMOL, extra_body={"ignore_eos": True})
        task = asyncio.create_task(endless.complete(QUESTION, Params(max_tokens=3000)))
        while slot().running is None:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await endless.close()
        return await model.complete(QUESTION, SHORT)

    assert with_model(use).text
    assert slot().running is None
