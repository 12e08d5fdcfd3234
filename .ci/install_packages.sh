#!/bin/bash
# Usage: install_packages.sh PURPOSE...
# Installs, through apt, those packages listed in .ci/packages for the given purposes (build, test, lint …) that are missing,
# and says so first. Does nothing, silently, when nothing is missing.
set -euo pipefail

list=$(dirname "$0")/packages

wanted() { # the packages listed for the purposes given
  for purpose; do
    sed -n "s/^$purpose //p" "$list"
  done
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed* ]]
}

if ! { command -v apt-get && command -v dpkg-query; } >/dev/null; then
  echo "This is not a Debian system: make sure that what these packages hold is installed:" $(wanted "$@") >&2
  exit 0
fi

missing=()
for package in $(wanted "$@"); do
  is_installed "$package" || missing+=("$package")
done
((${#missing[@]})) || exit 0

echo "Installing missing Debian packages through apt: ${missing[*]}"
as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || {
    echo "Expected to be root or to have sudo; run as root: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
as_root+=(env DEBIAN_FRONTEND=noninteractive)
"${as_root[@]}" apt-get update --quiet=2
"${as_root[@]}" apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" </dev/null
