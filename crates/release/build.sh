#!/bin/sh
# Builds the program of a package for a release: the same bytes from any folder and for any user, as long as the compilers and the C
# library are the same. The Dockerfiles, `cargo xtask image` and `cargo xtask release archive` run it.
#     build.sh static|dynamic PACKAGE [ARGUMENT OF CARGO BUILD]...
set -eu
cd "$(dirname "$0")/../.."
linkage="$1"
package="$2"
shift 2

# In the form that takes paths with spaces, and that goes before a RUSTFLAGS of the user's.
separator="$(printf '\037')"
case "$linkage" in
    # glibc loads the modules that /etc/nsswitch.conf names, for hosts and for users, into static programs too, and those of another
    # version of glibc end the program with a signal. Without them it looks into /etc/hosts and asks DNS. The path is relative, because
    # it has a part in the names of symbols.
    static)
        mkdir -p target
        "${CC:-cc}" -c -O2 -fPIC -o "target/no-dlopen.$$.o" crates/release/no-dlopen.c
        mv "target/no-dlopen.$$.o" target/no-dlopen.o
        flags="-Ctarget-feature=+crt-static"
        flags="$flags$separator-Clink-arg=-Wl,--wrap=__libc_dlopen_mode$separator-Clink-arg=target/no-dlopen.o"
        # A static program finds no getrandom(2) at run time, and would read /dev/urandom, which a chroot need not have.
        flags="$flags$separator--cfg$separator""getrandom_backend=\"linux_getrandom\""
        # One megabyte less to read at each start. Needs a glibc that starts such programs.
        if printf '2.36\n%s\n' "$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" | sort -C -V; then
            flags="$flags$separator-Clink-arg=-Wl,-z,pack-relative-relocs"
        fi
        ;;
    dynamic) flags="" ;;
    *) echo "$0: static or dynamic, not $linkage" >&2; exit 2 ;;
esac
remap() { flags="${flags:+$flags$separator}--remap-path-prefix=$1=$2"; }

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
cargo() {
    command="$1"
    shift
    exec "${CARGO:-cargo}" "$command" --locked --release --package "$package" --target "$host" "$@"
}

# Decided: the static kubeseal-rs starts at a fixed address, as upstream's kubeseal does, because moving itself to a random one took it
# as long as everything else that it does for `--version`. Its stack, heap and mappings are at random addresses all the same. The
# controller, which listens on the network, has a random address. The flag goes to the program alone, so that both share the crates.
case "$linkage $package" in
    "static kubeseal-rs") cargo rustc --bin kubeseal-rs "$@" -- -Crelocation-model=static ;;
    *) cargo build "$@" ;;
esac
