# SPDX-FileCopyrightText: 2026 Atom Chat contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing on Debian 12. Sourced by run.sh and test.sh: `install_dependencies build console test`.

packages_for() {
  case "$1" in
    build) echo build-essential cmake ninja-build ccache mold pkg-config qt6-base-dev qt6-httpserver-dev \
                qt6-websockets-dev qcoro-qt6-dev libsodium-dev libarchive-dev libsqlite3-dev libsimdjson-dev libtomlplusplus-dev \
                libyaml-cpp-dev python3 ;;
    console) echo qt6-charts-dev libqt6opengl6-dev libgl1-mesa-dev fonts-dejavu-core libxcb-cursor0 ;;
    test) echo xvfb xauth strace libbenchmark-dev ;;
    run) echo python3-websockets ;;
  esac
}

install_dependencies() {
  local group package missing=()
  command -v apt-get >/dev/null || { echo "Not a Debian system: install the packages named in scripts/dependencies.sh yourself." >&2; return 0; }
  for group in "$@"; do
    for package in $(packages_for "$group"); do
      [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Missing packages: ${missing[*]}. Install them as root: apt-get install ${missing[*]}" >&2; return 1; }
    as_root=(sudo)
  fi
  echo "Installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
