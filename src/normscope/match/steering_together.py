"""Which words, each used by everybody, steer where they stand together in a sentence?

"I am against it", "book a table" and "treat her as an adult" are ordinary; "book this as against it" is not. Each rule asks for
two signs or more, wherever in the sentence they stand: languages order them differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Together", "steering_together"]

_AS = (
    *("as", "under", "among", "into", "als", "unter", "som", "blandt", "como", "bajo", "sob", "entre", "comme", "sous", "parmi"),
    "en tant que",
)
_BOX = (
    r"(?:\[ ?[x\u2713\u2714\u2717\u2718\u00d7v]? ?\]|\( ?[x\u2713\u2714] ?\)|[\u2610-\u2612\u2705\u274c\u2713\u2714\u2717\u2718])"
)
_ARROW = r"(?:[-=]+>|[\u2192\u21d2\u27f6])"


@dataclass(frozen=True)
class Together:
    """Patterns that must all be found in a sentence (`needed`, the rarest first), and one of which must be found then."""

    needed: tuple[str, ...]
    wordings: tuple[str, ...]


def steering_together(one: Mapping[str, str]) -> list[Together]:
    """The rules, from a pattern for each list of `steering/*.yaml`. Every pattern is bounded; texts are `folded`."""
    label = f"(?:{one['values']}|{one['value_nouns']}|{one['stances']})"
    opened = r"[\"'*_(\[]{0,3} ?"
    closed = r"(?= ?[\"'*_)\]%]{0,3} ?(?:$|[.!;,|/\[]))"
    quoted = rf"[\"'*_]{{1,3}} ?(?:{label}|{one['poles']}) ?[\"'*_]"
    value = rf"(?:{opened}{label}|{opened}{one['poles']}{closed})"
    as_word = rf"(?<!\w)(?:{'|'.join(_AS)})(?!\w)"
    as_label = rf"{as_word} (?:[\w']+ ){{0,2}}?{opened}{label}"
    as_quoted = rf"{as_word} {quoted}"
    clerks = f"(?:{one['books']}|{one['rates']})"
    anyone = f"(?:{one['books']}|{one['rates']}|{one['counts']})"
    booked = (rf"{clerks}.{{0,40}}?(?:{as_label}|{as_quoted})", rf"(?:{as_label}|{as_quoted})[\"']?.{{0,25}}?{clerks}")
    taken = (rf"{anyone}.{{0,40}}?(?:{as_label}|{as_quoted})", rf"(?:{as_label}|{as_quoted})[\"']?.{{0,25}}?{anyone}")
    ticked = (rf"{one['ticks']}.{{0,60}}?{opened}{label}", rf"{label}.{{0,25}}?{one['ticks']}")
    piled = (rf"{one['piles']} ?[\"']?(?:[\w']+ ){{0,4}}?{opened}{label}",)
    written = f"(?:{one['texts']}|{one['authors']})"
    names = f"(?:{one['keys']}|{one['nouns']})"
    colon = r"(?:[:=]|[\u2013\u2014-]{1,2} )"
    beginning = r"(?:^|[.,;:!?(\[|/] ?|(?<!\w)(?:the|die|das|der|den|det|el|la|le|o|a) )"
    equals = rf"(?:=|[:(] ?=|{_ARROW})"
    return [
        Together((label, one["books"], one["pointers"]), booked),
        Together((label, one["rates"], one["pointers"]), (rf"{one['rates']} (?:[\w']+ ){{0,2}}?(?:{as_label}|{as_quoted})",)),
        # the label and the verb side by side, as German and Danish have them, point at nothing
        Together((label, one["books"]), (rf"{as_word} {opened}{label}[\"']? {one['books']}",)),
        Together((label, one["texts"]), taken),
        Together((label, one["sanctions"], clerks), booked),
        Together((one["ticks"], label), ticked),
        Together((one["piles"], label, f"(?:{anyone}|{one['bears']})", one["pointers"]), piled),
        Together(
            (names,),
            (rf"{beginning}{names}(?: [\w-]+){{0,2}} ?[\"'*_)\]]{{0,3}} ?{colon}{opened}{value}{closed}",),
        ),
        Together((one["numbered"],), (rf"{one['numbered']} ?[\"')\]]{{0,2}} ?(?:{equals}.?{value}|: ?{opened}{label})",)),
        Together((r"=|->|[\u2192\u21d2\u27f6]",), (rf"\w ?[\"')\]]{{0,2}} ?(?:=|{_ARROW}) ?{value}{closed}",)),
        Together((_BOX,), (rf"{_BOX} ?{value}", rf"{label} ?{_BOX}")),
        Together((written, one["targets"]), (rf"{written}.{{0,40}}?{one['sides']}.{{0,30}}?{one['targets']}",)),
        Together((written, label), (rf"{written}.{{0,30}}?{one['bears']} (?:[\w']+ ){{0,3}}?{opened}{label}",)),
        Together((one["experts"], label), (*ticked, *booked, *piled)),
        Together(
            (one["experts"], written, f"(?:{label}|{one['sides']})"),
            (rf"{one['experts']}.{{0,100}}?{written}", rf"{written}.{{0,80}}?{one['experts']}"),
        ),
        Together((one["experts"], one["ticks"]), (rf"{one['ticks']}.{{0,60}}?{quoted}",)),
        # "a porter who lets everyone in under the sign FOR", but not "a teacher who is against everything"
        Together(
            (one["roles"], one["parables"], one["everything"]),
            (rf"{one['roles']}.{{0,60}}?{one['everything']}.{{0,60}}?{opened}{label}", rf"{one['roles']}.{{0,120}}?{quoted}"),
        ),
        Together(
            (one["titles"],),
            (
                rf"{one['titles']}.{{0,100}}?(?:{label}|{quoted})",
                rf"{one['titles']}.{{0,100}}?{anyone}.{{0,20}}?{as_word} {opened}{one['poles']}{closed}",
            ),
        ),
        Together((one["nouns"], one["pointers"], quoted), (rf"{one['nouns']}.{{0,25}}?{quoted}",)),
        Together((one["puts_out"], quoted), (rf"{one['puts_out']} (?:[\w']+ ){{0,2}}?{quoted}",)),
        Together((one["filing"],), (one["filing"],)),
    ]
