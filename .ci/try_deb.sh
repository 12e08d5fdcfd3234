#!/bin/bash
# Usage: try_deb.sh PACKAGE.deb [ROOT]
# Installs a Debian package of Rotor on a clean root, uses it there, removes it, and checks that nothing of it stays. The root is
# made by debootstrap, smallest variant, of this machine's release; it is removed at the end, but one given as ROOT is made only
# if need be, and kept. Needs to be root, the network and 700 MB of disk.
set -euo pipefail

package=$1 root=${2:-}
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
if [[ -z $root ]]; then
  root=$(mktemp --directory)
  trap 'rm --recursive --force "$root"' EXIT
fi
quiet=(--quiet=2 --yes -o Dpkg::Use-Pty=0)
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
stop() {
  echo "$*" >&2
  exit 1
}

echo "== 1. Make a clean root of $release in $root"
[[ -e $root/etc/debian_version ]] || debootstrap --variant=minbase "$release" "$root" >/dev/null
cp /etc/resolv.conf "$root/etc/"
apt-config dump | grep '^Acquire::https\?::' >"$root/etc/apt/apt.conf.d/90machine" || true # its proxies, if any
inside apt-get update --quiet=2

echo "== 2. Install"
cp "$package" "$root/tmp/rotor.deb"
inside apt-get install "${quiet[@]}" --no-install-recommends /tmp/rotor.deb
inside dpkg --verify rotor

echo "== 3. Use"
commands=("$root"/usr/bin/rotor-*)
for command in "${commands[@]##*/}"; do [[ $command == rotor-convert ]] || inside "$command" --version; done # it needs Python
echo "a b c d e" >"$root/tmp/text"
inside rotor-score --reference /tmp/text --hypothesis /tmp/text
(($(find "$root/usr/share/man/man1" -name 'rotor-*.1.gz' | wc --lines) == ${#commands[@]})) || stop "expected a man page for each command"

echo "== 4. Remove"
inside apt-get purge "${quiet[@]}" rotor
left=$(find "$root/usr" "$root/etc" -name '*rotor*')
[[ -z $left ]] || stop "these files stay: $left"
echo "The package installs, works and goes without a trace."
