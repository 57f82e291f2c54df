"""Documents that say the same thing in two places."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def python_blocks(document):
    return [part.split("```")[0] for part in (ROOT / document).read_text().split("```python\n")[1:]]


def test_what_a_backend_developer_is_told_to_use_is_what_the_sdk_tests_run():
    tested = python_blocks("docs/sdks.md")[0]
    assert "segment.analytics" in tested
    assert python_blocks("docs/getting-started.md") == [tested]
    [shown] = python_blocks("README.md")
    assert shown in tested
