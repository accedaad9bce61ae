"""gunicorn's settings: gunicorn -c deploy/gunicorn.conf.py 'core.app:create_app()'."""

import os

from tenants.upkeep.gunicorn import on_exit, worker_class  # noqa: F401 - gunicorn finds its settings by name

bind = os.environ.get("BIND", "127.0.0.1:8000")
# A page waits for PostgreSQL as much as it computes: one process per core, a few threads in each.
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 2)
threads = int(os.environ.get("WEB_THREADS", "4"))

# The default socket lies in the home folder: two installations under one account would meet there.
control_socket_disable = True

timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than nginx keeps an idle connection, so that it never writes into a closed one
max_requests = 20_000  # a slow leak ends with its process, not with the machine
max_requests_jitter = 2_000

# Only a proxy on this machine may say for whom it speaks.
forwarded_allow_ips = "127.0.0.1,::1"
accesslog = None  # the application writes one structured line for each request
errorlog = "-"
