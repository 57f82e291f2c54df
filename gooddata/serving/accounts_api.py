"""`/api/...` of signing in and out, of accounts, and of read keys."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, Router, delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.di import Provide
from litestar.exceptions import NotFoundException

from gooddata.serving.access import BROWSER_LIFE, COOKIE, Access, Forbidden, NotAllowed, Opens, Role, demand, require
from gooddata.serving.accounts import accounts, keys
from gooddata.serving.accounts.attempts import Attempts
from gooddata.serving.accounts.passwords import MOST_CHARACTERS, Passwords, check_password
from gooddata.serving.api import opens as provide_opens
from gooddata.serving.api import provide_project
from gooddata.serving.callers import Callers
from gooddata.serving.csrf import check_origin
from gooddata.serving.sign_ins import make_link_token, sign_in_browser, sign_out
from gooddata.serving.store import Store

Typed = Annotated[str, msgspec.Meta(max_length=MOST_CHARACTERS)]


class SigningIn(msgspec.Struct, forbid_unknown_fields=True):
    email: Annotated[str, msgspec.Meta(max_length=accounts.MOST_EMAIL_CHARACTERS)]
    password: Typed


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """`current` may be left out by an account without a password, and for an hour after a one-time link."""

    password: Typed
    current: Typed | None = None


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    email: str
    role: str = "viewer"
    projects: list[str] | None = None


class Change(msgspec.Struct, forbid_unknown_fields=True):
    role: str
    projects: list[str] | None = None


class NewKey(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    kinds: list[str] | None = None


def session_cookie(value: str, secure: bool, seconds: int = int(BROWSER_LIFE.total_seconds())) -> Cookie:
    return Cookie(key=COOKIE, value=value, httponly=True, secure=secure, samesite="lax", max_age=seconds, path="/")


@post("/sign-in", status_code=200)
async def sign_in(
    request: Request[Any, Any, Any],
    store: Store,
    passwords: Passwords,
    attempts: Attempts,
    callers: Callers,
    data: SigningIn,
) -> Response[Any]:
    """Signs a browser in by e-mail address and password: 401 for a wrong one, 429 after too many attempts."""
    check_origin(request)
    email, address = accounts.checked_email(data.email), callers.address(request)
    await attempts.take(email, address)
    row = await store.analytics.fetchrow(
        "SELECT account_id, password_hash FROM control.account WHERE email = $1", email
    )
    if not await passwords.is_right(data.password, row and row["password_hash"]):
        raise NotAllowed("the e-mail address or the password is wrong")
    await attempts.succeeded(email, address)
    cookie = await sign_in_browser(store.analytics, row["account_id"], request.cookies.get(COOKIE))
    return _with_cookie(cookie, callers.is_secure(request))


@post("/sign-out", status_code=200)
async def leave(request: Request[Any, Any, Any], store: Store, callers: Callers) -> Response[Any]:
    """Ends the browser's sign-in, here and for whoever copied its cookie."""
    check_origin(request)
    if cookie := request.cookies.get(COOKIE):
        await sign_out(store.analytics, cookie)
    return _with_cookie("", callers.is_secure(request), 0)


@post("/password", status_code=200)
async def password(
    request: Request[Any, Any, Any],
    opens: Opens,
    store: Store,
    passwords: Passwords,
    attempts: Attempts,
    callers: Callers,
    data: NewPassword,
) -> Response[Any]:
    """Sets one's own password, and signs all other browsers of the account out."""
    account, email = demand(opens, Role.VIEWER).account, opens.email
    assert account is not None and email is not None
    check_password(data.password)
    if not opens.sets_password:
        address = callers.address(request)
        await attempts.take(email, address)
        kept = await store.analytics.fetchval(
            "SELECT password_hash FROM control.account WHERE account_id = $1", account
        )
        if not await passwords.is_right(data.current or "", kept):
            raise Forbidden("the current password is wrong")
        await attempts.succeeded(email, address)
    hashed = await passwords.hash(data.password)
    async with store.analytics.acquire() as connection, connection.transaction():
        await accounts.set_password(connection, account, hashed)
        cookie = await sign_in_browser(connection, account, None)
    return _with_cookie(cookie, callers.is_secure(request))


