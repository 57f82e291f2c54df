"""The documentation site: `make docs`.

In come docs/, the README and the code; out goes build/site, which calls nobody but itself. Pages of reference are
written from the code when the site is built (`reference`), and every link is checked.
"""
