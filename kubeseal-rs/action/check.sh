#!/usr/bin/env bash
# Runs the command of kubeseal-rs that the arguments name.
#     PATHS    files and folders, one on each line
#     CERT     the present certificate
#     TRUSTED  what to accept of a project file
set -euo pipefail

arguments=("$@")
[ -z "${CERT:-}" ] || arguments+=(--cert "$CERT")
[ -z "${TRUSTED:-}" ] || arguments+=(--trusted "$TRUSTED")
# After `--`, because a path may begin with a dash.
arguments+=(--)
while IFS= read -r path; do
    [ -z "$path" ] || arguments+=("$path")
done <<< "$PATHS"
exec kubeseal-rs "${arguments[@]}"
