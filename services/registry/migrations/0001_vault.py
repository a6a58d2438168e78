"""The vault, the blind index, and how the database knows its keys again."""

from alembic import op

from services.registry.tables import METADATA

revision = "0001_vault"
down_revision = None
branch_labels = ("registry",)
depends_on = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("a vault is never taken back")
