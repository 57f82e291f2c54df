"""How many rows an answer has, and from which on."""

from typing import Annotated

from litestar.params import Parameter

MOST_ROWS = 1_000
MOST_OFFSET = 1_000_000

Limit = Annotated[int, Parameter(ge=1, le=MOST_ROWS)]
Offset = Annotated[int, Parameter(ge=0, le=MOST_OFFSET)]
