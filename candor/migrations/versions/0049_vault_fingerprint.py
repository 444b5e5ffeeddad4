"""An index by which a person's conversations are found by a masked value"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.create_index("ix_vault_fingerprint", "vault", ["fingerprint"])


def downgrade() -> None:
    op.drop_index("ix_vault_fingerprint", table_name="vault")