@get("/accounts")
async def all_accounts(owner: Opens, store: Store) -> dict[str, Any]:
    """Every account with its role and what it opens."""
    return {"accounts": await accounts.list_accounts(store.analytics), "roles": accounts.ROLES}


@post("/accounts")
async def invite(owner: Opens, store: Store, data: NewAccount) -> dict[str, Any]:
    """Makes an account. The link, told this once, works once within 24 hours; it lets its bearer set a password."""
    async with store.analytics.acquire() as connection, connection.transaction():
        made = await accounts.create_account(connection, data.email, data.role, data.projects)
        return {"account": made, "link": await _link(connection, made)}


@post("/accounts/{account_id:uuid}/link", status_code=200)
async def new_link(owner: Opens, store: Store, account_id: UUID) -> dict[str, Any]:
    """Another one-time link for somebody who is locked out."""
    async with store.analytics.acquire() as connection:
        if not await connection.fetchval("SELECT true FROM control.account WHERE account_id = $1", account_id):
            raise NotFoundException("there is no such account")
        return {"account": account_id, "link": await _link(connection, account_id)}


@patch("/accounts/{account_id:uuid}")
async def change(owner: Opens, store: Store, account_id: UUID, data: Change) -> dict[str, Any]:
    """Gives an account another role and other projects, from its next request on."""
    async with store.analytics.acquire() as connection:
        if not await accounts.change_account(connection, account_id, data.role, data.projects):
            raise NotFoundException("there is no such account")
    return {"account": account_id}


@delete("/accounts/{account_id:uuid}")
async def remove(owner: Opens, store: Store, account_id: UUID) -> None:
    """Removes an account and signs it out everywhere. The last owner stays."""
    async with store.analytics.acquire() as connection:
        if not await accounts.remove_account(connection, account_id):
            raise NotFoundException("there is no such account")


@get("/keys")
async def all_keys(owner: Opens, project_id: str, store: Store) -> dict[str, Any]:
    """The project's read keys, with what each is for; null: for everything."""
    return {"keys": await keys.list_keys(store.analytics, project_id), "kinds": keys.KINDS}


@post("/keys")
async def make_key(owner: Opens, project_id: str, store: Store, data: NewKey) -> dict[str, Any]:
    """Makes a read key; it is told this once."""
    return await keys.make_key(store.analytics, project_id, data.name, data.kinds)


@delete("/keys/{key_id:uuid}")
async def revoke_key(owner: Opens, project_id: str, store: Store, access: Access, key_id: UUID) -> None:
    """Revokes a read key: here at once, at other servers within 5 seconds."""
    if not await keys.revoke_key(store.analytics, project_id, key_id):
        raise NotFoundException("there is no such read key")
    access.forget_keys()


async def _link(connection: Any, account: UUID) -> str:
    return f"/sign-in?token={await make_link_token(connection, account)}"


def _with_cookie(value: str, secure: bool, seconds: int | None = None) -> Response[Any]:
    cookie = session_cookie(value, secure) if seconds is None else session_cookie(value, secure, seconds)
    headers = {"cache-control": "no-store"}
    return Response({"signed_in": bool(value)}, cookies=[cookie], headers=headers, media_type=MediaType.JSON)


HANDLERS: list[Any] = [
    sign_in, leave, password, all_accounts, invite, new_link, change, remove, all_keys, make_key, revoke_key,
]  # fmt: skip


def router() -> Router:
    return Router(
        "/api",
        route_handlers=HANDLERS,
        dependencies={
            "opens": Provide(provide_opens),
            "owner": Provide(require(Role.OWNER)),
            "project_id": Provide(provide_project),
        },
        signature_types=[Attempts, Callers, Passwords],
    )
