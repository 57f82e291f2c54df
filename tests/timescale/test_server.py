"""What stands between a client and the one backend there is: connections do not see each other."""

import asyncio
import io
import time

import asyncpg
import pytest

LARGE = 600_000


async def connected(dsn, **settings):
    return await asyncpg.connect(dsn, server_settings=settings)


async def test_connections_take_turns_with_settings_and_statements_of_their_own(timescale):
    first, second = await connected(timescale), await connected(timescale, timezone="Asia/Tokyo")
    for _ in range(3):
        assert await first.fetchval("SHOW timezone") == "GMT"
        assert await second.fetchval("SHOW timezone") == "Asia/Tokyo"
        # Both name their first statement the same.
        assert await first.fetchval("SELECT $1::int + 1", 1) == 2
        assert await second.fetchval("SELECT upper($1)", "a") == "A"
    await first.execute("SET enable_seqscan = off")
    assert await second.fetchval("SHOW enable_seqscan") == "on"
    assert await first.fetchval("SHOW enable_seqscan") == "off"
    bare = await asyncpg.connect(timescale, statement_cache_size=0)
    assert [await bare.fetchval("SELECT $1::int", n) for n in range(3)] == [0, 1, 2]
    for connection in (first, second, bare):
        await connection.close()


async def settings(connection):
    return tuple(
        await connection.fetchrow(
            "SELECT current_setting('timezone'), current_setting('application_name'), current_setting('search_path'),"
            " current_setting('enable_seqscan'), current_user"
        )
    )


async def test_what_is_reset_is_as_it_was_at_the_start(timescale):
    owner = await connected(timescale)
    await owner.execute("CREATE ROLE reader NOLOGIN")
    started = ("Asia/Tokyo", "reads", '"$user", public', "on", "reader")
    start = {"role": "reader", "timezone": "Asia/Tokyo", "application_name": "reads"}
    # A pool resets what it gets back.
    async with asyncpg.create_pool(timescale, min_size=1, max_size=1, server_settings=start) as pool:
        for _ in range(2):
            async with pool.acquire() as connection:
                assert await settings(connection) == started
                await connection.execute("SET timezone = 'Asia/Seoul'; SET enable_seqscan = off")
    reader = await connected(timescale, **start)
    await reader.execute("SET ROLE postgres; SET timezone = 'Asia/Seoul'; SET application_name = 'other'")
    await reader.execute("RESET ROLE; RESET timezone")
    assert await settings(reader) == ("Asia/Tokyo", "other", *started[2:])
    async with reader.transaction():
        await reader.execute("RESET ALL")
        assert await settings(reader) == started
    await reader.close()
    await owner.close()


async def test_settings_are_kept_however_they_were_made(timescale):
    first, second = await connected(timescale), await connected(timescale)

    async def zone():
        await second.fetchval("SELECT 1")
        return await first.fetchval("SHOW timezone")

    await first.fetchval("SELECT set_config('timezone', 'Asia/Tokyo', false)")
    assert await zone() == "Asia/Tokyo"
    await first.execute("/* a comment */ SELECT 1; SET timezone = 'Asia/Seoul'")
    assert await zone() == "Asia/Seoul"
    undone = first.transaction()
    await undone.start()
    await first.execute("SET timezone = 'Asia/Tokyo'")
    await undone.rollback()
    assert await zone() == "Asia/Seoul"
    async with first.transaction():
        await first.execute("SET LOCAL timezone = 'Asia/Tokyo'; SET application_name = 'it''s'")
    assert await zone() == "Asia/Seoul"
    assert await first.fetchval("SHOW application_name") == "it's"
    assert await second.fetchval("SHOW application_name") == ""
    await first.close()
    await second.close()


async def test_an_error_is_its_own_statement_s(timescale):
    connection = await connected(timescale)
    with pytest.raises(asyncpg.UndefinedColumnError):
        await connection.fetch("SELECT nonsense")
    assert await connection.fetchval("SELECT 1") == 1
    await connection.execute("CREATE TABLE t (a int PRIMARY KEY)")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with connection.transaction():
            await connection.execute("INSERT INTO t VALUES (1), (1)")
    async with connection.transaction():
        with pytest.raises(asyncpg.UniqueViolationError):
            async with connection.transaction():
                await connection.execute("INSERT INTO t VALUES (2), (2)")
        await connection.execute("INSERT INTO t VALUES (3)")
    assert await connection.fetchval("SELECT array_agg(a) FROM t") == [3]
    await connection.close()


async def test_a_transaction_has_the_backend_to_itself_until_it_ends(timescale):
    first, second = await connected(timescale), await connected(timescale)
    await first.execute("CREATE TABLE t (a int)")
    async with first.transaction():
        await first.execute("INSERT INTO t VALUES (1)")
        counting = asyncio.create_task(second.fetchval("SELECT count(*) FROM t"))
        await asyncio.sleep(0.2)
        assert not counting.done()
    assert await counting == 1
    await first.transaction().start()
    await first.execute("DELETE FROM t")
    first.terminate()
    assert await asyncio.wait_for(second.fetchval("SELECT count(*) FROM t"), 5) == 1
    await second.close()


