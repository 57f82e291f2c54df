"""Every setting, once: its type, default and help. Environment, settings file, flags and docs follow it.

A setting comes from, in this order: a command-line flag, the environment (`GOODDATA_` and the name in capitals), the
settings file `gooddata.toml` in the current folder (or where GOODDATA_SETTINGS points), the default.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from gooddata.errors import ConfigurationError

PREFIX = "GOODDATA_"


class Setting(msgspec.Struct, frozen=True):
    """What a setting means. A secret has no command-line flag, since command lines are public on a machine."""

    help: str
    secret: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    raw_dsn: Annotated[
        str | None, Setting("PostgreSQL DSN of the raw database; the embedded server when absent", secret=True)
    ] = None
    analytics_dsn: Annotated[
        str | None, Setting("PostgreSQL DSN of the analytics database; the embedded server when absent", secret=True)
    ] = None
    operator_raw_dsn: Annotated[
        str | None,
        Setting("PostgreSQL DSN by which serving does with raw what owners ask in the dashboard", secret=True),
    ] = None
    operator_analytics_dsn: Annotated[
        str | None, Setting("PostgreSQL DSN of analytics for the same: erasing, exporting, sending again", secret=True)
    ] = None
    new_analytics_dsn: Annotated[
        str | None, Setting("PostgreSQL DSN of the database that gooddata move takes analytics to", secret=True)
    ] = None
    log: Annotated[
        str,
        Setting("the event log: postgres, or NATS JetStream by its servers, nats://one,two,three", secret=True),
        msgspec.Meta(pattern=r"^(postgres|(nats|tls)://\S+)$"),
    ] = "postgres"
    data: Annotated[Path, Setting("folder for the embedded databases, keys and secrets")] = Path("gooddata-data")
    host: Annotated[str, Setting("address to listen on")] = "127.0.0.1"
    port: Annotated[int, Setting("port to listen on"), msgspec.Meta(ge=1, le=65535)] = 8000
    tls_certificate: Annotated[
        Path | None,
        Setting("file with the certificate to answer HTTPS with, and those above it (PEM); plain HTTP when absent"),
    ] = None
    tls_key: Annotated[Path | None, Setting("file with the key of that certificate (PEM, not encrypted)")] = None
    partitions: Annotated[
        int, Setting("partitions of the event log; fixed when the log is made"), msgspec.Meta(ge=1, le=1024)
    ] = 4
    dedup_window_hours: Annotated[
        int, Setting("hours for which an event's id is remembered, so that it counts once"), msgspec.Meta(ge=1)
    ] = 24
    late_days: Annotated[
        int, Setting("days after which an event is too old to be taken in without import scope"), msgspec.Meta(ge=1)
    ] = 30
    spool_mb: Annotated[
        int,
        Setting("megabytes of disk for events that arrive while the event log is away; past it they are not taken"),
        msgspec.Meta(ge=1),
    ] = 1024
    rate_limit: Annotated[
        int, Setting("events a second that one write key may send to one process; 0: no limit"), msgspec.Meta(ge=0)
    ] = 0
    rejected_bytes: Annotated[
        int, Setting("bytes of rejected events that are kept of a project a day"), msgspec.Meta(ge=0)
    ] = 16_777_216
    training_mb: Annotated[
        int,
        Setting(
            "megabytes of memory that the process that trains a project's models may take; one that needs more fails"
        ),
        msgspec.Meta(ge=64),
    ] = 2048
    training_scheduler: Annotated[
        str | None,
        Setting(
            "address of a Dask scheduler, tls://host:8786, on whose workers models are fitted; needs gooddata[dask]"
        ),
    ] = None
    ingest_url: Annotated[
        str | None,
        Setting("address at which serving reaches ingestion, to send rejected events again; its own where it ingests"),
    ] = None
    query_mb: Annotated[
        int,
        Setting("megabytes of memory that a serving process may keep events in, by columns, to answer questions"),
        msgspec.Meta(ge=16),
    ] = 1280
    trusted_proxies: Annotated[
        str | None,
        Setting("addresses and networks of proxies whose X-Forwarded-For is believed, with commas in between"),
    ] = None
    country_header: Annotated[
        str | None, Setting("header in which a proxy says the sender's country, such as CF-IPCountry")
    ] = None
    geoip_database: Annotated[
        Path | None, Setting("MaxMind database (.mmdb) that knows the country of an IP address; needs gooddata[geoip]")
    ] = None
    smtp_url: Annotated[
        str | None,
        Setting("mail server for alerts, such as smtp://user:password@mail.example.com:587", secret=True),
    ] = None
    smtp_from: Annotated[str | None, Setting("e-mail address that alerts come from")] = None
    webhook_private: Annotated[
        bool, Setting("let webhooks of alerts go to private, loopback and link-local addresses, too")
    ] = False
    metrics_token: Annotated[
        str | None,
        Setting(
            "token that opens /metrics, as Authorization: Bearer; made in the data folder when absent", secret=True
        ),
    ] = None
    metrics_listen: Annotated[
        str | None,
        Setting("further address at which a process tells its metrics, as 127.0.0.1:9100 or unix:/run/gooddata/work"),
    ] = None
    metrics_of: Annotated[
        Path | None,
        Setting("folder of sockets (unix:) of other processes on this machine, whose metrics this one tells, too"),
    ] = None
    log_format: Annotated[Literal["text", "json"], Setting("form of log lines: text, or json, one object a line")] = (
        "text"
    )
    log_requests: Annotated[
        Literal["none", "failed", "all"], Setting("requests that are logged: none, failed (answered with 5xx), or all")
    ] = "failed"
    secret: Annotated[
        str | None,
        Setting("key that pseudonyms and tokens are derived from; made in the data folder when absent", secret=True),
    ] = None

    @property
    def dedup_window(self) -> timedelta:
        return timedelta(hours=self.dedup_window_hours)

    def require_dsns(self) -> tuple[str, str]:
        """Both DSNs, or ConfigurationError when a role of its own is started without them."""
        if not self.raw_dsn or not self.analytics_dsn:
            raise ConfigurationError(
                "this command needs both databases: set GOODDATA_RAW_DSN and GOODDATA_ANALYTICS_DSN, "
                "or start everything on the embedded server with: gooddata up"
            )
        return self.raw_dsn, self.analytics_dsn

    def of_operator(self) -> "Settings | None":
        """These settings with the operator's DSNs in place of both; None where serving was given none."""
        if not self.operator_raw_dsn or not self.operator_analytics_dsn:
            return None
        return msgspec.structs.replace(self, raw_dsn=self.operator_raw_dsn, analytics_dsn=self.operator_analytics_dsn)

    def secret_bytes(self) -> bytes:
        """The secret, read from or made in the data folder when no setting gives it."""
        if self.secret:
            return self.secret.encode()
        return kept_secret(self.data / "secret").encode()

    def known_metrics_token(self) -> str | None:
        """The token of /metrics, read from or made in the data folder when no setting gives it; None where none can be
        kept there: then /metrics stays closed."""
        if self.metrics_token:
            return self.metrics_token
        try:
            return kept_secret(self.data / "metrics-token", "gm_")
        except OSError:
            return None

    def known_secret_bytes(self) -> bytes:
        """The secret that there is. Raises ConfigurationError where there is none: a new one would know nobody."""
        if not self.secret and not (self.data / "secret").exists():
            raise ConfigurationError(
                f"the secret by which people are known is not in {self.data}: name the data folder of the servers with "
                "--data, or set GOODDATA_SECRET to theirs"
            )
        return self.secret_bytes()


