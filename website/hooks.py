"""What MkDocs does besides: writes the pages of reference, and takes along what documents link to outside of docs/."""

import posixpath
import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from website.reference import reference_pages  # noqa: E402 (MkDocs loads this file by its path)

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
SOURCE = "source"
"""Where in the site lies what is outside of docs/ in the repository."""


def on_files(files: Files, config: Any) -> Files:
    def add(path: str, content: str | bytes) -> None:
        files.append(File.generated(config, path, content=content))

    add("assets/mark.svg", (ROOT / "dashboard/src/mark.svg").read_text())
    add("assets/site.css", (ROOT / "website/site.css").read_text())
    add("index.md", placed((ROOT / "README.md").read_text(), "", "index.md"))
    for path, page in reference_pages().items():
        add(path, page)
    waiting = sorted(linked_outside(ROOT / "docs"))
    done: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in done:
            continue
        done.add(path)
        there = ROOT / path
        if there.is_dir():
            add(f"{SOURCE}/{path}.md", listing(path))
            waiting += [str(each.relative_to(ROOT)) for each in there.iterdir() if each.is_file()]
        elif path.endswith(".md"):
            text = there.read_text()
            add(f"{SOURCE}/{path}", placed(text, posixpath.dirname(path), f"{SOURCE}/{path}"))
        else:
            add(f"{SOURCE}/{path}", there.read_bytes())
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    origin = page.file.src_uri
    if origin.startswith((f"{SOURCE}/", "reference/")) or origin == "index.md":
        return markdown
    return placed(markdown, posixpath.dirname(f"docs/{origin}"), origin)


def placed(markdown: str, folder: str, page: str) -> str:
    """The text of a document of the repository's `folder`, with links that are right on `page` of the site."""

    def link(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, found[1]))
        if not (ROOT / target).exists():
            return found[0]  # for MkDocs to complain about
        return f"]({posixpath.relpath(site_path(target), posixpath.dirname(page) or '.')}{found[2] or ''})"

    return LINK.sub(link, markdown)


def site_path(path: str) -> str:
    if path == "README.md":
        return "index.md"
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return f"{SOURCE}/{path}.md" if (ROOT / path).is_dir() else f"{SOURCE}/{path}"


def linked_outside(docs: Path) -> set[str]:
    found = {"CHANGELOG.md"}
    for document in docs.rglob("*.md"):
        for link, _ in LINK.findall(document.read_text()):
            target = (document.parent / link).resolve()
            if target.exists() and docs not in target.parents:
                found.add(str(target.relative_to(ROOT)))
    return found - {"README.md"}


def listing(path: str) -> str:
    names = sorted(each.name for each in (ROOT / path).iterdir() if each.is_file())
    return f"# {path}\n\n" + "\n".join(f"- [{name}]({posixpath.basename(path)}/{name})" for name in names) + "\n"
