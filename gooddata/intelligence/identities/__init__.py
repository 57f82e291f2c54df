"""What events say of who is who goes in; links between visitors and users, and memberships of groups, come out.

An event's claim (`claim.py`) adds signs to tables, each the earliest of its kind, in the transaction that moves the
cursor (`write.py`); whose a visitor is at a moment is asked of the view analytics.person_span. So the order of arrival
leaves no trace, two identified users are one person only by the owner's word, and whatever was joined can be undone.
"""
