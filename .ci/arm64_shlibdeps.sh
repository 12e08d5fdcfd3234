#!/bin/sh
# Usage: as dpkg-shlibdeps. Looks for libraries for 64-bit Arm, and for the packages that they are from, in the folder of
# arm64_sysroot.sh that $ROTOR_SYSROOT names.
libraries=aarch64-linux-gnu
export DEB_HOST_ARCH=arm64
exec dpkg-shlibdeps --admindir="$ROTOR_SYSROOT/dpkg" -l"$ROTOR_SYSROOT/usr/lib/$libraries" -l"$ROTOR_SYSROOT/lib/$libraries" "$@"
