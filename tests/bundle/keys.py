"""Two keys for the tests, made from fixed bytes."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from normscope.bundle import Signer

__all__ = ["PRIVATE", "PRIVATE_OTHER", "fingerprint", "public"]


def _pem(byte: int) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


PRIVATE, PRIVATE_OTHER = _pem(7), _pem(8)


def fingerprint(pem: bytes) -> str:
    return Signer.from_pem(pem, source="test").fingerprint


def public(byte: int = 7) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
