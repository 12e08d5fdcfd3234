#!/bin/bash
# Usage: arm64_sysroot.sh FOLDER
# Makes a folder of the libraries and headers for 64-bit Arm: those of .ci/packages that builds and tests link, and all that they
# need, unpacked from this Debian release's packages. This machine's own packages stay as they are: apt keeps its lists and its state
# in the folder too (as a second architecture of the machine, several would displace its own). Does nothing, silently, when the
# folder is complete.
set -euo pipefail

ci=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
sysroot=$(cd "$1" && pwd)
wanted=$(sed -nE 's/^(build|test) (.*-dev)$/\2/p' "$ci/packages")
[[ ! -e $sysroot/complete || $(<"$sysroot/complete") != "$wanted" ]] || exit 0
rm -rf "${sysroot:?}"/*
mkdir -p "$sysroot"/{apt/lists/partial,apt/archives/partial,dpkg/info}

echo "Fetching arm64 packages through apt into $sysroot:" $wanted
cat >"$sysroot/apt/conf" <<END
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
Dir::Cache "$sysroot/apt";
Dir::State::Lists "$sysroot/apt/lists";
Dir::State::status "$sysroot/dpkg/status";
APT::Sandbox::User "";
END
: >"$sysroot/dpkg/status"
export APT_CONFIG=$sysroot/apt/conf
apt-get update --quiet=2
apt-get install --quiet=2 --yes --download-only --no-install-recommends $wanted >/dev/null

# What dpkg would note of each package, for dpkg-shlibdeps, which asks which package a library is from.
for package in "$sysroot"/apt/archives/*.deb; do
  dpkg-deb --extract "$package" "$sysroot"
  dpkg-deb --control "$package" "$sysroot/apt/control"
  name=$(dpkg-deb --show --showformat='${Package}' "$package")
  dpkg-deb --fsys-tarfile "$package" | tar --list | sed "s|^\.|$sysroot|; s|/$||" >"$sysroot/dpkg/info/$name.list"
  for file in symbols shlibs; do
    [[ ! -e $sysroot/apt/control/$file ]] || cp "$sysroot/apt/control/$file" "$sysroot/dpkg/info/$name.$file"
  done
  sed 's/^Package: .*/&\nStatus: install ok installed/' "$sysroot/apt/control/control" >>"$sysroot/dpkg/status"
  echo >>"$sysroot/dpkg/status"
  rm -r "$sysroot/apt/control"
done
find "$sysroot" -type l -lname '/*' | while read -r link; do # what they point at is in the folder too
  ln --symbolic --force --no-dereference --relative "$sysroot$(readlink "$link")" "$link"
done
rm -r "$sysroot/apt"
echo "$wanted" >"$sysroot/complete"
