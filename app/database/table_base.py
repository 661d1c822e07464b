"""What all tables share: their metadata, and types and constraints of columns."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    Numeric,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column

# The names that migrations/versions use: without them Alembic cannot find a constraint to change.
CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# GENERATED ALWAYS: an id can only be the database's own, never one that a program made up.
Key = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
ShortText = Annotated[str, mapped_column(server_default="")]
# The clock's moment, not now(), which is when the transaction began.
Moment = Annotated[datetime, mapped_column(server_default=text("clock_timestamp()"))]
# What a browser or a program holds is 256 random bits; only their SHA-256 is kept. It needs
# neither salt nor a slow hash, since nobody can try out 256 bits.
Digest = Annotated[bytes, mapped_column(LargeBinary, unique=True)]


def check_one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    # A column whose name is a keyword of SQL comes in quotation marks, its constraint without.
    return CheckConstraint(f"{column} IN ({listed})", name=column.strip('"'))


def check_slug() -> CheckConstraint:
    # The same pattern stands in api/lists/fields.py, where it is told to programs.
    return CheckConstraint("slug ~ '^[a-z0-9][a-z0-9._:/-]{0,199}$'", name="slug")


def check_first_of_month(column: str) -> CheckConstraint:
    return CheckConstraint(f"extract(day FROM {column}) = 1", name=column)


class TableBase(DeclarativeBase):
    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar = {
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric,  # without a scale: shares and values are stored exactly
    }
