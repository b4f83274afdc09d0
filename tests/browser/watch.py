"""Everything that a page does and a report must never do, collected while it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Dialog, Frame, Page, Request

Opening: TypeAlias = "Callable[..., tuple[Page, Watch]]"
"""What the fixture `open_page` gives: opens a file in a fresh window, with a watch over it."""

__all__ = ["Opening", "Watch"]

# runs before the page's own script; the flag is what every hostile text tries to set
_FIRST = """
window.__ran = 0;
window.__violations = [];
document.addEventListener("securitypolicyviolation", (e) => {
  window.__violations.push(`${e.effectiveDirective}: ${e.blockedURI} ${e.sample}`);
});
"""
_SEEN = "() => [window.__ran, window.__violations, Object.getOwnPropertyNames(Object.prototype).length]"


@dataclass
class Watch:
    """What was noticed, by kind. `own` is the page's address; asking for anything else is noticed."""

    own: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    navigations: list[str] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, page: Page, own: str) -> Watch:
        """A watch over a page that has not been opened yet."""
        watch = cls(own)
        page.add_init_script(_FIRST)
        page.on("request", watch._request)
        page.on("console", watch._console)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.on("dialog", watch._dialog)
        page.on("popup", lambda window: watch.windows.append(window.url))
        page.on("download", lambda download: watch.downloads.append(download.url))
        page.on("framenavigated", watch._navigated)
        page.on("frameattached", lambda frame: watch.windows.append(f"frame {frame.url}"))
        return watch

    def noticed(self, page: Page) -> dict[str, Any]:
        """What was noticed, by kind; empty for a page that did nothing that it must not do."""
        ran, violations, names = page.evaluate(_SEEN)
        fresh: int = page.context.new_page().evaluate("Object.getOwnPropertyNames(Object.prototype).length")
        page.context.pages[-1].close()
        found = {
            "ran": ran,
            "violations": violations,
            "names added to every object": names - fresh,
            "requests": self.requests,
            "errors": self.errors,
            "dialogs": self.dialogs,
            "windows": self.windows,
            "navigations": self.navigations,
            "downloads": self.downloads,
        }
        return {kind: what for kind, what in found.items() if what}

    def _request(self, request: Request) -> None:
        if request.url.partition("#")[0] != self.own:
            self.requests.append(request.url[:200])

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _navigated(self, frame: Frame) -> None:
        if frame.url.partition("#")[0] != self.own:
            self.navigations.append(frame.url[:200])
