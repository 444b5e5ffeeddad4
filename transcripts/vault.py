"""Where masked values lie, encrypted, until their conversation is forgotten."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from transcripts.models import VaultRow
from transcripts.redaction import mask


class Vault:
    """Encrypts with keys derived from the one secret key (HKDF, RFC 5869)."""

    def __init__(self, engine: Engine, secret: str) -> None:
        self._engine = engine
        self._cipher = Fernet(base64.urlsafe_b64encode(_derive(secret, b"candor vault encryption")))
        self._fingerprint_key = _derive(secret, b"candor vault fingerprint")

    def mask(self, conversation: str, text: str) -> str:
        """Mask a message; new values are kept, and a value seen before gets the token it had."""
        with Session(self._engine) as session, session.begin():
            return mask(text, lambda kind, value: self._token(session, conversation, kind, value))

    def reveal(self, conversation: str, token: str) -> str | None:
        """The value behind a token, None if there is none."""
        with Session(self._engine) as session:
            row = session.scalar(select(VaultRow).filter_by(conversation_id=conversation, token=token))
            return self._cipher.decrypt(row.ciphertext).decode() if row else None

    def _token(self, session: Session, conversation: str, kind: str, value: str) -> str:
        same = value.strip().lower()
        fingerprint = hmac.new(self._fingerprint_key, same.encode(), hashlib.sha256).hexdigest()
        known = session.scalar(select(VaultRow).filter_by(conversation_id=conversation, fingerprint=fingerprint))
        if known:
            return known.token
        of_kind = select(func.count()).select_from(VaultRow).where(
            VaultRow.conversation_id == conversation, VaultRow.token.startswith(f"<{kind}_")
        )  # fmt: skip
        token = f"<{kind}_{(session.scalar(of_kind) or 0) + 1}>"
        session.add(
            VaultRow(
                conversation_id=conversation, token=token, fingerprint=fingerprint,
                ciphertext=self._cipher.encrypt(value.encode()),
            )
        )  # fmt: skip
        session.flush()
        return token


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
