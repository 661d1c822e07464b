"""Sign-ins with right and wrong passwords, and rows that are counted and aged."""

from sqlalchemy import text

from app.auth.sessions import sign_in_by_password
from app.database.session import Database
from app.domain.errors import TooOftenError, WrongPasswordError
from tests.builders import PASSWORD

HOME = "192.0.2.1"


def age(db: Database, table: str, column: str, interval: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = {column} - interval '{interval}'"))


def count(db: Database, table: str) -> int:
    with db.engine.connect() as connection:
        rows: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        return rows


def sign_in(db: Database, name: str = "ada", password: str = PASSWORD, address: str = HOME) -> str:
    return sign_in_by_password(db, name, password, address)


def outcome(db: Database, **credentials: str) -> str:
    try:
        sign_in(db, **credentials)
    except (WrongPasswordError, TooOftenError) as refused:
        return refused.problem_type
    return "in"
