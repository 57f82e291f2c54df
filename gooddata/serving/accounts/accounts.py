"""The accounts that there are: made, changed, removed."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from gooddata.errors import InputError
from gooddata.serving.sign_ins import end_all
from gooddata.sql import statement

ROLES = ("viewer", "analyst", "owner")
MOST_ACCOUNTS = 500
MOST_EMAIL_CHARACTERS = 254

_LIST = statement(__package__, "accounts")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


async def list_accounts(connection: Any) -> list[dict[str, Any]]:
    """Every account, oldest first, without its password's hash."""
    return [dict(row) for row in await connection.fetch(_LIST)]


async def create_account(connection: Any, email: str, role: str, projects: Sequence[str] | None) -> UUID:
    """An account without a password: a one-time link lets it in. `projects` None opens all. Raises InputError."""
    address = checked_email(email)
    await _check(connection, role, projects)
    if await connection.fetchval("SELECT count(*) FROM control.account") >= MOST_ACCOUNTS:
        raise InputError(f"there are {MOST_ACCOUNTS} accounts already; remove one first")
    try:
        return await connection.fetchval(
            """INSERT INTO control.account (account_id, email, role, projects) VALUES ($1, $2, $3, $4)
               RETURNING account_id""",
            uuid4(),
            address,
            role,
            projects,
        )
    except asyncpg.UniqueViolationError:
        raise InputError(f"there is an account {address} already", "email") from None


async def change_account(connection: Any, account: UUID, role: str, projects: Sequence[str] | None) -> bool:
    """Gives an account another role and other projects, from its next request on; False when there is none. Raises
    InputError, also where no owner would be left."""
    await _check(connection, role, projects)
    async with connection.transaction():
        if role != "owner":
            await _leave_an_owner(connection, account)
        done = await connection.execute(
            "UPDATE control.account SET role = $2, projects = $3 WHERE account_id = $1", account, role, projects
        )
    return done == "UPDATE 1"


async def remove_account(connection: Any, account: UUID) -> bool:
    """Removes an account and signs it out everywhere; False when there is none. Raises InputError for the last
    owner."""
    async with connection.transaction():
        await _leave_an_owner(connection, account)
        return await connection.execute("DELETE FROM control.account WHERE account_id = $1", account) == "DELETE 1"


async def set_password(connection: Any, account: UUID, password_hash: str) -> None:
    """Keeps the hash, and signs the account out everywhere: who knew the former password is out."""
    async with connection.transaction():
        await connection.execute(
            "UPDATE control.account SET password_hash = $2 WHERE account_id = $1", account, password_hash
        )
        await end_all(connection, account)


async def account_of(connection: Any, email: str) -> UUID:
    """The account with this e-mail address. Raises InputError when there is none."""
    found = await connection.fetchval("SELECT account_id FROM control.account WHERE email = $1", email.strip().lower())
    if found is None:
        raise InputError(f"there is no account {email!r}; see: gooddata account list", "email")
    return found


def checked_email(email: str) -> str:
    """An e-mail address in lower case. Raises InputError."""
    address = email.strip().lower()
    if len(address) > MOST_EMAIL_CHARACTERS or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise InputError("an e-mail address looks like name@example.com", "email")
    return address


async def _check(connection: Any, role: str, projects: Sequence[str] | None) -> None:
    if role not in ROLES:
        raise InputError(f"role must be one of {', '.join(ROLES)}", "role")
    if projects is None:
        return
    if role == "owner":
        raise InputError("an owner opens all projects; name none", "projects")
    known = {row["project_id"] for row in await connection.fetch("SELECT project_id FROM control.project")}
    for project in projects:
        if project not in known:
            raise InputError(f"there is no project {project!r}; see: gooddata project list", "projects")


async def _leave_an_owner(connection: Any, account: UUID) -> None:
    """Raises InputError where this is the only owner. Two at once wait for one another."""
    owners = await connection.fetch("SELECT account_id FROM control.account WHERE role = 'owner' FOR UPDATE")
    if [row["account_id"] for row in owners] == [account]:
        raise InputError("this is the last owner; make another account an owner first")
