"""The tables of a log, and the triggers that keep its entries as they are."""

from alembic import op

from ledger.store.tables import METADATA

revision = "0001_log"
down_revision = None
branch_labels = ("log",)
depends_on = None

FROZEN = ("entries", "requests", "checkpoints", "nodes")


def upgrade() -> None:
    connection = op.get_bind()
    METADATA.create_all(connection)
    if connection.dialect.name == "sqlite":
        for table in FROZEN:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
    else:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        for table in FROZEN:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    raise NotImplementedError("a log is never taken back")
