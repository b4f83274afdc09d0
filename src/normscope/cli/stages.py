"""The commands that do the work: `run` and the stages it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from normscope.cli.form import FORMS, form
from normscope.cli.output import print_json, print_table
from normscope.cli.progress import progress_shown
from normscope.cli.visible import visible, visible_line

if TYPE_CHECKING:
    from normscope.study import Study

__all__ = ["agree", "elicit", "extract", "match", "report", "run", "validate"]

F = TypeVar("F", bound=Callable[..., Any])
EXIT_INCONCLUSIVE = 2

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of text.")
folder_argument = click.argument("folder", type=click.Path(path_type=Path))


def model_options(function: F) -> F:
    """The options that name models on the command line, and say what asking them may cost."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Print calls, tokens and money per model; ask nothing."),
        click.option("--batch", is_flag=True, help="Ask http: models through their servers' batch API."),
        click.option("--prices", metavar="FILE", help="A file of prices per million tokens (docs/cost.md)."),
        click.option("--budget", type=click.FloatRange(0, min_open=True), help="The most that the study may cost in all."),
        click.option("--key-env", metavar="NAME", help="Environment variable that holds the key of the --model servers."),
        click.option("--profile", metavar="NAME", help="A ready profile of the --model servers: openai, ollama, vllm, groq …"),
        click.option("--base-url", metavar="URL", help="Where the http: models of --model are, e.g. http://127.0.0.1:11434/v1"),
        click.option(
            "--model",
            "models",
            multiple=True,
            metavar="BACKEND:NAME",
            help="http:NAME, local:NAME or local:/path.gguf. May be repeated.",
        ),
    ):
        function = option(function)
    return function


@click.command(short_help="Do all stages, resumably.")
@click.argument("study", type=click.Path(path_type=Path), required=False)
@click.option("--folder", type=click.Path(path_type=Path), help="Where the study lives; default: what study.yaml says.")
@click.option("--dilemmas", multiple=True, metavar="FILE", help="Without a study.yaml: files of dilemmas, or `starter`.")
@click.option("--answers", multiple=True, metavar="FILE", help="Without a study.yaml: files of recorded answers.")
@click.option("--set", "changes", multiple=True, metavar="FIELD=VALUE", help="Any field of study.yaml, e.g. --set draws=3.")
@model_options
@as_json
def run(  # one argument per option
    study: Path | None,
    folder: Path | None,
    dilemmas: tuple[str, ...],
    answers: tuple[str, ...],
    changes: tuple[str, ...],
    models: tuple[str, ...],
    base_url: str | None,
    profile: str | None,
    key_env: str | None,
    budget: float | None,
    prices: str | None,
    batch: bool,
    dry_run: bool,
    json_: bool,
) -> int:
    """Do all stages: load, elicit, extract, match, validate, agree, report. Run it again to go on or to fill holes.

    \b
    normscope run study.yaml
    normscope run --folder runs/mine --dilemmas mine.jsonl --model http:llama3.2 --base-url http://127.0.0.1:11434/v1
    """
    from normscope.cli.making import make_study

    given = {"dilemmas": list(dilemmas), "answers": list(answers), **_money(budget, prices, batch=batch)}
    new_models = _models(models, base_url, profile, key_env)
    with progress_shown() as progress, make_study(study, folder=folder, given=given, changes=changes, models=new_models) as work:
        work.progress = progress
        for note in work.load():
            click.echo(visible_line(f"note: {note}"), err=True)
        if dry_run:
            _forecast(work, json_)
            return 0
        code = _elicit(work)
        work.extract()
        work.match()
        card = work.validate(whole=False)
        work.agree()
        path = work.report()
        rows = _rows(work)
    if json_:
        print_json({"folder": str(work.folder), "report": str(path), "table": rows, "matcher": card.sentence()})
        return code
    _print_agreement(rows, work.settings.level)
    click.echo(f"\n{visible_line(card.sentence())}")
    click.echo(f"Report: {path}")
    return code


