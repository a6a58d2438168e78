"""Who is trained and who works."""

from alembic import op

from services.placement.tables import METADATA

revision = "placement_0001"
down_revision = None
branch_labels = ("placement",)
depends_on = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    METADATA.drop_all(op.get_bind())
