"""Tables of staff: accounts with their roles, sessions, and the audit log, which the database lets nobody change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)  # fmt: skip
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from candor.database.transactions import UtcTime


class AccountBase(DeclarativeBase):
    """Staff's tables."""


class AccountRow(AccountBase):
    """One person of the company. Without a password, they sign in at a provider (OpenID Connect) or have only been invited."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # in lower case
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str | None] = mapped_column(String(200))  # argon2id, with its parameters
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted; None: no second factor yet
    totp_step: Mapped[int | None]  # the last step that was used: a code is good for once (RFC 6238, 5.2)
    subject: Mapped[str | None] = mapped_column(String(300), unique=True)  # issuer and subject of OpenID Connect
    failures: Mapped[int] = mapped_column(default=0, server_default="0")  # since the last success
    locked_until: Mapped[datetime | None] = mapped_column(UtcTime)
    stamp: Mapped[int] = mapped_column(default=0, server_default="0")  # counts changes of how somebody signs in
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    news_sound: Mapped[bool] = mapped_column(default=False, server_default=false())
    news_notification: Mapped[bool] = mapped_column(default=False, server_default=false())
    grants: Mapped[list[GrantRow]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class GrantRow(AccountBase):
    """A role of an account, for one company or for all of them ('')."""

    __tablename__ = "account_grant"
    __table_args__ = (UniqueConstraint("account_id", "role", "company"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    company: Mapped[str] = mapped_column(String(40), default="", server_default="")


class RecoveryRow(AccountBase):
    """A recovery code on paper, for somebody who has lost the phone. It is good for once."""

    __tablename__ = "account_recovery"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SessionRow(AccountBase):
    """One signed-in browser. Only hashes of its key and of its forms' token are kept. `means`: candor.accounts.sign_in.Means."""

    __tablename__ = "account_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    form_hash: Mapped[str] = mapped_column(String(64), default="", server_default="", index=True)  # tells later whose form it was
    means: Mapped[str] = mapped_column(String(20))
    browser: Mapped[str] = mapped_column(String(80), default="", server_default="")
    began_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ScimUserRow(AccountBase):
    """What the company's directory says of an account beyond what the account holds."""

    __tablename__ = "scim_user"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(200), default="", server_default="")
    given_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    family_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class ScimGroupRow(AccountBase):
    """A group of the company's directory."""

    __tablename__ = "scim_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    external_id: Mapped[str] = mapped_column(String(200), default="", server_default="")
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class ScimMemberRow(AccountBase):
    """Who is in a group of the directory."""

    __tablename__ = "scim_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("scim_group.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)


class OpenPageRow(AccountBase):
    """Somebody has a page open (open_pages.py)."""

    __tablename__ = "open_page"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    page: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class MentionRow(AccountBase):
    """Somebody is named in a note, and has not looked at it yet (mentions.py). `by`: an account's id."""

    __tablename__ = "mention"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    page: Mapped[str] = mapped_column(String(80))
    by: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)


class AuditRow(AccountBase):
    """One thing that staff did, in the house's chain: what concerns no company, and all that was recorded before companies had
    chains of their own. `seal` is a keyed hash over this entry and the seal before it (accounts/audit.py)."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_action_id", "action", "id"), Index("ix_audit_subject_id", "subject", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32), index=True)  # as it is sealed: ISO 8601 in UTC
    actor: Mapped[str] = mapped_column(String(40), index=True)  # "account:3", "cli:ada", "<chat channel>:U0123" or "system"
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80), default="", server_default="")  # "conversation c_…", "request R-…"
    company: Mapped[str] = mapped_column(String(40), default="", server_default="")
    details: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")  # JSON with sorted keys, names no data subject
    seal: Mapped[str] = mapped_column(String(64))


class AuditAnchorRow(AccountBase):
    """The last entry that was removed after its period, and its seal, so that the rest can still be checked."""

    __tablename__ = "audit_anchor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # of the last entry that was removed
    seal: Mapped[str] = mapped_column(String(64))
    at: Mapped[str] = mapped_column(String(32))


class AuditChainRow(AccountBase):
    """A company's chain of entries: number and seal of the newest, how far the house's chain has noted it, and the last entry
    that was removed after its period. Who adds an entry holds this row."""

    __tablename__ = "audit_chain"

    company: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[str] = mapped_column(String(64))
    noted: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    cut_number: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    cut_seal: Mapped[str] = mapped_column(String(64))
    cut_at: Mapped[str] = mapped_column(String(32), default="", server_default="")


class AuditEntryRow(AccountBase):
    """One thing that staff did for a company, in that company's chain. The columns are those of AuditRow."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("company", "number", name="uq_audit_entry_company_number"),
        Index("ix_audit_entry_at_id", "at", "id"),
        Index("ix_audit_entry_actor_at", "actor", "at"),
        Index("ix_audit_entry_action_at", "action", "at"),
        Index("ix_audit_entry_subject_at", "subject", "at"),
        {"sqlite_autoincrement": True},
    )

    # From 10**12 on, so that it names one entry of either table.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), Identity(start=10**12), primary_key=True)
    company: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(BigInteger)  # its place in the chain, from 1 on
    at: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80), default="", server_default="")
    details: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
    seal: Mapped[str] = mapped_column(String(64))


class SavedFilterRow(AccountBase):
    """A list's filters under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())


class SavedReplyRow(AccountBase):
    """A ready-made text for what staff write to people, of one company or of every one (''). `made_by`: an actor."""

    __tablename__ = "saved_reply"
    __table_args__ = (UniqueConstraint("company", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company: Mapped[str] = mapped_column(String(40), default="", server_default="")
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    edition: Mapped[int] = mapped_column(default=1, server_default="1")  # counts changes: a form names the one that it shows


class ApiTokenRow(AccountBase):
    """A token of the staff API. Only its hash is kept; `hint` are its last letters, by which people tell two apart."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    companies: Mapped[list[str]] = mapped_column(JSON)  # empty: every company
    made_by: Mapped[str] = mapped_column(String(40))  # an actor
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_by: Mapped[str] = mapped_column(String(40), default="", server_default="")


class KeptAnswerRow(AccountBase):
    """What a call of the staff API with an Idempotency-Key was answered, encrypted. status: None while it is being done."""

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("token_id", "key_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key_hash: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default="")  # of method, address and body
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    began_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