@click.command(short_help="Ask the models what they have not answered yet.")
@folder_argument
@model_options
@as_json
def elicit(
    folder: Path,
    models: tuple[str, ...],
    base_url: str | None,
    profile: str | None,
    key_env: str | None,
    budget: float | None,
    prices: str | None,
    batch: bool,
    dry_run: bool,
    json_: bool,
) -> int:
    """Ask every model every dilemma it has not answered yet; --model adds models to the study."""
    new_models = _models(models, base_url, profile, key_env)
    money = _money(budget, prices, batch=batch)
    with progress_shown() as progress, _open(folder, progress, models=new_models, **money) as study:
        if dry_run:
            _forecast(study, json_)
            return 0
        code = _elicit(study)
        if json_:
            print_json(asdict(study.status()))
        return code


@click.command(short_help="Read the solutions from the responses.")
@folder_argument
@click.option("--extractor", help="rules, coded, judge:MODEL or an installed plug-in; kept in the folder.")
def extract(folder: Path, extractor: str | None) -> None:
    """Read the solutions from every answered response, with the passage each was read from."""
    with progress_shown() as progress, _open(folder, progress, extractor=extractor) as study:
        counts = study.extract()
    for reason, n in sorted(counts.items()):
        click.echo(f"{n} responses: {reason}")


@click.command(short_help="Label solutions against solutions.")
@folder_argument
@click.option(
    "--matcher",
    help="offline, lexical, exact, judge:MODEL, panel:M1,M2,M3, escalate:M1,M2,M3, stance:MODEL, nli:FOLDER or an installed "
    "plug-in (docs/matchers.md says which when); kept in the folder.",
)
def match(folder: Path, matcher: str | None) -> None:
    """Label every solution against every other responder's solutions."""
    with progress_shown() as progress, _open(folder, progress, matcher=matcher) as study:
        click.echo(f"{study.match()} labels by {study.settings.matcher}")


@click.command(short_help="Measure the matcher against people's labels.")
@folder_argument
@click.option("--injections", type=click.IntRange(0), metavar="N", help="So many texts that try to steer the matcher; 0 = none.")
@click.option("--no-repeats", is_flag=True, help="Ask nothing twice: self-consistency is not measured.")
@as_json
def validate(folder: Path, injections: int | None, no_repeats: bool, json_: bool) -> None:
    """Measure the matcher against labels that people gave, and test it: order, repeats, polarity, placebo, injections.

    A matcher that computes is put through everything; a judge is asked a few hundred questions beyond the labelled pairs.
    docs/validation.md says what each figure means.
    """
    with progress_shown() as progress, _open(folder, progress) as study:
        card = study.validate(injections=injections, repeats=not no_repeats)
    if json_:
        print_json(asdict(card))
    else:
        from normscope.validate import to_markdown

        click.echo(visible(to_markdown(card)))


@click.command(short_help="Compute who agrees with whom.")
@folder_argument
@click.option(
    "--beside",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A study folder of the same models, by another matcher say: are they in the same order there? May be repeated.",
)
@as_json
def agree(folder: Path, beside: tuple[Path, ...], json_: bool) -> None:
    """Compute who agrees with whom from the stored labels, with intervals; which models rank where. Calls no model.

    --json prints what estimates.json holds (docs/ranking.md).
    """
    from normscope.agree import spans
    from normscope.cli.ranking import print_rankings
    from normscope.records import to_dict

    with progress_shown() as progress, _open(folder, progress) as study:
        estimates = study.agree(beside=beside)
        values = study.results()
        if json_:
            print_json(values | {"estimates": [to_dict(estimate) for estimate in estimates]})
        else:
            _print_agreement(_rows(study), study.settings.level)
            _print_spans(spans(estimates))
            print_rankings(values)


def _print_schema(context: click.Context, _: click.Parameter, name: str | None) -> None:
    if name is None or context.resilient_parsing:
        return
    from normscope.report import schema_text

    click.echo(schema_text(name), nl=False)
    context.exit()


