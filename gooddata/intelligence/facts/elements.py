"""Elements of a page as engine/src/signals/describeElement.ts names them: by tags and places, never by what is written.

Whoever has the public write key can send anything, so that what the engine cannot have written does not pass.
"""

import re
from functools import lru_cache
from typing import Any

from gooddata.intelligence.facts.scrub import TEXT_CHARACTERS, clean_text

# A tag has a digit at its end at most (h2), so that no number of a person's fits in.
_TAG = r"[A-Za-z]+(?:-[A-Za-z]+)*(?:-?[0-9])?"
_ID = r"#[A-Za-z_-]{1,32}"
_PLACE = r":(?:0|[1-9][0-9]{0,3})"
# Four elements, the outermost of which may have an id.
_PATH = re.compile(rf"{_TAG}(?:{_ID}|{_PLACE})(?:>{_TAG}{_PLACE}){{0,3}}")

# Of WAI-ARIA 1.2, section 5.4, without the abstract ones. A page may write anything else into the attribute.
_ARIA = """
alert alertdialog application article banner blockquote button caption cell checkbox code columnheader combobox
complementary contentinfo definition deletion dialog directory document emphasis feed figure form generic grid
gridcell group heading img insertion link list listbox listitem log main marquee math menu menubar menuitem
menuitemcheckbox menuitemradio meter navigation none note option paragraph presentation progressbar radio radiogroup
region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status strong subscript
superscript switch tab table tablist tabpanel term textbox time timer toolbar tooltip tree treegrid treeitem
"""
_ROLES = frozenset(_ARIA.split())


def clean_element(path: Any) -> str | None:
    """A path of elements, scrubbed; "" is the page itself. None for what is no such path."""
    return _clean_element(path) if type(path) is str else None


def clean_role(role: Any) -> str | None:
    """A role of ARIA; None for anything else."""
    return role if type(role) is str and role in _ROLES else None


@lru_cache(maxsize=20_000)
def _clean_element(path: str) -> str | None:
    if not path:
        return ""
    return clean_text(path) if len(path) <= TEXT_CHARACTERS and _PATH.fullmatch(path) else None
