"""Versions of models in analytics.model: the one in use is the champion, the newest that has not taken its place the
challenger."""

from typing import Any

import msgspec

from gooddata.sql import statement

CHAMPION, CHALLENGER = "champion", "challenger"
KEPT = 20  # versions of a task that is trained, beside the one in use

_PUT, _DEMOTE = statement(__package__, "put_model"), statement(__package__, "demote")

_FORGET = "DELETE FROM analytics.model WHERE project_id = $1 AND task = $2 AND role = 'former' AND version <= $3"


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to store. Without an estimator it abstains, for `reason`; `because` says why it is in use or not.
    `learned_from` and `learned_until` (epoch ms) are between what times lies all that it has learned from."""

    reason: str | None
    trained_on: str
    features: list[str]
    metrics: dict[str, Any]
    estimator: bytes | None
    champion: bool = True
    because: str | None = None
    learned_from: int | None = None
    learned_until: int | None = None
    profile: Any = None
    described: Any = None

    @property
    def status(self) -> str:
        return "abstaining" if self.estimator is None else "ready"


async def put_version(connection: Any, project: str, task: str, version: Version) -> int:
    """Stores it, within the connection's transaction; its number. The newest KEPT stay."""
    demoted = [CHALLENGER, CHAMPION] if version.champion else [CHALLENGER]
    await connection.execute(_DEMOTE, project, task, demoted)
    number: int = await connection.fetchval(
        _PUT,
        project,
        task,
        version.status,
        version.reason,
        version.trained_on,
        version.features,
        msgspec.json.encode(version.metrics).decode(),
        version.estimator,
        CHAMPION if version.champion else CHALLENGER,
        version.because,
        version.learned_from,
        version.learned_until,
        *(
            None if each is None else msgspec.json.encode(each).decode()
            for each in (version.profile, version.described)
        ),
    )
    await connection.execute(_FORGET, project, task, number - KEPT)
    return number
