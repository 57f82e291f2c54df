"""Which order of recommendations is used from now on: that of the model in use, or the one just learnt."""

from collections.abc import Sequence

import numpy as np

from gooddata.intelligence.champions import Champion, Decision, in_use, observes_people
from gooddata.intelligence.comparison import NEEDED, Gain, by_gain, paired_interval
from gooddata.intelligence.recommend.clicks import Clicks
from gooddata.intelligence.recommend.judge import drawn, prefixes, reciprocal_ranks
from gooddata.intelligence.recommend.ranking import Ranking
from gooddata.intelligence.recommend.recommender import Recommender


def decide(champion: Champion | None, older: Recommender, newest: Sequence[Clicks], trained_on: str) -> Decision:
    """`older` is the challenger as learnt from the older sessions, `newest` those that it has not seen. Both orders are
    asked over the same index, of the moments of the newest sessions that began after the champion had learned."""
    known = in_use(champion, Ranking.loads)
    if isinstance(known, Decision):
        return known
    champion, ranking = known
    number, former = champion.version, Recommender(older.index, ranking)
    if older.ranking is None:
        return Decision(False, f"the older sessions alone give no order to compare with version {number}")
    until = champion.learned_until or 0
    asked = drawn(prefixes([each.items for each in newest if each.started_at > until], older))
    of_session = np.array([session for session, _, _ in asked], dtype=np.int64)
    sessions = len(np.unique(of_session))
    observes = observes_people(champion, trained_on)
    if sessions < NEEDED:
        few = f"too few sessions with two known items began since version {number} learned: {sessions:,} of {NEEDED}"
        return Decision(observes is not None, observes or few)
    before, after = (reciprocal_ranks(each, asked) for each in (former, older))
    interval = paired_interval(after - before, of_session)
    decision = by_gain(champion, Gain("MRR@20", float(before.mean()), float(after.mean()), interval, sessions))
    if observes and not decision.promote and interval[1] >= 0:
        return Decision(True, f"{observes}, and {decision.because}", decision.compared)
    return decision
