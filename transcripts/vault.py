"""Where masked values lie, encrypted, until their conversation is forgotten."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from errors import UnavailableError
from transcripts.models import VaultRow
from transcripts.redaction import TOKEN, mask


class Vault:
    """Encrypts with keys derived from the one secret key (HKDF, RFC 5869); what older secrets encrypted is still read."""

    def __init__(self, engine: Engine, secret: str, old_secrets: Sequence[str] = ()) -> None:
        self._engine = engine
        keys = [base64.urlsafe_b64encode(_derive(each, b"candor vault encryption")) for each in (secret, *old_secrets)]
        self._cipher = MultiFernet([Fernet(key) for key in keys])
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

    def unmask(self, conversation: str, text: str) -> str:
        """One text, as unmask_all."""
        return self.unmask_all(conversation, [text])[0] if TOKEN.search(text) else text

    def unmask_all(self, conversation: str, texts: Sequence[str]) -> list[str]:
        """The texts with each token replaced by its value: for the eyes of the visitor who wrote it, and nobody else."""
        values = self.values(conversation)
        return [TOKEN.sub(lambda token: values.get(token[0], token[0]), text) for text in texts]

    def values(self, conversation: str) -> dict[str, str]:
        """What each token of a conversation stands for."""
        with Session(self._engine) as session:
            rows = session.scalars(select(VaultRow).filter_by(conversation_id=conversation)).all()
            return {row.token: self._cipher.decrypt(row.ciphertext).decode() for row in rows}

    def rotate(self) -> int:
        """Bring every value under the newest key; says how many. Raises: UnavailableError if a key is not known."""
        with Session(self._engine) as session, session.begin():
            rows = session.scalars(select(VaultRow)).all()
            for row in rows:
                try:
                    value = self._cipher.decrypt(row.ciphertext).decode()
                except InvalidToken as error:
                    raise UnavailableError("the vault needs another key: put it into CANDOR_OLD_SECRET_KEYS") from error
                row.ciphertext, row.fingerprint = self._cipher.rotate(row.ciphertext), self._fingerprint(value)
        return len(rows)

    def _fingerprint(self, value: str) -> str:
        return hmac.new(self._fingerprint_key, value.strip().lower().encode(), hashlib.sha256).hexdigest()

    def _token(self, session: Session, conversation: str, kind: str, value: str) -> str:
        fingerprint = self._fingerprint(value)
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
