# shellcheck shell=bash
# Sourced by the scripts: sets ROOT and PYTHON, having made sure of var/venv and what belongs in it.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
PYTHON=$ROOT/var/venv/bin/python

# Print the first Python from 3.11 on; a shim that answers with an older version is passed over.
find_python() {
  local candidate
  for candidate in "${LT_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  if command -v uv >/dev/null && uv python find --no-project '>=3.11' 2>/dev/null; then return; fi
  local present='chưa có Python · no Python'
  if command -v python3 >/dev/null; then present=$(python3 --version 2>&1); fi
  cat >&2 <<MESSAGE
Cần Python 3.11 trở lên; máy này có: $present.
  Cài đặt (Debian, Ubuntu): apt-get install python3 python3-venv
  Nếu đã cài ở chỗ khác:    LT_PYTHON=/đường/dẫn/python3.11 $0
Python 3.11 or newer is needed; this machine has: $present.
  Install it, or point LT_PYTHON at one.
MESSAGE
  return 1
}

if "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  "$PYTHON" "$ROOT/scripts/_lib/bootstrap.py"
else
  BASE_PYTHON=$(find_python)
  "$BASE_PYTHON" "$ROOT/scripts/_lib/bootstrap.py"
fi
