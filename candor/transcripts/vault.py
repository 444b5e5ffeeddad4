"""The encrypted store of masked values. They stay until their conversation is deleted."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, String, cast, literal, select, update
from sqlalchemy.orm import Session

from candor.database.transactions import changed
from candor.errors import UnavailableError
from candor.transcripts.finder import Finder
from candor.transcripts.masking import TOKEN, MaskedSpan, find_personal_data, load_recognizers, mask
from candor.transcripts.models import ConversationRow, VaultRow
from candor.transcripts.normal_forms import normal_form, search_forms, told_apart
from candor.typed.emails import sole_address

# Kinds of which each spelling counts: "it is Renée, not Renee" must never be read back as "Renée, not Renée".
AS_WRITTEN = frozenset(["name", "address", "username", "password", "key", "link", "reference"])
SPELT = "spelt"  # before a value whose own fingerprint another spelling in the same conversation has
DROPPED = b""  # replaces a value whose period is over; its token stays taken, so that no other value gets it


def nothing_kept(text: str) -> Collection[str]:
    """No name is nobody's."""
    return ()


class Vault:
    """Encrypts with keys derived from the secret key (HKDF, RFC 5869), and still reads what older secret keys encrypted."""

    def __init__(
        self, engine: Engine, secret: str, old_secrets: Sequence[str] = (), kept: Callable[[str], Collection[str]] = nothing_kept,
        finder: Callable[[], Finder | None] = lambda: None,
    ) -> None:  # fmt: skip
        """kept: tells of a text which names in it are nobody's, such as those of the companies, and are not masked. finder: what
        also reads for names, made when the first text is masked.
        """
        self._engine, self._kept, self._finder = engine, kept, finder
        keys = [base64.urlsafe_b64encode(_derive(each, b"candor vault encryption")) for each in (secret, *old_secrets)]
        self._cipher = MultiFernet([Fernet(key) for key in keys])
        self._fingerprint_keys = [_derive(each, b"candor vault fingerprint") for each in (secret, *old_secrets)]

    def load_recognizers(self) -> None:
        """Load what finds personal data now, so that the first message need not wait for it."""
        load_recognizers()
        self._finder()

    def find(self, text: str) -> list[MaskedSpan]:
        """What is to be masked in a text. Needs CPU, and no database."""
        return find_personal_data(text, self._kept(text), finder=self._finder())

    def mask(self, conversation: str, text: str) -> str:
        """Mask a message. New values are stored; a value that the conversation had before gets the same token again."""
        spans = self.find(text)
        with Session(self._engine) as session, session.begin():
            return self.mask_within(session, conversation, text, spans)

    def mask_within(self, transaction: Session, conversation: str, text: str, spans: Sequence[MaskedSpan]) -> str:
        """The same in the caller's transaction. spans: what `find` has found in the text."""
        tokens = _Tokens(transaction, conversation) if spans else None
        return mask(text, lambda kind, value: self._token(tokens, kind, value), spans) if tokens else text

    def reveal(self, conversation: str, token: str) -> str | None:
        """The value behind a token; None if there is none, or it was dropped."""
        with Session(self._engine) as session:
            row = session.scalar(select(VaultRow).filter_by(conversation_id=conversation, token=token))
            return self._cipher.decrypt(row.ciphertext).decode() if row and row.ciphertext != DROPPED else None

    def unmask(self, conversation: str, text: str) -> str:
        """One text, as with unmask_all."""
        return self.unmask_all(conversation, [text])[0] if TOKEN.search(text) else text

    def unmask_all(self, conversation: str, texts: Sequence[str], *, as_read: bool = False) -> list[str]:
        """The texts with each token replaced by its value: for the eyes of the visitor who wrote it, and nobody else.

        as_read: e-mail addresses as mail is sent to them, not as they were typed ("jo at example dot org"): so that whoever
        checks an address before it is used sees the one that will be.
        """
        if not any(map(TOKEN.search, texts)):
            return list(texts)
        values = self.values(conversation)
        if as_read:
            values = {token: _as_read(token, value) for token, value in values.items()}
        return [TOKEN.sub(lambda token: values.get(token[0], token[0]), text) for text in texts]

    def values(self, conversation: str) -> dict[str, str]:
        """Token → value, of one conversation."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(VaultRow).filter_by(conversation_id=conversation).where(VaultRow.ciphertext != DROPPED)
            ).all()
            return {row.token: self._cipher.decrypt(row.ciphertext).decode() for row in rows}

    def kinds(self, conversation: str) -> dict[str, int]:
        """How many values of each kind are stored of a conversation: {"email": 1, "phone": 2}. Decrypts nothing."""
        with Session(self._engine) as session:
            stored = [VaultRow.conversation_id == conversation, VaultRow.ciphertext != DROPPED]
            tokens = session.scalars(select(VaultRow.token).where(*stored).order_by(VaultRow.id)).all()
        return dict(Counter(match[1] for token in tokens if (match := TOKEN.fullmatch(token))))

    def rotate(self) -> int:
        """Encrypt every value with the newest key; return how many. Raises: UnavailableError if a value's key is unknown."""
        with Session(self._engine) as session, session.begin():
            rows = session.scalars(select(VaultRow).where(VaultRow.ciphertext != DROPPED).order_by(VaultRow.id)).all()
            taken: set[tuple[str, str]] = set()
            for row in rows:
                try:
                    value = self._cipher.decrypt(row.ciphertext).decode()
                except InvalidToken as error:
                    raise UnavailableError("the vault needs another key: put it into CANDOR_OLD_SECRET_KEYS") from error
                fingerprint = self._fingerprint(value)
                if (row.conversation_id, fingerprint) in taken:
                    fingerprint = self._spelt(value)
                taken.add((row.conversation_id, fingerprint))
                row.ciphertext, row.fingerprint = self._cipher.rotate(row.ciphertext), fingerprint
        return len(rows)

    def drop_before(self, moment: datetime) -> int:
        """Drop the values of conversations without a message since; return how many. Masked texts stay readable."""
        quiet = select(ConversationRow.id).where(ConversationRow.last_at < moment)
        over = [VaultRow.conversation_id.in_(quiet), VaultRow.ciphertext != DROPPED]
        nothing = literal("dropped ") + cast(VaultRow.id, String)
        with Session(self._engine) as session, session.begin():
            return changed(session.execute(update(VaultRow).where(*over).values(ciphertext=DROPPED, fingerprint=nothing)))

    def conversations_with(self, values: Collection[str]) -> set[str]:
        """The conversations in which one of these values was masked, found by its keyed hash under every known key.

        Hashes of earlier versions, which hashed what was typed, are found by the spellings in `values`. A name is also found
        where its parts were masked one by one, if all of them are in one conversation.
        """
        found = self.conversations_with_hashes(self.hashes(values))
        for parts in {parts for value in values for parts in told_apart(value)}:
            found |= set.intersection(*(self.conversations_with_hashes(self.hashes([part])) for part in parts))
        return found

    def hashes(self, values: Collection[str]) -> frozenset[str]:
        """Every keyed hash under which one of these values may be stored."""
        forms = {form for value in values for form in search_forms(value)} | {value.strip().lower() for value in values}
        return frozenset(_fingerprint(key, form) for form in forms if form for key in self._fingerprint_keys)

    def conversations_with_hashes(self, hashes: Collection[str], until: datetime | None = None) -> set[str]:
        """The conversations in which a value of one of these hashes was masked. until: only those begun by then."""
        holding = select(VaultRow.conversation_id).where(VaultRow.fingerprint.in_(hashes))
        if until is not None:
            begun = select(ConversationRow.id).where(ConversationRow.started_at <= until)
            holding = holding.where(VaultRow.conversation_id.in_(begun))
        with Session(self._engine) as session:
            return set(session.scalars(holding))

    def all_hashes(self) -> set[str]:
        """The hash of every value that is stored. Reads the whole table."""
        with Session(self._engine) as session:
            return set(session.scalars(select(VaultRow.fingerprint).distinct()))

    def _fingerprint(self, value: str) -> str:
        return _fingerprint(self._fingerprint_keys[0], normal_form(value) or value)

    def _spelt(self, value: str) -> str:
        """The fingerprint of a spelling beside another one of the same value, which has the value's own."""
        return _fingerprint(self._fingerprint_keys[0], f"{SPELT} {value}")

    def _token(self, tokens: _Tokens, kind: str, value: str) -> str:
        fingerprint = self._fingerprint(value)
        known = tokens.of(fingerprint)
        if known is not None and kind in AS_WRITTEN and self._cipher.decrypt(known.ciphertext).decode() != value:
            fingerprint = self._spelt(value)
            known = tokens.of(fingerprint)
        return known.token if known else tokens.add(kind, fingerprint, self._cipher.encrypt(value.encode()))


