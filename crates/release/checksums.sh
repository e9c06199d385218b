#!/usr/bin/env bash
# Writes DIR/SHA256SUMS, the checksums of all files in DIR that are no signatures, as `sha256sum` has them. Its signature is the signature
# of the release. A script, because the job that signs builds no crates of others; tests/release runs it too.
#     checksums.sh DIR
set -euo pipefail
cd "$1"

# The order of the files, too, is the same on each machine.
export LC_ALL=C
shopt -s extglob nullglob
files=(!(SHA256SUMS|*.sigstore.json))
if [ "${#files[@]}" -eq 0 ]; then
    echo "$1 has no files" >&2
    exit 1
fi
sums="$(sha256sum -- "${files[@]}")"
printf '%s\n' "$sums" > SHA256SUMS
