"""The figures this process offers at /metrics; labels carry no personal data."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("lienthong_requests_total", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram("lienthong_request_seconds", "Time to answer", ["route"])
HOOK_FAILURES = Counter("lienthong_hook_failures_total", "Module hooks that failed", ["module", "hook"])
