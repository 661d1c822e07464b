"""Browsers of people who sign in."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import Morsel, SimpleCookie

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.auth.sessions import create_link
from app.database.session import Database
from tests.builders import PASSWORD
from tests.databases import open_database

ANOTHER = "another long password"


@contextmanager
def browsing(application: FastAPI, url: str, scheme: str = "http") -> Iterator[TestClient]:
    """A browser that has just opened the site."""
    site = f"{scheme}://testserver"
    with open_database(url) as application.state.db:
        yield TestClient(
            application, base_url=site, follow_redirects=False, headers={"Origin": site}
        )


def sign_in(site: TestClient, password: str = PASSWORD, **fields: str) -> Response:
    return site.post("/sign-in", data={"name": "ada", "password": password} | fields)


def link_of(db: Database, name: str) -> str:
    with db.writing() as session:
        return create_link(session, name)


def cookie(answer: Response, name: str) -> Morsel[str]:
    return SimpleCookie(answer.headers["set-cookie"])[name]
