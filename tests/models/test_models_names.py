"""The public names of the room: all there, and cheap until they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import normscope.models
import normscope.testing


@pytest.mark.parametrize("module", [normscope.models, normscope.testing])
def test_every_public_name_is_there(module: object) -> None:
    names = module.__all__  # type: ignore[attr-defined]  # any module with public names
    assert [name for name in names if not hasattr(module, name)] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        module.no_such_name  # type: ignore[attr-defined]  # noqa: B018 - it is the access that must fail


def test_importing_the_room_loads_nothing_heavy() -> None:
    heavy = {"aiohttp", "asyncio", "pydantic", "xllamacpp"}
    code = f"import sys, normscope.models, normscope.testing; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
