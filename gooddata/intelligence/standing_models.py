"""Models that standing jobs fit by themselves: kept as versions of analytics.model, the one in use and those that have
not taken its place; fitted again when somebody they have learned from was erased."""

from typing import Any

import msgspec

from gooddata.intelligence.champions import Champion, Decision, champions
from gooddata.intelligence.versions import Version, put_version

# The same lock as in uniques/recount.py, shared. An erasure holds it from its beginning: what is written under it
# either comes before, and is erased, or sees that the person is gone.
_LOCK = "SELECT pg_advisory_xact_lock_shared(7013046015)"
_BEGIN = (
    "INSERT INTO analytics.standing (project_id, task) VALUES ($1, $2) "
    "ON CONFLICT (project_id, task) DO UPDATE SET task = excluded.task "
    "RETURNING at, reason, fitted_at, erasures, erasures_fitted"
)
_LOOKED = "UPDATE analytics.standing SET at = $3, reason = $4 WHERE project_id = $1 AND task = $2"
_FITTED = (
    "UPDATE analytics.standing SET fitted_at = $3, erasures_fitted = $4 "
    "WHERE project_id = $1 AND task = $2 AND erasures = $4 RETURNING true"
)
_FORGET = "DELETE FROM analytics.model WHERE project_id = $1 AND task = $2"


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """A model, what it was trained on, its features and its figures; without an estimator it abstains, for `reason`.
    `described` is what its card says of it."""

    trained_on: str
    features: list[str]
    metrics: dict[str, Any]
    estimator: bytes | None
    reason: str | None = None
    described: dict[str, Any] | None = None


class Standing(msgspec.Struct):
    """`at` is when it was looked at last, and `reason` why nothing was said then. Times are epoch ms; `erasures` is how
    often people had been erased from the project when this was read."""

    at: int | None
    reason: str | None
    fitted_at: int | None
    erasures: int
    erasures_fitted: int

    @property
    def knows_the_erased(self) -> bool:
        """Whether somebody was erased since the model was fitted."""
        return self.erasures != self.erasures_fitted

    def is_due(self, now: int, after_ms: int) -> bool:
        """Whether the model is to be fitted: none is there, it is too old, or it knows somebody who was erased."""
        return self.fitted_at is None or now - self.fitted_at >= after_ms or self.knows_the_erased


async def begin(connection: Any, project: str, task: str) -> Standing:
    """To be read before anything that a model learns from."""
    return Standing(*await connection.fetchrow(_BEGIN, project, task))


async def lock_out_erasures(connection: Any) -> None:
    """Until its transaction ends nobody is erased; take it before any other lock."""
    await connection.execute(_LOCK)


async def looked(connection: Any, project: str, task: str, now: int, reason: str | None) -> None:
    await connection.execute(_LOOKED, project, task, now, reason)


async def abstain(connection: Any, project: str, task: str, standing: Standing, now: int, reason: str) -> None:
    """Nothing can be fitted now. A model that knows somebody who was erased goes all the same."""
    await looked(connection, project, task, now, reason)
    if standing.knows_the_erased:
        await connection.execute(_FORGET, project, task)


async def put(
    connection: Any, project: str, task: str, standing: Standing, now: int, fitted: Fitted, decision: Decision
) -> bool:
    """Stores a model as the one in use, or as a challenger, as was decided. In a transaction that locks erasures out;
    False, and nothing stored, where somebody was erased since `standing` was read."""
    if not await connection.fetchval(_FITTED, project, task, now, standing.erasures):
        return False
    version = Version(
        reason=fitted.reason,
        trained_on=fitted.trained_on,
        features=fitted.features,
        metrics=fitted.metrics | ({"compared": decision.compared} if decision.compared else {}),
        estimator=fitted.estimator,
        champion=decision.promote,
        because=decision.because,
        learned_until=None if fitted.estimator is None else now,
        described=fitted.described,
    )
    await put_version(connection, project, task, version)
    return True


async def in_use(connection: Any, project: str, task: str, standing: Standing | None = None) -> Champion | None:
    """The model in use; by `standing`, read before, whether it knows somebody who was erased."""
    champion = (await champions(connection, project, [task])).get(task)
    if champion is not None and standing is not None and standing.knows_the_erased:
        return msgspec.structs.replace(champion, erased=True)
    return champion
