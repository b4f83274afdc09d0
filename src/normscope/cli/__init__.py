"""The command line. `main` turns every mistake a person can mend into one message and exit code 3, without a traceback."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]

EXIT_ERROR = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Exit codes: 0 pass, 1 a gate failed, 2 inconclusive, 3 operational or usage error."""
    import click

    from normscope.cli.commands import normscope
    from normscope.cli.visible import visible
    from normscope.errors import NormscopeError

    try:
        code = normscope.main(args=arguments, prog_name="normscope", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        code = EXIT_ERROR
    except click.ClickException as error:
        error.show()
        code = EXIT_ERROR
    except NormscopeError as error:
        click.echo(f"Error: {visible(str(error))}", err=True)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was answered is stored: run the same command again to go on from here.", err=True)
        code = EXIT_ERROR
    except BrokenPipeError:
        code = EXIT_ERROR
    sys.exit(code if isinstance(code, int) else 0)
