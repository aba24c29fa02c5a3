"""A visitor over HTTP: signs in as a person would and asks for pages."""

from __future__ import annotations

import re

import requests

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def signed_in(address: str, username: str, password: str) -> requests.Session:
    """A session in which `username` has signed in; raises RuntimeError when refused."""
    session = requests.Session()
    page = session.get(f"{address}/sign-in", timeout=30)
    token = TOKEN.search(page.text)
    if token is None:
        raise RuntimeError(f"no form at {address}/sign-in ({page.status_code})")
    answer = session.post(
        f"{address}/sign-in",
        data={
            "csrfmiddlewaretoken": token.group(1),
            "username": username,
            "password": password,
        },
        headers={"Referer": f"{address}/sign-in"},
        timeout=30,
    )
    if answer.status_code != 200 or answer.url.endswith("/sign-in"):
        raise RuntimeError(f"{username} could not sign in ({answer.status_code})")
    return session
