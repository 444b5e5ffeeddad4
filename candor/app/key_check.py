"""Whether the secret key opens what the database has: asked before a start, and by the doctor."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from sqlalchemy import text

from candor.errors import UnavailableError
from candor.services import Services


class WrongSecretKeyError(UnavailableError):
    """The newest of what was encrypted or sealed came from another key."""

    def __init__(self) -> None:
        super().__init__(
            "the secret key does not open what the database has: put the right secret.key back, or name the old key in "
            "CANDOR_OLD_SECRET_KEYS"
        )


def opens_data(parts: Services) -> bool:
    """False if nothing was encrypted or sealed yet. Of the audit log only where nothing else can tell: who changes its newest
    entry must not thereby keep Candor from starting.

    Raises: WrongSecretKeyError; SecretKeyMissingError; SQLAlchemyError.
    """
    newest = "ORDER BY id DESC LIMIT 1"
    with parts.engine.connect() as connection:
        address = connection.scalar(text(f"SELECT email FROM ticket WHERE email IS NOT NULL {newest}"))  # noqa: S608
        kept = connection.execute(
            text(f"SELECT conversation_id, token FROM vault WHERE length(ciphertext) > 0 {newest}")  # noqa: S608
        ).first()
    try:
        if address:
            parts.cipher.decrypt(bytes(address))
        if kept:
            parts.conversations.vault.reveal(*kept)
    except (UnavailableError, InvalidToken) as error:
        raise WrongSecretKeyError from error
    if address or kept:
        return True
    fits = parts.staff.audit.newest_fits()
    if fits is False:
        raise WrongSecretKeyError
    return fits is not None
