#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds everything and runs all tests.
#   ./test.sh [--preset release|dev|asan|tsan] [ctest options, for example -R rooms]
set -euo pipefail
cd "$(dirname "$0")"
preset=release
if [ "${1:-}" = --preset ]; then preset=$2; shift 2; fi

. scripts/dependencies.sh
install_dependencies build console test

cmake --preset "$preset" -DATOM_BUILD_TESTS=ON -DATOM_BUILD_CONSOLE=ON >/dev/null
cmake --build "build/$preset"

ctest --test-dir "build/$preset" --output-on-failure -j"$(nproc)" "$@"
