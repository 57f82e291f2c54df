"""HTTPS at the server's own port, and TLS to PostgreSQL, by certificates made here."""

import asyncio
import contextlib
import shutil
import ssl
import subprocess

import asyncpg
import httpx
import msgspec
import pytest

from gooddata.config import Settings
from gooddata.errors import ConfigurationError
from gooddata.persistence.pool import open_connection
from gooddata.serving.access import make_link_token
from gooddata.tls import Certificate, certificate_of, own_url
from tests.conftest import Processes, free_port, new_project
from tests.integration.sent import event


def made(folder, name="localhost"):
    """A certificate for `name`, by nobody but itself, and its key."""
    folder.mkdir(exist_ok=True)
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={name}"
    files = ["-addext", f"subjectAltName=DNS:{name}", "-keyout", folder / "key", "-out", folder / "certificate"]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    return folder / "certificate", folder / "key"


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return made(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
async def port(shared, pair, tmp_path_factory):
    """Of a server that answers HTTPS."""
    processes = Processes(shared, tmp_path_factory.mktemp("data"))
    certificate, key = map(str, pair)
    port = free_port()
    flags = ("--port", str(port), "--tls-certificate", certificate, "--tls-key", key)
    process = processes.start("serve", "--ingest", *flags)
    async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=certificate)) as client:
        for _ in range(400):
            assert process.poll() is None
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"https://localhost:{port}/readyz")).status_code == 200:
                    break
            await asyncio.sleep(0.05)
    yield port
    processes.end()


async def test_events_pages_and_sign_in_go_by_https_alone(port, pair, shared):
    shop = await new_project(shared)
    connection = await asyncpg.connect(shared.analytics_dsn)
    token = await make_link_token(connection)
    await connection.close()
    trust = ssl.create_default_context(cafile=pair[0])
    async with httpx.AsyncClient(base_url=f"https://localhost:{port}", verify=trust) as client:
        answer = await client.post("/v1/batch", json={"writeKey": shop.write_key, "batch": [event()]})
        assert answer.json()["accepted"] == 1
        assert (await client.get("/")).headers["content-type"].startswith("text/html")
        cookie = (await client.get("/sign-in", params={"token": token})).headers["set-cookie"].lower()
        assert "; secure" in cookie and "; httponly" in cookie
        settings = (await client.get(f"/v1/projects/{shop.write_key}/settings")).json()
        assert settings["integrations"]["Segment.io"]["protocol"] == "https"
    async with httpx.AsyncClient() as stranger:
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            await stranger.get(f"https://localhost:{port}/")
        with pytest.raises(httpx.TransportError):
            await stranger.get(f"http://localhost:{port}/")


async def test_what_is_older_than_tls_1_2_is_refused(port, pair):
    old = ssl.create_default_context(cafile=pair[0])
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("localhost", port, ssl=old)


def test_a_renewed_certificate_is_taken_up_and_a_broken_one_is_not(tmp_path):
    first, other = made(tmp_path / "first"), made(tmp_path / "other", "shop.example")
    kept = Certificate(Settings(tls_certificate=first[0], tls_key=first[1]))
    assert _shown(kept) == first[0].read_text()
    for old, new in zip(first, other, strict=True):
        shutil.copy(new, old)
    assert _shown(kept) != other[0].read_text()
    kept.look_again()
    assert _shown(kept) == other[0].read_text()
    first[0].write_text("nothing of the kind")
    with pytest.raises(ConfigurationError, match="no certificate"):
        kept.look_again()
    assert _shown(kept) == other[0].read_text()


def _shown(kept):
    """The certificate that who connects is shown, in PEM."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    here, there = (ssl.MemoryBIO(), ssl.MemoryBIO()), (ssl.MemoryBIO(), ssl.MemoryBIO())
    client, server = anybody.wrap_bio(*here), kept.context.wrap_bio(*there, server_side=True)
    for _ in range(4):
        for one in (client, server):
            with contextlib.suppress(ssl.SSLWantReadError):
                one.do_handshake()
        there[0].write(here[1].read())
        here[0].write(there[1].read())
    return ssl.DER_cert_to_PEM_cert(client.getpeercert(binary_form=True))


@pytest.mark.parametrize("lacking", ["tls_key", "tls_certificate", "both are one", "encrypted", "not there"])
def test_what_is_no_certificate_with_its_key_is_named_at_the_start(pair, tmp_path, lacking):
    settings = Settings(tls_certificate=pair[0], tls_key=pair[1])
    if lacking == "both are one":
        settings = msgspec.structs.replace(settings, tls_key=pair[0])
    elif lacking == "encrypted":
        locked = tmp_path / "locked"
        subprocess.run(["openssl", "ec", "-aes256", "-passout", "pass:x", "-in", pair[1], "-out", locked], check=True)
        settings = msgspec.structs.replace(settings, tls_key=locked)
    elif lacking == "not there":
        settings = msgspec.structs.replace(settings, tls_key=tmp_path / "nowhere")
    else:
        settings = msgspec.structs.replace(settings, **{lacking: None})
    with pytest.raises(ConfigurationError, match=r"TLS|certificate|cannot be read"):
        certificate_of(settings)


def test_a_server_is_reached_by_the_scheme_that_it_answers(pair):
    assert certificate_of(Settings()) is None
    assert own_url(Settings(host="0.0.0.0")) == "http://localhost:8000"
    assert own_url(Settings(host="::1", tls_certificate=pair[0])) == "https://[::1]:8000"


@contextlib.asynccontextmanager
async def before(postgres, context):
    """In front of PostgreSQL, what one with TLS would do first: it agrees to TLS, and then passes on."""

    async def pass_on(reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def answer(reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            # SSLRequest, as PostgreSQL's protocol has it: a length of 8 and the number 80877103.
            assert await reader.readexactly(8) == (8).to_bytes(4) + (80_877_103).to_bytes(4)
            writer.write(b"N" if context is None else b"S")
            await writer.drain()
            if context is None:
                writer.close()
                return
            await writer.start_tls(context)
            inner = await asyncio.open_connection("127.0.0.1", postgres.port)
            await asyncio.gather(pass_on(reader, inner[1]), pass_on(inner[0], writer))

    server = await asyncio.start_server(answer, "localhost", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_a_connection_to_postgresql_is_as_safe_as_its_dsn_says(postgres, shared, pair, tmp_path):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*pair)
    stranger, _ = made(tmp_path / "stranger")
    base = shared.analytics_dsn.partition("?")[0]

    def dsn(port, host="localhost", root=pair[0]):
        at = base.replace("127.0.0.1", host).replace(str(postgres.port), str(port))
        return f"{at}?sslmode=verify-full&sslrootcert={root}"

    async with before(postgres, context) as port:
        connection = await open_connection(dsn(port), "gooddata_dashboard")
        assert await connection.fetchval("SELECT current_user") == "gooddata_dashboard"
        assert connection._transport.get_extra_info("cipher")
        await connection.close()
        for wrong in (dsn(port, root=stranger), dsn(port, "127.0.0.1")):
            with pytest.raises(ConfigurationError, match="certificate verify failed"):
                await open_connection(wrong, "gooddata_dashboard")
    async with before(postgres, None) as port:
        with pytest.raises(ConfigurationError, match="SSL"):
            await open_connection(dsn(port), "gooddata_dashboard")
