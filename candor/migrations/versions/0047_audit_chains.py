"""The audit log as one chain a company, beside the one that there was, which stays the house's"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

FIRST_ID = 10**12  # above all that the one chain reaches, so that an id names one entry of either


def upgrade() -> None:
    op.create_table(
        "audit_chain",
        sa.Column("company", sa.String(length=40), primary_key=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("noted", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("cut_number", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("cut_seal", sa.String(length=64), nullable=False),
        sa.Column("cut_at", sa.String(length=32), nullable=False, server_default=""),
    )
    op.create_table(
        "audit_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(start=FIRST_ID), primary_key=True,
            autoincrement=True,
        ),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False, server_default=""),
        sa.Column("details", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.UniqueConstraint("company", "number", name="uq_audit_entry_company_number"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    for columns in (["at", "id"], ["actor", "at"], ["action", "at"], ["subject", "at"]):
        op.create_index(f"ix_audit_entry_{'_'.join(columns)}", "audit_entry", columns)
    _only_add()


def _only_add() -> None:
    """Entries are never changed, and removed only where the chain says that it was cut there (retention)."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('audit_entry', {FIRST_ID - 1})")  # noqa: S608
        op.execute(
            "CREATE TRIGGER audit_entry_kept_update BEFORE UPDATE ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_kept_delete BEFORE DELETE ON audit_entry "
            "WHEN OLD.number > coalesce((SELECT cut_number FROM audit_chain WHERE company = OLD.company), 0) "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_entry_kept() RETURNS trigger AS $$ BEGIN "
            "IF TG_OP = 'DELETE' AND OLD.number <= "
            "coalesce((SELECT cut_number FROM audit_chain WHERE company = OLD.company), 0) THEN RETURN OLD; END IF; "
            "RAISE EXCEPTION 'the audit log is only added to'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            "CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry "
            "FOR EACH ROW EXECUTE FUNCTION audit_entry_kept()"
        )


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.drop_table("audit_chain")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_kept()")