class _Tokens:
    """The tokens of one conversation, read once for a message: a long letter may hold a hundred values."""

    def __init__(self, session: Session, conversation: str) -> None:
        self._session, self._conversation = session, conversation
        rows = session.scalars(select(VaultRow).filter_by(conversation_id=conversation)).all()
        self._by_fingerprint = {row.fingerprint: row for row in rows}
        self._of_kind = Counter(row.token[1:].rpartition("_")[0] for row in rows)

    def of(self, fingerprint: str) -> VaultRow | None:
        return self._by_fingerprint.get(fingerprint)

    def add(self, kind: str, fingerprint: str, ciphertext: bytes) -> str:
        """Store a new value; returns its token."""
        self._of_kind[kind] += 1
        token = f"<{kind}_{self._of_kind[kind]}>"
        row = VaultRow(conversation_id=self._conversation, token=token, fingerprint=fingerprint, ciphertext=ciphertext)
        self._by_fingerprint[fingerprint] = row
        self._session.add(row)
        return token


def _fingerprint(key: bytes, form: str) -> str:
    return hmac.new(key, form.encode(), hashlib.sha256).hexdigest()


def _as_read(token: str, value: str) -> str:
    address = sole_address(value) if token.startswith("<email_") else None
    return address[0] if address else value


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
