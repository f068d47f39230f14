"""The limits of requests. Every one is in ``docs/reference/limits.md``; a test compares."""

BODY_BYTES = 1 << 20
"""Of a request, unless it is a batch."""
BATCH_BODY_BYTES = 8 << 20
CONNECTOR_BODY_BYTES = 4 << 20
"""Of a provider's webhook: an order with all its lines is larger than any request of ours."""
BATCH_ELEMENTS = 1_000
NESTING = 32
"""How deep objects and lists of a body may lie in each other."""
LARGEST_INTEGER = (1 << 53) - 1
"""The largest integer that every JSON reader understands; the smallest is its negative."""

PAGE_DEFAULT = 25
PAGE_LARGEST = 100
EXPAND_PATHS = 10
EXPAND_DEPTH = 3

ID_CHARACTERS = 255
NAME_CHARACTERS = 200
REASON_CHARACTERS = 255
EMAIL_CHARACTERS = 320
SEARCH_CHARACTERS = 320
METADATA_KEYS = 50
METADATA_KEY_CHARACTERS = 40
METADATA_VALUE_CHARACTERS = 500
IDEMPOTENCY_KEY_CHARACTERS = 255
REQUEST_ID_CHARACTERS = 128
SHARE_URL_CHARACTERS = 1_000
REFERRAL_WINDOW_DAYS = 3_650
API_KEY_CHARACTERS = 255
SIGNING_SECRET_LEAST = 16
SIGNING_SECRET_CHARACTERS = 255
API_KEY_SCOPES = 50
PREVIEW_RULES = 100
BACKTEST_EVENTS = 1_000
REDEMPTION_QUANTITY = 100

STREAMS = 100
"""Streams of events that a server process has open."""
STREAM_TYPES_CHARACTERS = 2_000
STREAM_HEARTBEAT_SECONDS = 15
"""A stream that has nothing to tell says so this often, so that nobody between takes it for dead."""
STREAM_RETRY_AFTER_SECONDS = 5

KEY_CACHE_SECONDS = 2
"""A revoked key may still be taken by another process for so long."""
KEY_CACHE_ENTRIES = 10_000
"""How many keys, known and unknown, a process remembers for that long."""
RECEIPT_SECONDS = 60
"""How exactly a connector tells when its provider was last heard of."""
RETRY_AFTER_SECONDS = 1
"""What a request is told to wait where the database takes no work."""
