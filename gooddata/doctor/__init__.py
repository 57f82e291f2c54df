"""`gooddata doctor`: looks at what an installation stands on, and says of each thing whether it is well, what to do.

Each module looks at one kind of thing and gives findings; `examine` asks them all. Nothing is changed, and nothing here
raises for what it finds: what cannot be looked at is a finding, too.
"""
