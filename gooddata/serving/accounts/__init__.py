"""Accounts, their passwords, how often somebody may try to sign in, and read keys."""
