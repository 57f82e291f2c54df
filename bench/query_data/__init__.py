"""A shop's quarter in analytics, made up: how many events, of how many days, and a seed go in; rows come out.

What is stored is what workers would have stored of the same events: facts, sessions, counts by the minute, unique
visitors by the hour and the day, blocks. A test counts a small one anew and compares. Who comes, what they look at and
when is skewed as on a real site: `mix.py` says how. The same seed makes the same rows.

    mix -> who comes when (`visits`) -> a day's events and sessions -> counts, sketches -> COPY (`fill`) -> blocks
"""
