"""The kernel: tenancy, sign-in contract, routing and the plugin host."""

import sys

if "psycopg" not in sys.modules:
    # PERF: peewee imports psycopg 3 wherever it is installed, 16 MB and a fifth of a second for nothing:
    # our queries run on psycopg2. The worker, whose job library needs psycopg 3, imports it afterwards.
    sys.modules["psycopg"] = None  # type: ignore[assignment]
    import playhouse.postgres_ext  # noqa: F401 - with peewee, all that looks for psycopg 3

    del sys.modules["psycopg"]
