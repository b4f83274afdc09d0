"""The commands about audit bundles: `bundle` and `verify`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from normscope.cli.output import print_json
from normscope.cli.visible import visible_line
from normscope.errors import UsageError

if TYPE_CHECKING:
    from normscope.bundle import Signer, Verified
    from normscope.study.bundled_records import Mismatch

__all__ = ["bundle", "verify"]

F = TypeVar("F", bound=Callable[..., Any])
EXIT_CHANGED = 1
LEAST_SALT = 16
"""A shorter secret could itself be guessed."""
LONGEST_NAME = 200
"""Characters of a study's name that are printed: a bundle may come from anybody."""

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON on stdout instead of text.")
salt_env = click.option(
    "--salt-env", metavar="NAME", help="Environment variable with a secret for the hashes of records and texts."
)


@click.command(short_help="Write an audit bundle, one zip file to keep.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Default: audit.zip in the folder.")
@click.option("--redact", is_flag=True, help="Leave out what people wrote; hashes stay in its place.")
@click.option("--key-file", type=click.Path(path_type=Path), help="Sign with the private Ed25519 key in this PEM file.")
@click.option("--key-env", metavar="NAME", help="Sign with the key that this environment variable holds as PEM text.")
@salt_env
@click.option("--date", help="A date for the manifest; default: SOURCE_DATE_EPOCH, else none.")
@click.option("--force", is_flag=True, help="Replace a file that is no bundle.")
@as_json
def bundle(  # one argument per option
    folder: Path,
    output: Path | None,
    redact: bool,
    key_file: Path | None,
    key_env: str | None,
    salt_env: str | None,
    date: str | None,
    force: bool,
    json_: bool,
) -> None:
    """Write the report, estimates, settings, prompts and hashes of a study as one zip file with a manifest.

    The same study gives the same bytes. docs/bundle.md says what is in it, what --redact leaves out and how to sign.
    """
    from normscope.bundle import verify as look
    from normscope.study import Study
    from normscope.study.bundling import NOT_AUDITED, Bundling, given_date
    from normscope.study.bundling import bundle as write

    signer = _signer(key_file, key_env)
    how = Bundling(redact=redact, signer=signer, salt=_salt(salt_env), date=given_date(date), force=force)
    with Study.open(folder) as study:
        path = write(study.settings, study.store, output or folder / "audit.zip", how)
        no_numbers = not study.status().estimates
    made = look(path)
    if json_:
        print_json({"bundle": str(path), **_values(made)})
        return
    click.echo(f"Bundle: {path} ({len(made.manifest.files)} files)")
    click.echo(f"SHA-256 of manifest.json: {made.sha256}")
    click.echo(f"Signed by key {made.signed_by}" if made.signed_by else "Not signed.")
    if no_numbers:
        click.echo(f"No number is in it: the study holds no estimates. Run: normscope agree {folder}", err=True)
    if made.manifest.findings == NOT_AUDITED:
        click.echo(f"No findings are in it. Run before: normscope audit {folder}", err=True)
    if redact and salt_env is None:
        click.echo("Short texts can be guessed from their hashes; --salt-env takes a secret against that.", err=True)


@click.command(short_help="Is an audit bundle unchanged?")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="A study folder: does it have the records the bundle was made of?")
@click.option("--public-key", type=click.Path(path_type=Path), help="Require a signature by the owner of this public key (PEM).")
@salt_env
@as_json
def verify(file: Path, study: Path | None, public_key: Path | None, salt_env: str | None, json_: bool) -> int:
    """Compare every file of an audit bundle with its manifest, and check the signature where there is one.

    Names the first file that was changed, is missing or is extra. Exit codes: 0 unchanged, 1 changed, wrongly signed or of other
    records, 3 not a bundle.
    """
    from normscope.bundle import public_fingerprint
    from normscope.bundle import verify as look

    wanted = None
    if public_key is not None:
        wanted = public_fingerprint(_content(public_key), source=str(public_key))
    found = look(file, public_key=wanted)
    mismatch = None
    if study is not None and found.change is None:
        mismatch = _compared(file, found, study, _salt(salt_env))
    if json_:
        values = _values(found)
        print_json(values | {"study": None if study is None else "same" if mismatch is None else mismatch.sentence()})
    else:
        _print(found, mismatch, study, named=wanted is not None)
    return EXIT_CHANGED if found.change or mismatch else 0


def _print(found: Verified, mismatch: Mismatch | None, study: Path | None, *, named: bool) -> None:
    if found.change is not None:
        click.echo(f"CHANGED: {visible_line(found.change.sentence())}")
        return
    click.echo(f"Unchanged: {len(found.manifest.files)} files are as the manifest has them.")
    study_name, findings = (visible_line(text[:LONGEST_NAME]) for text in (found.manifest.study, found.manifest.findings))
    click.echo(f"Study: {study_name}, {findings}")
    click.echo(f"SHA-256 of manifest.json: {found.sha256}")
    if found.signed_by is None:
        click.echo("Not signed: compare that hash with one that nobody could change together with the bundle.")
    elif named:
        click.echo(f"Signed by key {found.signed_by}, as required.")
    else:
        click.echo(f"Signed by key {found.signed_by}; whose key that is, you must know (--public-key FILE requires one).")
    if mismatch is not None:
        click.echo(f"OTHER RECORDS: {visible_line(mismatch.sentence())}")
    elif study is not None:
        click.echo(f"Same records: {study} has every record that the bundle was made of, and no other.")


def _values(found: Verified) -> dict[str, Any]:
    from dataclasses import asdict

    change = found.change
    return {
        "unchanged": change is None,
        "change": asdict(change) if change else None,
        "manifest_sha256": found.sha256,
        "files": len(found.manifest.files),
        "findings": found.manifest.findings,
        "redacted": found.manifest.redacted,
        "signed_by": found.signed_by,
    }


def _compared(file: Path, found: Verified, study: Path, salt: bytes | None) -> Mismatch | None:
    from normscope.store import Store
    from normscope.study.bundled_records import compare

    with Store(study) as store:
        return compare(file, found.manifest, store, salt=salt)


def _signer(key_file: Path | None, key_env: str | None) -> Signer | None:
    if key_file is not None and key_env is not None:
        raise UsageError("the key comes from a file or from the environment: give --key-file or --key-env, not both.")
    if key_file is None and key_env is None:
        return None
    from normscope.bundle import Signer

    if key_file is not None:
        return Signer.from_pem(_content(key_file), source=str(key_file))
    # where a variable cannot hold line ends, they are written out
    pem = _secret(str(key_env), "--key-env").replace("\\n", "\n").encode("utf-8", "surrogateescape")
    return Signer.from_pem(pem, source=f"the environment variable {key_env}")


def _salt(name: str | None) -> bytes | None:
    if name is None:
        return None
    salt = _secret(name, "--salt-env").encode("utf-8", "surrogateescape")
    if len(salt) < LEAST_SALT:
        raise UsageError(
            f"the secret in {name} is too short: {len(salt)} bytes, at least {LEAST_SALT} are needed. "
            "Make one with: openssl rand -hex 32"
        )
    return salt


def _secret(name: str, option: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise UsageError(f"{option} names the environment variable {name}, which is not set. Give the NAME, not the secret.")
    return value


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}). Give the path of a PEM file.") from error
