"""`python -m gooddata` is the command `gooddata`."""

from gooddata.cli import main

main()
