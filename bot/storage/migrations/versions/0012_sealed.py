"""Room for sealed personal data: a sealed phone is longer than a phone, and a row says by which key the database is sealed.

Nothing is sealed here: that is `tuvan encrypt-data`, or the first start of an empty database with TUVAN_DATA_KEY_FILE.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes `leads.phone` a text without limit and adds `data_keys`."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("leads", "phone", type_=sa.Text(), existing_type=sa.String(20), existing_nullable=False)
    else:
        # SQLite cannot change a column, and making the table anew would take its history along by ON DELETE CASCADE.
        op.drop_index("uq_leads_phone", "leads")
        op.alter_column("leads", "phone", new_column_name="phone_before")
        op.add_column("leads", sa.Column("phone", sa.Text(), nullable=False, server_default=""))
        op.execute("UPDATE leads SET phone = phone_before")
        op.drop_column("leads", "phone_before")
        op.create_index("uq_leads_phone", "leads", ["phone"], unique=True)
    op.create_table(
        "data_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(20), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_keys"),
    )
