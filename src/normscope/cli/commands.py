"""The root command and its subcommands, one module each. Nothing heavy is imported until a command runs."""

from __future__ import annotations

import click

from normscope.cli import auditing, bundling, comparing, data, inspecting, labelling, planning, reporting, stages

__all__ = ["normscope"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="normscope")
def normscope() -> None:
    """Measure how far language models share people's social norms, from what they say in natural conversation.

    Dilemmas go in; out come who agrees with whom (model–human, model–model, human–human), stated and explicit, beside
    the human ceiling, with intervals, by a matcher whose own errors are measured.

    \b
    normscope run study.yaml        all stages, resumable
    normscope report runs/study     the report again, from what is stored

    Exit codes: 0 pass, 1 a gate failed, 2 inconclusive (e.g. some conversations failed), 3 operational or usage error.
    """


for command in (
    stages.run,
    data.dilemmas,
    stages.elicit,
    stages.extract,
    stages.match,
    labelling.label,
    stages.validate,
    stages.agree,
    stages.report,
    reporting.figures,
    auditing.audit,
    comparing.compare,
    planning.power,
    bundling.bundle,
    bundling.verify,
    inspecting.status,
    inspecting.plugins,
    data.export,
    data.import_,
):
    normscope.add_command(command)
