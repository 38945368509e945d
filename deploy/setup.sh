#!/bin/sh
# Makes .venv with the pinned dependencies, the front-end files and the development key; does nothing that is done.
# Usage: deploy/setup.sh [run|dev]   (run: what the service needs; dev: what tests and lint need as well)
set -eu
cd "$(dirname "$0")/.."
kind="${1:-run}"
case "$kind" in
    run) lock=requirements.txt ;;
    dev) lock=requirements-dev.txt ;;
    *) echo "usage: deploy/setup.sh [run|dev]" >&2; exit 2 ;;
esac

find_python() {
    for name in python3.11 python3 python3.12 python3.13; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "Python 3.11 or later is needed; on Debian: apt-get install python3 python3-venv" >&2
    exit 1
}

make_venv() {
    rm -rf .venv
    "$1" -m venv .venv >/dev/null 2>&1
}

# On Debian the module comes in a package of its own, which root may install.
provide_venv() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    echo "Installing python3-venv …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    make_venv "$python" || { provide_venv && make_venv "$python"; } || {
        rm -rf .venv
        echo "The venv module of $python does not work here; on Debian: apt-get install python3-venv" >&2
        exit 1
    }
fi

# The development lock holds everything that the other one does, so it serves for both once it is installed.
stamp=.venv/installed-lock
wanted=$(sha256sum "$lock" | cut -d ' ' -f 1)
larger=$(sha256sum requirements-dev.txt | cut -d ' ' -f 1)
present=$(cat "$stamp" 2>/dev/null || true)
if [ "$present" != "$wanted" ] && [ "$present" != "$larger" ]; then
    echo "Installing the pinned dependencies of $lock …"
    if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"; then
        echo "The dependencies could not be installed; check the network and run the command again." >&2
        exit 1
    fi
    echo "$wanted" > "$stamp"
fi

.venv/bin/python deploy/frontend.py
.venv/bin/python deploy/compile_search.py

# What signs forms and what seals secrets in the database, of this machine; never committed, never shown.
mkdir -p instance
chmod 700 instance
if [ ! -s instance/secret-key ]; then
    (umask 077 && .venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))' > instance/secret-key)
fi
if [ ! -s instance/data-keys ]; then
    (umask 077 && .venv/bin/python -c 'from app.sealing import new_key_line; print(new_key_line("first"))' > instance/data-keys)
fi
