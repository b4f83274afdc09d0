"""Signing the manifest with Ed25519, and checking a signature. Private keys are read, used and forgotten."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from normscope.bundle.canonical import canonical
from normscope.bundle.digests import hashed
from normscope.errors import DataError, MissingExtra, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["Signature", "Signer", "message_of", "public_fingerprint", "read_signature"]

ALGORITHM = "Ed25519"
_HOW = "Make one with: openssl genpkey -algorithm ed25519 -out key.pem"


def message_of(manifest: bytes) -> bytes:
    """What is signed: one line that names the format and holds the SHA-256 of the manifest.

    >>> message_of(b"{}").decode()[:47]
    'normscope audit bundle 1, manifest sha256 44136'
    """
    return f"normscope audit bundle 1, manifest sha256 {hashed(manifest)}\n".encode()


@dataclass(frozen=True, repr=False)
class Signer:
    """A private key that signs manifests. It is not printed."""

    _key: Ed25519PrivateKey

    @classmethod
    def from_pem(cls, pem: bytes, *, source: str) -> Signer:
        """The key in a PEM text; a `UsageError` names `source` and never what is in it."""
        _need()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(pem, password=None)
        except Exception:  # whatever the library says, it may quote the key
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise UsageError(f"{source} holds no private Ed25519 key in PEM form without a password. {_HOW}") from None
        return cls(key)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the public key in DER form: openssl pkey -in key.pem -pubout -outform DER | sha256sum"""
        return _fingerprint(self._key.public_key())

    def sign(self, manifest: bytes) -> bytes:
        """The text of `signature.json`."""
        return _text(self._key.public_key(), self._key.sign(message_of(manifest)), message_of(manifest).decode())


@dataclass(frozen=True)
class Signature:
    """A signature that came with a bundle."""

    _key: Ed25519PublicKey
    _signature: bytes
    _signed: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key that it names."""
        return _fingerprint(self._key)

    def is_of(self, manifest: bytes) -> bool:
        """Whether the holder of the key signed this manifest."""
        from cryptography.exceptions import InvalidSignature

        if self._signed != message_of(manifest).decode():
            return False
        try:
            self._key.verify(self._signature, message_of(manifest))
        except InvalidSignature:
            return False
        return True


def read_signature(content: bytes, *, file: str) -> Signature:
    """What `Signer.sign` wrote, from anybody; a `DataError` where it is something else, or holds anything more."""
    _need()
    try:
        given = json.loads(content)
        key, signature, signed = _public(given["public_key"].encode()), base64.b64decode(given["signature"]), given["signed"]
        # nothing vouches for this file: each of its bytes follows from the key, the signature and what was signed
        if isinstance(signed, str) and _text(key, signature, signed) == content:
            return Signature(key, signature, signed)
    except (ValueError, RecursionError, KeyError, AttributeError, TypeError, binascii.Error, UsageError):
        pass
    raise DataError(f"signature.json is no {ALGORITHM} signature", file=file)


def _text(key: Ed25519PublicKey, signature: bytes, signed: str) -> bytes:
    """The text of `signature.json`."""
    encoded = base64.b64encode(signature).decode()
    return canonical({"algorithm": ALGORITHM, "public_key": _pem(key), "signature": encoded, "signed": signed})


def _fingerprint(key: Ed25519PublicKey) -> str:
    """The SHA-256 of a public key in DER form."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def public_fingerprint(pem: bytes, *, source: str) -> str:
    """The fingerprint of a public key in a PEM text."""
    _need()
    try:
        return _fingerprint(_public(pem))
    except ValueError:
        raise UsageError(
            f"{source} holds no public Ed25519 key in PEM form. Of a private key: openssl pkey -in key.pem -pubout"
        ) from None


def _public(pem: bytes) -> Ed25519PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("another kind of key")
    return key


def _pem(key: Ed25519PublicKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _need() -> None:
    try:
        import cryptography  # noqa: F401 - only whether it is there
    except ImportError:
        raise MissingExtra("a signature", "sign") from None
