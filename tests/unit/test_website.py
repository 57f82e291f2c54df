"""The documents as a reader of the site finds them; the site itself is built, and its links checked, by `make docs`."""

import re
from pathlib import Path

import pytest

from gooddata.replay import FORMATS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [ROOT / "README.md", ROOT / "examples/README.md", *PAGES]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
SHOWN = re.compile(r'^```\w+ title="(examples/[^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """As GitHub and the site make them of headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.M | re.S), re.M)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_leads_somewhere(document):
    text = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    for path, anchor in LINK.findall(text):
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), path
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), f"{path}#{anchor}"


def test_every_page_has_its_place_in_the_navigation():
    placed = re.findall(r"^\s+- (\S+\.md)$", (ROOT / "website/mkdocs.yml").read_text(), re.MULTILINE)
    written = {"index.md", "source/CHANGELOG.md"} | {page for page in placed if page.startswith("reference/")}
    assert sorted(set(placed) - written) == [str(page.relative_to(ROOT / "docs")) for page in PAGES]
    assert len(placed) == len(set(placed))


def test_what_a_guide_shows_of_an_example_is_in_it():
    shown = [(page, *block) for page in PAGES for block in SHOWN.findall(page.read_text())]
    assert len(shown) > 10
    for page, path, text in shown:
        assert text in (ROOT / path).read_text(), f"{page.name}: {path}"


def test_every_format_of_replay_is_offered_and_described():
    described = (ROOT / "docs/replay.md").read_text()
    command = (ROOT / "gooddata/cli.py").read_text()
    for name in FORMATS:
        assert f"\n## {name}\n" in described
        assert f'"{name}"' in command