async def test_what_waits_for_its_turn_can_be_cancelled(timescale):
    first, second = await connected(timescale), await connected(timescale)
    async with first.transaction():
        await first.fetchval("SELECT 1")
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await second.fetchval("SELECT $1::int", 2, timeout=0.2)
            with pytest.raises(TimeoutError):
                await second.execute("SELECT 3", timeout=0.2)
        # An answer to what was cancelled, late, would be taken for the answer to this one.
        waiting = asyncio.create_task(second.fetchval("SELECT $1::int", 4))
        await asyncio.sleep(0.1)
        assert await first.fetchval("SELECT 5") == 5
    assert await asyncio.wait_for(waiting, 5) == 4
    await first.close()
    await second.close()


async def test_nobody_waits_for_small_answers(timescale):
    """Parts of an answer that are sent one by one wait 40 ms for the client to acknowledge the first."""
    connection = await connected(timescale)
    began = time.perf_counter()
    for n in range(20):
        assert await connection.fetchval(f"SELECT {n}") == n
    assert time.perf_counter() - began < 20 * 0.04
    await connection.close()


async def test_much_is_copied_in_and_out_and_long_values_pass(timescale):
    connection = await connected(timescale)
    await connection.execute("CREATE TABLE t (a int, b text, v real[])")
    rows = [(n, "x" * 50, [1.0, 2.0]) for n in range(20_000)]
    await connection.copy_records_to_table("t", records=rows)
    out = io.BytesIO()
    await connection.copy_from_query("SELECT * FROM t", output=out, format="binary")
    assert len(out.getvalue()) > 1_000_000
    out.seek(0)
    await connection.copy_to_table("t", source=out, format="binary")
    assert await connection.fetchval("SELECT count(*) FROM t") == 40_000
    lines = io.BytesIO()
    await connection.copy_from_table("t", output=lines)
    assert len(lines.getvalue()) > 2_000_000
    lines.seek(0)
    await connection.execute("TRUNCATE t")
    await connection.copy_to_table("t", source=lines)
    assert await connection.fetchval("SELECT count(*) FROM t WHERE a < 20_000 AND b = repeat('x', 50)") == 40_000
    for copying, error in (
        (lambda: connection.copy_to_table("t", source=io.BytesIO(b"x\ty\t{}\n")), asyncpg.DataError),
        (lambda: connection.copy_records_to_table("nothing", records=rows), asyncpg.UndefinedTableError),
        (lambda: connection.copy_records_to_table("t", records=((n, "x", [1 / n]) for n in (1, 0))), ZeroDivisionError),
    ):
        with pytest.raises(error):
            await copying()
        assert await connection.fetchval("SELECT count(*) FROM t") == 40_000
    assert await connection.fetchval("SELECT length($1::text)", "z" * LARGE) == LARGE
    assert len(await connection.fetchval("SELECT repeat('z', $1)", LARGE)) == LARGE
    await connection.close()


async def test_those_who_listen_are_told_and_no_others(timescale):
    first, second = await connected(timescale), await connected(timescale)
    heard = []
    await second.add_listener("news", lambda *told: heard.append(told[2:]))
    await first.execute("NOTIFY news, 'one'; NOTIFY others, 'two'")
    await second.execute("NOTIFY news, 'three'")
    # What a pool resets ends nobody else's listening, nor does another who listens to the same.
    async with asyncpg.create_pool(timescale, min_size=1, max_size=1) as pool, pool.acquire() as connection:
        await connection.execute("LISTEN news")
    await first.fetchval("SELECT pg_notify('news', 'four')")
    await asyncio.sleep(0.1)
    assert heard == [("news", "one"), ("news", "three"), ("news", "four")]
    await second.add_listener("odd name", lambda *told: heard.append(told[2:]))
    await first.execute("NOTIFY \"odd name\", 'five'")
    await asyncio.sleep(0.1)
    assert heard[3:] == [("odd name", "five")]
    await first.close()
    await second.close()


async def test_a_role_is_worn_by_the_connection_that_took_it(timescale):
    owner = await connected(timescale)
    await owner.execute("CREATE TABLE t (a int); CREATE ROLE reader NOLOGIN; GRANT SELECT ON t TO reader")
    reader = await connected(timescale, role="reader")
    assert await reader.fetchval("SELECT current_user") == "reader"
    assert await owner.fetchval("SELECT current_user") == "postgres"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.execute("DELETE FROM t")
    with pytest.raises(asyncpg.PostgresError, match="nobody"):
        await connected(timescale, role="nobody")
    assert await owner.fetchval("SELECT count(*) FROM t") == 0
    await owner.close()
    await reader.close()
