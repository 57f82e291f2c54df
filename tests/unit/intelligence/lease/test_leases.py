import pytest

from gooddata.intelligence.lease.leases import fair_share


@pytest.mark.parametrize("workers", range(1, 8))
@pytest.mark.parametrize("partitions", range(1, 8))
def test_all_shares_together_are_all_partitions(workers, partitions):
    numbers = [3 * n for n in range(workers)]
    shares = [fair_share(partitions, numbers, own) for own in numbers]
    assert sum(shares) == partitions
    assert max(shares) - min(shares) <= 1
