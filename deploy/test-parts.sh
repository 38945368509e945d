#!/bin/sh
# Provides what the tests use besides Python: PostgreSQL, Chromium, LibreOffice, and fonts for Arabic and Chinese.
# As root on Debian it installs what is missing; otherwise it says in one sentence what to install.
set -eu

missing=""
has_postgresql() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has() { command -v "$1" >/dev/null 2>&1; }
has_postgresql || missing="$missing postgresql"
has chromium || missing="$missing chromium"
has soffice || missing="$missing libreoffice-calc"
{ has fc-list && fc-list | grep -q "Noto Sans CJK"; } || missing="$missing fontconfig fonts-noto-cjk"
{ has fc-list && fc-list | grep -q "Noto Sans Arabic\|Noto Naskh Arabic"; } || missing="$missing fonts-noto-core"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "Installing for the tests:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086  # the names are meant to be split
    if ! apt-get install -y -qq --no-install-recommends $missing >/dev/null; then
        echo "Some of these could not be installed:$missing" >&2
        exit 1
    fi
elif [ "${CI:-}" = true ]; then
    echo "The tests need parts that are not installed; on Debian: apt-get install$missing" >&2
    exit 1
else
    echo "Some tests will be skipped; to run them all: apt-get install$missing"
fi
