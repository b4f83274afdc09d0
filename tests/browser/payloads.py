"""Texts that a stranger may write into a study to make the report do something. Each that can run sets `window.__ran`.

Written for these tests; the hosts do not exist.
"""

from __future__ import annotations

__all__ = ["HOSTILE", "LONE_SURROGATE", "VERY_LONG", "visible"]

HOSTILE = (
    "<script>window.__ran=1</script>",
    '"><img src=x onerror=window.__ran=2>',
    "'><svg onload='window.__ran=3'><animate onbegin=window.__ran=3 attributeName=x>",
    "</script><script>window.__ran=4</script>",
    "</style></title></textarea></template></noscript></table></details><iframe src='javascript:parent.__ran=5'></iframe>",
    "<form action=http://evil.example/><input autofocus onfocus=window.__ran=6><button>go</button></form>",
    '<meta http-equiv=refresh content="0;url=http://evil.example/">',
    "<style>*{display:none!important}</style><style>@import 'http://evil.example/a.css'</style>",
    "<link rel=stylesheet href=http://evil.example/b.css><link rel=preconnect href=http://evil.example>",
    "<base href=http://evil.example/><a href=javascript:window.__ran=7 autofocus>click</a>",
    "<object data=http://evil.example/o></object><embed src=http://evil.example/e><video src=http://evil.example/v>",
    "<details open ontoggle=window.__ran=8><summary>x</summary></details><dialog open>over</dialog>",
    "[a link](javascript:window.__ran=9) ![a picture](http://evil.example/p.png) <http://evil.example>",
    "javascript:window.__ran=10",
    '=HYPERLINK("http://evil.example","open")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<!--",
    "--> ]]> <![CDATA[ <!--<script>",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %}",
    "`); window.__ran=11; //`",
    "'); window.__ran=12; //",
    '"}]; window.__ran=13; var x=[{"y":"',
    "\\u003cimg src=x onerror=window.__ran=14\\u003e \\x3cscript\\x3e \\",
    "&lt;script&gt;window.__ran=15&lt;/script&gt; &#60;b&#62;",
    "datum.value);window.__ran=16;(",
    "safe\u202egnp.exe\u2066 \u200f\u2028\u2029 \x00\x07\x1b[31m \ufeff",
    "javascript&colon;window.__ran=17 \u2039script\u203a \uff1cscript\uff1e",
    "#main' onmouseover='window.__ran=18",
    "..%2f..%2fd1&topic=<img src=x onerror=window.__ran=19>#d2",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "length",
)
"""Each once; those that are names of what every JavaScript object has are meant as keys."""

VERY_LONG = "Donaudampfschifffahrt" * 1500
"""Without a place where a line could end."""

LONE_SURROGATE = "half \ud83d of a character \udc00"


def visible(payload: str) -> str:
    """The longest piece of a payload that a page may neither change nor break: without white space at its ends."""
    pieces = "".join(c if c.isprintable() else "\n" for c in payload).split("\n")
    return max(pieces, key=len).strip()
