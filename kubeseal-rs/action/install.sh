#!/usr/bin/env bash
# Installs kubeseal-rs of a release on a runner of GitHub, and puts it on the PATH of later steps.
#     VERSION       the release, without v
#     REPOSITORY    OWNER/NAME on GitHub, whose workflow signed the release
#     DOWNLOAD_URL  where the files are, if not on GitHub
#     VERIFY        `required`: do not install without cosign; `if-installed`: without it, trust the checksums
# Where cosign is installed, the signature of the checksums must be right.
set -euo pipefail

fail() {
    echo "::error::$1"
    exit 1
}

[[ "$VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "version: not a release, as in 0.1.0"
[[ "$VERIFY" = required || "$VERIFY" = if-installed ]] || fail "verify: neither required nor if-installed"
[ "$VERIFY" = if-installed ] || command -v cosign > /dev/null \
    || fail "verify: required, and cosign is not installed: add a step with sigstore/cosign-installer before this one"
case "$RUNNER_OS" in
    Linux) os=linux suffix=tar.gz program=kubeseal-rs ;;
    macOS) os=darwin suffix=tar.gz program=kubeseal-rs ;;
    Windows) os=windows suffix=zip program=kubeseal-rs.exe ;;
    *) fail "there is no kubeseal-rs for $RUNNER_OS" ;;
esac
case "$RUNNER_ARCH" in
    X64) architecture=amd64 ;;
    ARM64) architecture=arm64 ;;
    *) fail "there is no kubeseal-rs for $RUNNER_ARCH" ;;
esac
archive="kubeseal-rs-$VERSION-$os-$architecture.$suffix"
url="${DOWNLOAD_URL:-https://github.com/$REPOSITORY/releases/download/v$VERSION}"
url="${url%/}"
# Without cosign, the checksums are worth as much as the connection that they come through. A file is for tests.
[[ "$url" = https://* || "$url" = file://* ]] || fail "download-url: does not begin with https://"

work="$(mktemp -d "$RUNNER_TEMP/kubeseal-rs.XXXXXX")"
trap 'rm -rf "$work"' EXIT
cd "$work"

download() {
    curl --fail --silent --show-error --location --proto-redir =https --retry 3 --output "$1" "$url/$1" \
        || fail "$url/$1 could not be downloaded"
}

download SHA256SUMS
if command -v cosign > /dev/null; then
    download SHA256SUMS.sigstore.json
    cosign verify-blob --bundle SHA256SUMS.sigstore.json \
        --certificate-oidc-issuer https://token.actions.githubusercontent.com \
        --certificate-identity "https://github.com/$REPOSITORY/.github/workflows/release.yaml@refs/tags/v$VERSION" \
        SHA256SUMS || fail "the signature of SHA256SUMS is wrong"
else
    echo "cosign is not installed: the signature of SHA256SUMS was not verified"
fi

download "$archive"
# macOS has the second.
if command -v sha256sum > /dev/null; then sum="$(sha256sum "$archive")"; else sum="$(shasum -a 256 "$archive")"; fi
grep --fixed-strings --line-regexp --quiet "${sum%% *}  $archive" SHA256SUMS \
    || fail "$archive does not have the checksum in SHA256SUMS"

target="$RUNNER_TEMP/kubeseal-rs-$VERSION"
mkdir -p "$target"
case "$suffix" in
    zip) unzip -q -o "$archive" "$program" -d "$target" ;;
    *) tar -xzf "$archive" -C "$target" "$program" ;;
esac
"$target/$program" --version
echo "$target" >> "$GITHUB_PATH"
echo "path=$target/$program" >> "$GITHUB_OUTPUT"
