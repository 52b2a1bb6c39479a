#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and starts the server with a ready demo.
#   ./run.sh              the server, and a small local service that its workflows call
#   ./run.sh --console    the same, and the admin console
# Data lives in ./data (ATOM_DATA changes that); remove the folder to start afresh. Ctrl+C ends everything.
set -euo pipefail
cd "$(dirname "$0")"
console=OFF
case "${1:-}" in
  "") ;;
  --console) console=ON ;;
  *) sed -n 's/^#  *\(.*\)/\1/p' "$0" | tail -n +3; exit 2 ;;
esac
data=${ATOM_DATA:-$PWD/data}

. scripts/dependencies.sh
install_dependencies build run $([ $console = ON ] && echo console)

build=build/release
cmake --preset release -DATOM_BUILD_TESTS=OFF -DATOM_BUILD_CONSOLE=$console >/dev/null
cmake --build "$build"

children=()
cleanup() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

python3 resources/demo/service.py --port 5061 >/dev/null &
children+=($!)

welcome() {
  cat <<TEXT

Atom Chat is ready.
  REST       http://127.0.0.1:5059    API reference: http://127.0.0.1:5059/api/docs
  Realtime   ws://127.0.0.1:5060/ws
  Accounts (name password; kept in $data/demo-credentials.txt):
TEXT
  sed 's/^/    /' "$data/demo-credentials.txt"
  cat <<'TEXT'
  Try:
    curl -s http://127.0.0.1:5059/api/v1/chat/message -H 'Content-Type: application/json' \
      -d '{"user_id": "visitor", "message": "What is the weather in Paris?"}'
  End with Ctrl+C.
TEXT
}

coproc SERVER { exec "$build/bin/atom-server" serve --data "$data" --config resources/config/demo.toml --demo; }
server=$SERVER_PID
children+=("$server")
exec {output}<&"${SERVER[0]}"

# The server writes one JSON line when it is ready; everything else it says is for people.
while IFS= read -r line <&"$output"; do
  case "$line" in
    '{"event":"ready"'*)
      welcome
      if [ $console = ON ]; then
        "$build/bin/atom-console" --server http://127.0.0.1:5059 --user owner &
        children+=($!)
      fi ;;
    *) printf '%s\n' "$line" ;;
  esac
done
wait "$server"
