"""Events go in; facts come out: what analytics keeps of an event, typed and pseudonymous.

Nothing of an event passes that is not named in `fact.py`, and what passes is scrubbed of what points to a person. What
cannot be read becomes a value with a reason, never an exception and never a gap.
"""
