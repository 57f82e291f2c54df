"""From counts of hours and sessions to ranked plain sentences: what changed, for whom, since when, what goes with it.

Everything that is tested counts for the false discovery rate; what another insight explains is folded into it.
Sentences speak of groups alone: no visitor comes in, none is stored.
"""
