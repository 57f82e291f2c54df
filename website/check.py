"""Nothing of the built site is fetched from somebody else: `python -m website.check`."""

import re
import sys
from pathlib import Path

SITE = Path(__file__).parents[1] / "build/site"
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(https?:)?//[^>]*>"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preconnect|icon|preload|dns-prefetch|modulepreload))[^>]*\bhref=["']?(https?:)?//[^>]*>""",
    re.IGNORECASE,
)
IN_STYLES = re.compile(r"""(?:@import|url\()\s*["']?(?:https?:)?//[^"')]*""", re.IGNORECASE)


def fetched_elsewhere(site: Path) -> list[str]:
    found = []
    for file in sorted(site.rglob("*")):
        pattern = {".html": FETCHED, ".css": IN_STYLES}.get(file.suffix)
        if pattern:
            found += [f"{file.relative_to(site)}: {each[0][:160]}" for each in pattern.finditer(file.read_text())]
    return found


def main() -> int:
    found = fetched_elsewhere(SITE)
    pages = len(list(SITE.rglob("*.html")))
    print("\n".join(found), file=sys.stderr)
    print(f"{pages} pages in {SITE.name}, {len(found)} things fetched from elsewhere")
    return 1 if found or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
