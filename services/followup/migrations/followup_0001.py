"""Who is to be visited when, and who was."""

from alembic import op

from services.followup.tables import METADATA

revision = "followup_0001"
down_revision = None
branch_labels = ("followup",)
depends_on = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    METADATA.drop_all(op.get_bind())
