"""Two databases, raw and analytics: how to reach them, which role may do what, and how they are made and upgraded.

The embedded PostgreSQL server lives in `embedded/`; migrations are numbered SQL files; everything that computes or
serves lives elsewhere and comes here for a connection that can do no more than its role.
"""
