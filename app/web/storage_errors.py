"""What the database or the disk refused, as an error that a user can read."""

import errno
from typing import Final

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.database.errors import explain_error
from app.domain.errors import NoRoomError, UserError

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def explain_storage_error(error: Exception) -> UserError | None:
    """Return the error to show, None if it is a fault of our code."""
    if isinstance(error, SQLAlchemyError | psycopg.Error):
        return explain_error(error)
    # What is sent and is large lies in the temporary folder until it is stored.
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        title = "There is no room left for temporary files on the server"
        return NoRoomError(title, "Nothing was stored. Please tell whoever runs this server.")
    return None
