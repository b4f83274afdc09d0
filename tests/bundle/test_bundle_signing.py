"""Keys: which are taken, that OpenSSL agrees, and that a private one is never told."""

from __future__ import annotations

import base64
import hashlib
import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from normscope.bundle import Signer, public_fingerprint
from normscope.bundle.signing import message_of, read_signature
from normscope.errors import UsageError
from tests.bundle.keys import PRIVATE, fingerprint, public


def _other_keys() -> dict[str, bytes]:
    key = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
    of_rsa = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it only has to be another kind
    return {
        "nothing": b"",
        "no key": b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
        "locked": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"pass")),
        "RSA": of_rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "public": public(),
    }


@pytest.mark.parametrize("name", ["nothing", "no key", "locked", "RSA", "public"])
def test_other_keys_are_refused_and_not_quoted(name: str) -> None:
    pem = _other_keys()[name]
    with pytest.raises(UsageError, match="openssl genpkey") as raised:
        Signer.from_pem(pem, source="the file k.pem")
    assert "k.pem" in str(raised.value)
    for line in pem.decode().splitlines()[1:-1]:
        assert line not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_private_key_is_no_public_one() -> None:
    assert public_fingerprint(public(), source="p.pem") == fingerprint(PRIVATE)
    for pem in (PRIVATE, b"", b"x"):
        with pytest.raises(UsageError, match=r"p\.pem holds no public"):
            public_fingerprint(pem, source="p.pem")


def test_a_signer_does_not_print_its_key() -> None:
    signer = Signer.from_pem(PRIVATE, source="x")
    shown = repr(signer) + str(signer) + signer.sign(b"{}").decode()
    seed = b"\x07" * 32
    assert not any(form in shown for form in (seed.hex(), base64.b64encode(seed).decode(), PRIVATE.decode().splitlines()[1]))


def test_same_manifest_same_signature() -> None:
    signer = Signer.from_pem(PRIVATE, source="x")
    content = signer.sign(b"{}")
    assert content == signer.sign(b"{}")
    signature = read_signature(content, file="x")
    assert signature.is_of(b"{}")
    assert not signature.is_of(b"{} ")


def test_openssl_finds_the_signature_right(tmp_path: Path) -> None:
    """The second implementation, and what README.txt tells people without normscope to do."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    given = json.loads(Signer.from_pem(PRIVATE, source="x").sign(b"{}"))
    assert given["signed"].encode() == message_of(b"{}")
    (tmp_path / "key.pem").write_bytes(public())
    (tmp_path / "message").write_text(given["signed"])
    (tmp_path / "signature").write_bytes(base64.b64decode(given["signature"]))
    check = shlex.split("openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in message -sigfile signature")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "message").write_text(given["signed"].replace("a", "b"))
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode != 0
    as_der = shlex.split("openssl pkey -pubin -in key.pem -outform DER")
    der = subprocess.run(as_der, cwd=tmp_path, capture_output=True, check=True)
    assert hashlib.sha256(der.stdout).hexdigest() == fingerprint(PRIVATE)
