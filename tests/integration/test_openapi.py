"""The document that describes the API is true enough to be tested by: whatever it allows, and what it does not, the
server never fails."""

import asyncio
import re
import sys
from pathlib import Path

import asyncpg
import httpx
import pytest

from gooddata.serving.access import COOKIE, make_link_token

EXAMPLES = 1
# Streams do not end; signing out and a new password end the sign-in by which the others are asked.
LEFT_OUT = "stream|sign-out|/password"


@pytest.mark.timeout(120)
async def test_no_request_makes_the_server_fail(shared, server, tmp_path):
    connection = await asyncpg.connect(shared.analytics_dsn)
    token = await make_link_token(connection)
    await connection.close()
    async with httpx.AsyncClient(base_url=server.url) as client:
        await client.get("/sign-in", params={"token": token})
        cookie = client.cookies[COOKIE]
    run = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{server.url}/api/openapi.json",
        "--header", f"Cookie: {COOKIE}={cookie}", "--header", "X-GoodData: 1",
        "--checks", "not_a_server_error", "--phases", "fuzzing",
        "--max-examples", str(EXAMPLES), "--exclude-path-regex", LEFT_OUT, "--suppress-health-check", "all",
        "--generation-database", "none", "--warnings", "off", "--no-color", "--seed", "1",
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output = (await run.communicate())[0].decode(errors="replace")
    assert run.returncode == 0, output[-4_000:]
    generated = re.search(r"([\d,]+) generated", output)
    assert generated and int(generated[1].replace(",", "")) > 50, output[-4_000:]
