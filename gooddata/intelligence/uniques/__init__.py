"""Unique visitors by the hour and the day: hours whose events have changed go in, sketches of who was there come out.

Rounds only note which hours they have changed; the sketches are made from stored events soon after an hour has ended,
and once more whenever something late has changed it. They equal a plain recount of the events, whatever their order.
"""
