#!/bin/sh
# Brings the database up to date, loads what is missing, matches once, and serves on 127.0.0.1.
set -eu
cd "$(dirname "$0")/.."
port="${PORT:-8000}"
case "$port" in
    *[!0-9]*|??????*) port=0 ;;
esac
if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then
    echo "PORT has to be a number from 1 to 65535, such as 8000." >&2
    exit 2
fi
.venv/bin/python deploy/preflight.py "$port"
flask() { .venv/bin/python -m flask --app wsgi "$@"; }
flask db upgrade
flask load reference
flask load sample
flask match run
echo "Serving on http://127.0.0.1:$port – stop with Ctrl+C"
exec .venv/bin/python -m gunicorn --config deploy/gunicorn.conf.py --bind "127.0.0.1:$port" --workers 2 --preload \
    --no-control-socket --log-level warning wsgi:app
