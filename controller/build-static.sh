#!/bin/sh
# Builds the controller for its image: linked statically, and the same bytes from any folder and for any user, as long as the
# compilers and the C library are the same. The Dockerfile and `cargo xtask image` both run this. Arguments go to `cargo build`.
set -eu
cd "$(dirname "$0")/.."

# In the form that takes paths with spaces, and that goes before a RUSTFLAGS of the user's.
separator="$(printf '\037')"
flags="-Ctarget-feature=+crt-static"
remap() { flags="$flags$separator--remap-path-prefix=$1=$2"; }

# Messages of panics name source files. Of prefixes that match, rustc takes the last.
workspace="$(pwd -P)"
remap "$workspace" /src
case "${CARGO_TARGET_DIR:=target}" in
    /*) remap "$CARGO_TARGET_DIR" /src/target ;;
    *) remap "$workspace/$CARGO_TARGET_DIR" /src/target ;;
esac
remap "${CARGO_HOME:-$HOME/.cargo}" /cargo
# Where the component rust-src is installed, rustc names its files instead of those that the standard library was built from.
commit="$(rustc --version --verbose | sed -n 's/^commit-hash: //p')"
remap "$(rustc --print sysroot)/lib/rustlib/src/rust" "/rustc/$commit"
export CARGO_ENCODED_RUSTFLAGS="$flags"

# With --target, so that the flags do not reach build scripts and procedural macros, which cannot be static.
host="$(rustc --version --verbose | sed -n 's/^host: //p')"
exec "${CARGO:-cargo}" build --locked --release --package controller --target "$host" "$@"
