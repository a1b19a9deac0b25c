#!/usr/bin/env bash
# Installs iacrisk from the action's own checkout into a folder of the runner, with the libraries
# that requirements.txt pins by their hashes.
set -euo pipefail

home=$RUNNER_TEMP/iacrisk
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "::error title=iacrisk::Python 3.11 or later is needed; run actions/setup-python before."
  exit 2
fi
if [[ -x $home/venv/bin/iacrisk ]]; then
  exit 0 # an earlier step of the same job installed it
fi
python3 -m venv "$home/venv"
install=("$home/venv/bin/pip" --disable-pip-version-check --quiet install)
"${install[@]}" --require-hashes --requirement "$GITHUB_ACTION_PATH/.ci/github/requirements.txt"
"${install[@]}" --no-deps --no-build-isolation "$GITHUB_ACTION_PATH"
