"""gunicorn's part in /metrics: the figures of all web processes are put together in one folder."""

import os
import shutil
import tempfile
from typing import Any

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

if FOLDER not in os.environ:
    # Read before any process imports the metrics, which look for it once.
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="lienthong-metrics-")


def on_exit(server: Any) -> None:
    """Drop the figures when the last web process has ended; the next start counts from zero."""
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
