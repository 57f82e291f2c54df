"""Every limit of the ingestion API; docs/ingestion.md states the same values, and a test compares them."""

BODY_BYTES = 1_048_576  # as sent, compressed or not
SERVING_BODY_BYTES = 4 * 1_048_576  # of a request to serving; past it the connection ends
DRAINED_BYTES = 16 * 1_048_576  # of a body that is too large are read before the answer, and then the connection ends
HEADER_BYTES = 32_768  # of one request's line and headers
BODIES_BYTES = 128 * 1_048_576  # of all requests that are being received; past it the API answers 503 to large ones
SMALL_BODY_BYTES = 16_384  # of each body that do not count towards that
REQUEST_SECONDS = 30  # for a request to arrive in whole, from its first byte; then the connection ends
IDLE_SECONDS = 75  # that a connection may stay open between requests
KEY_LOOKUPS = 100  # requests at a time whose key is not known yet and looked for; past it the API answers 503
UNANSWERED_REQUESTS = 16  # of one connection; no more is read of it meanwhile
CONNECTIONS = 20_000  # open at a time; a further one is closed at once
DECOMPRESSED_BYTES = 8 * 1_048_576  # what a gzip body may open to
BATCH_EVENTS = 1_000
EVENT_BYTES = 65_536
TEXT_CHARACTERS = 512  # ids, names, visitors, users
DEPTH = 32  # nested objects and arrays within an event
VECTOR_NUMBERS = 256
WAITING_EVENTS = 50_000  # accepted into memory and not yet committed; past it the API answers 503
WAITING_BYTES = 64 * 1_048_576  # of JSON, likewise
REJECTION_BYTES = 8_192  # of a refused event that are kept
FLUSH_EVENTS = 5_000  # of one group commit
PLAN_BYTES = 262_144  # of a project's tracking plan
PLAN_EVENTS = 500  # named in it
EXCLUSIONS = 200  # rules of a project for its own traffic
VIOLATIONS = 500  # of a project's plan that are told apart in a day
RATE_BURST_SECONDS = 10  # of a key's rate may come at once, if it has been quiet for as long
