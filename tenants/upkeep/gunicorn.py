"""What every gunicorn of ours needs: its worker, and one folder in which all web processes put their figures."""

import os
import shutil
import tempfile
from typing import Any

worker_class = "tenants.upkeep.refusals.Worker"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

if FOLDER not in os.environ:
    # Read before any process imports the metrics, which look for it once.
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="lienthong-metrics-")


def on_exit(server: Any) -> None:
    """Drop the figures when the last web process has ended; the next start counts from zero."""
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
