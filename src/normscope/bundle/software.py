"""Which versions of what made a bundle."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

__all__ = ["software", "software_values"]

_OF_DEVELOPERS = re.compile(r"""extra\s*==\s*['"](dev|train)['"]""")


def software() -> dict[str, str]:
    """What the manifest says: normscope, Python and the kind of machine; nothing that names this one."""
    return {
        "normscope": version("normscope"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
    }


def software_values() -> dict[str, Any]:
    """What `software.json` holds: the same, and every library that normscope can use with its version here."""
    used = [text for text in requires("normscope") or () if not _OF_DEVELOPERS.search(text)]
    names = {re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0].lower() for text in used}
    return {**software(), "libraries": {name: _installed(name) for name in sorted(names)}}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