def described() -> list[tuple[str, type, Any, Setting]]:
    """Every setting: its name, type, default and meaning, in the order of declaration."""
    hints = get_type_hints(Settings, include_extras=True)
    return [
        (field.name, _kind(hints[field.name]), field.default, hints[field.name].__metadata__[0])
        for field in msgspec.structs.fields(Settings)
    ]


def _kind(hint: Any) -> type:
    """The type that a flag of the setting takes: text for a choice of words."""
    kinds = [kind for kind in get_args(hint.__origin__) if kind is not NoneType] or [hint.__origin__]
    return str if get_origin(hint.__origin__) is Literal else kinds[0]


def load(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force; flags that are None do not count. Raises ConfigurationError naming the setting."""
    values: dict[str, Any] = _from_file(Path(environment.get(PREFIX + "SETTINGS", "gooddata.toml")))
    for name, _, _, _ in described():
        if given := environment.get(PREFIX + name.upper()):
            values[name] = given
    values |= {name: value for name, value in (flags or {}).items() if value is not None}
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as failure:
        raise ConfigurationError(f"a setting is not usable: {failure}") from None
    return settings


# Of a process that has no business with what owners do to raw.
WITHOUT_OPERATOR = {f"{PREFIX}OPERATOR_RAW_DSN": "", f"{PREFIX}OPERATOR_ANALYTICS_DSN": ""}


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as environment variables, for a child process."""
    return {
        PREFIX + name.upper(): str(value)
        for name, _, _, _ in described()
        if (value := getattr(settings, name)) is not None
    }


def wanted_traces(environment: Mapping[str, str] = os.environ) -> str | None:
    """The exporter of traces that OpenTelemetry's standard variables ask for: otlp, otlp-grpc, console, or None.

    Traces are on where an OTLP endpoint or an exporter is named. Raises ConfigurationError for an unknown exporter.
    """
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    endpoint = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    exporter = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() or ("otlp" if endpoint else "none")
    if exporter not in ("none", "otlp", "console"):
        raise ConfigurationError(f"OTEL_TRACES_EXPORTER is {exporter!r}; otlp, console and none are known")
    if exporter != "otlp":
        return None if exporter == "none" else exporter
    protocol = environment.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environment.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    return "otlp-grpc" if protocol == "grpc" else "otlp"


def kept_secret(path: Path, prefix: str = "") -> str:
    """The secret kept in `path`, made at first use, readable by its owner alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        made = prefix + secrets.token_urlsafe(32)
        file.write(made)
    return made


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as failure:
        raise ConfigurationError(f"the settings file {path} cannot be read: {failure}") from None
    unknown = set(values) - {name for name, _, _, _ in described()}
    if unknown:
        raise ConfigurationError(f"the settings file {path} has unknown settings: {', '.join(sorted(unknown))}")
    return values


def _path(wanted: type, value: Any) -> Any:
    if wanted is Path and isinstance(value, str | Path):
        return Path(value)
    raise NotImplementedError(f"{value!r} is no {wanted.__name__}")
