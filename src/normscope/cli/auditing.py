"""The command that says what stands between a study and those who act on it: `audit`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from normscope.cli.output import print_json, print_table
from normscope.cli.visible import visible

if TYPE_CHECKING:
    from normscope.records import Finding

__all__ = ["audit"]

ALIKE = 5
"""So many findings of one check, verdict and advice are printed."""

ENDS = {
    "pass": "Passed: every gate is passed.",
    "fail": "Failed: a gate is failed.",
    "inconclusive": "Inconclusive: this study cannot tell whether every gate is passed.",
}


@click.command(short_help="Hold a study against a policy; exit 0, 1 or 2.")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--policy", type=click.Path(path_type=Path), help="What is demanded (docs/auditing.md). Default: --print-policy.")
@click.option("--junit", "junit_", type=click.Path(path_type=Path), help="Write the findings to this file as JUnit XML too.")
@click.option("--print-policy", is_flag=True, help="Print the policy that is used where none is given; do no more.")
@click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of text: what findings.json holds.")
def audit(folder: Path | None, policy: Path | None, junit_: Path | None, print_policy: bool, json_: bool) -> int:
    """Say what stands between a study and those who act on it: findings, how sure they are, and how to mend them.

    Reads what agree and validate have stored, writes findings.json into the folder, and calls no model.

    Exit codes: 0 every gate of the policy is passed, 1 one is failed, 2 one is inconclusive or not measured, 3 error.
    """
    if print_policy:
        from normscope.audit import default_policy_text

        click.echo(default_policy_text(), nl=False)
        return 0
    if folder is None:
        raise click.UsageError("Give the folder of a study: normscope audit FOLDER")
    from normscope.audit import exit_code, junit, verdict_of
    from normscope.study import Study
    from normscope.study.files import write_bytes

    with Study.open(folder) as study:
        found = study.audit(policy)
        values, level = study.findings() if json_ else {}, study.settings.level
        if junit_ is not None:
            write_bytes(junit_, junit(found, study=study.settings.title).encode())
    if json_:
        print_json(values)
        return exit_code(found)
    _print_findings(found, level=level)
    click.echo(ENDS[verdict_of(found).value] if any(f.gate for f in found) else "No check is a gate: nothing is decided.")
    return exit_code(found)


def _print_findings(found: Sequence[Finding], *, level: float) -> None:
    from normscope.records import Verdict

    rows: list[dict[str, str]] = []
    told: Counter[tuple[str, str, str]] = Counter()
    for finding in found:
        alike = (finding.verdict.value, finding.check, finding.fix)
        told[alike] += finding.verdict is not Verdict.PASS
        if not 0 < told[alike] <= ALIKE:
            continue
        rows.append(
            {
                "verdict": finding.verdict.value.replace("_", " ") + (" (gate)" if finding.gate else ""),
                "severity": finding.severity.value,
                "check": finding.check,
                "what": finding.what,
                "how to mend it": "as above" if told[alike] > 1 else finding.fix,
            }
        )
    if rows:
        print_table(rows, title=f"Findings, the worst first [{level:.0%} intervals]")
    for (verdict, check, _), n in told.items():
        if n > ALIKE:
            click.echo(visible(f"{check}: {n - ALIKE} more {verdict.replace('_', ' ')}; --json and findings.json have them all."))
    passed = Counter(finding.check for finding in found if finding.verdict is Verdict.PASS)
    if passed:
        click.echo(visible(f"Passed: {', '.join(f'{check} ({n})' for check, n in passed.items())}."))
