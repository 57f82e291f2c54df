"""Where linking stops, and how finely it is kept. The view analytics.person_span has the first two as well."""

# Beyond this a browser is nobody's in particular: a kiosk, a shop's till, a test device.
USERS_OF_A_VISITOR = 10

# Beyond this an id is no one person's: a test account, an id that a program sends for everybody.
VISITORS_OF_A_USER = 500

# No longer than the gap between two sessions, so that each session's first sign of each user is kept.
SLOT_MS = 30 * 60_000
