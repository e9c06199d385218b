#!/usr/bin/env bash
# Installs the Debian packages that a node needs and that are not built from Go modules. Needs root, and a reachable package mirror.
set -euo pipefail
packages=(containernetworking-plugins conntrack iproute2 iptables nftables procps runc util-linux)
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}"
