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
# Browsers open connections on which they say nothing yet. One of them held a worker without threads until it was killed
# for its silence, and with it the answer to whoever came next.
exec .venv/bin/python -m gunicorn --config deploy/gunicorn.conf.py --bind "127.0.0.1:$port" --workers 2 --preload \
    --worker-class gthread --threads 8 --no-control-socket --log-level warning wsgi:app
