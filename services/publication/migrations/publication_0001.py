"""The texts that published figures were counted by."""

from alembic import op

from services.publication.tables import METADATA

revision = "publication_0001"
down_revision = None
branch_labels = ("publication",)
depends_on = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    METADATA.drop_all(op.get_bind())