@click.command(short_help="Write the report: HTML, Markdown, JSON or LaTeX.")
@folder_argument
@click.option(
    "--to", type=click.Choice(FORMS), help="The form; default: what the name of --out ends in (.md, .tex …), else html."
)
@click.option(
    "-o",
    "--output",
    "--out",
    type=click.Path(path_type=Path),
    help="Default: report.html, report.md, report.json or report.tex in the folder. - prints it.",
)
@click.option(
    "--schema",
    type=click.Choice(["report", "estimates"]),
    is_flag=False,
    flag_value="report",
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON Schema of report.json (or of estimates.json) and do nothing else.",
)
def report(folder: Path, to: str | None, output: Path | None) -> None:
    """Write the report from what is stored: one offline HTML file, or its sentences and tables as Markdown, JSON or LaTeX."""
    with progress_shown() as progress, _open(folder, progress) as study:
        if str(output) == "-":
            click.echo(study.report_text(to or "html").encode("utf-8"), nl=False)  # bytes: the same everywhere as in the file
        else:
            click.echo(f"Report: {study.report(output, form(to, output))}")


def _open(folder: Path, progress: Any, **changes: Any) -> Study:
    from normscope.study import Study

    study = Study.open(folder, progress=progress, **{k: v for k, v in changes.items() if v is not None and k != "models"})
    if changes.get("models"):
        study.add_models(changes["models"])
    return study


def _models(names: tuple[str, ...], base_url: str | None, profile: str | None, key_env: str | None) -> list[dict[str, Any]]:
    return [{"model": name, "base_url": base_url, "profile": profile, "key_env": key_env} for name in names]


def _money(budget: float | None, prices: str | None, *, batch: bool) -> dict[str, Any]:
    """The settings about money that were given."""
    given = {"budget": budget, "prices": None if prices is None else str(Path(prices).absolute()), "batch": batch or None}
    return {name: value for name, value in given.items() if value is not None}


def _forecast(study: Study, json_: bool) -> None:
    from normscope.cli.costing import print_forecast

    print_forecast(study.forecast(), json_)


def _elicit(study: Study) -> int:
    """Ask, say what failed, and return the exit code that it means. A model of which nothing came back is an error."""
    from normscope.errors import NormscopeError

    study.elicit()
    now = study.status()
    incomplete = False
    for row in now.responders:
        why = now.last_errors.get(row.model or "", "")
        if row.failed:
            words = ", ".join(f"{reason}: {n}" for reason, n in row.failed.items())
            message = f"{row.responder_id}: {sum(row.failed.values())} conversations failed ({words})."
        elif row.to_do:
            message = f"{row.responder_id}: {row.to_do} conversations are still to be held."
        else:
            continue
        incomplete = True
        message += f" Run again to ask only what is missing. Last error: {why}"
        if set(row.outcomes) <= {"failed"}:
            raise NormscopeError(message)
        click.echo(visible_line(message), err=True)
    return EXIT_INCONCLUSIVE if incomplete else 0


def _rows(study: Study) -> list[dict[str, Any]]:
    return study.table().to_dicts()


def _print_agreement(rows: Sequence[Mapping[str, str]], level: float) -> None:
    shown = [row for row in rows if row["n"] != "0" or row["who"] == "people"]
    title = f"Agreement [{level:.0%} intervals]; the definitions are ours (operationalisation v1)"
    corrected = any("labels" in row for row in rows)
    print_table(shown, title=title, right=("labels", "n") if corrected else ("n",))
    cells = [cell for row in shown for name, cell in row.items() if name.startswith(("stated", "explicit"))]
    if any("] *" in cell for cell in cells):
        click.echo("*: cautious; too few dilemmas agree, or disagree, to say more, so the interval may be wider than it need be.")
    if any("(no interval)" in cell for cell in cells):
        click.echo("(no interval): data worth fewer than 5 clusters of dilemmas.")
    if len(shown) < len(rows):
        click.echo(f"{len(rows) - len(shown)} further pairs share no dilemma on which both can be scored (see estimates.json).")
    if corrected:
        click.echo("Corrected: for the matcher's errors, with so many labels by people; beside it the matcher's own value.")
    elif rows:
        click.echo("Matcher not validated on this study: no comparison of it is labelled by people. Run: normscope label FOLDER")


def _print_spans(lines: Sequence[str]) -> None:
    if lines:
        click.echo(
            "Stated agreement with people, lowest and highest over all readings and reference policies (all in estimates.json):"
        )
        for line in lines:
            click.echo(f"  {visible(line)}")
