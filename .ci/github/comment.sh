#!/usr/bin/env bash
# Keeps one comment on the pull request up to date. It is found by a hidden marker, and only among
# the comments of our own author: whoever else writes the marker is not overwritten.
set -euo pipefail

if [[ -z ${PULL_REQUEST:-} ]]; then
  echo "No pull request, so no comment."
  exit 0
fi
name=$(printf '%s' "${INPUT_NAME:-iacrisk}" | tr -c 'A-Za-z0-9._/' '-' | cut -c1-100)
export MARKER="<!-- iacrisk-comment $name -->"
export AUTHOR=${INPUT_AUTHOR:-github-actions[bot]}
export GH_HOST=${GITHUB_SERVER_URL#https://}
body=$RUNNER_TEMP/iacrisk-comment.md
{ printf '%s\n' "$MARKER" && cat "$COMMENT"; } >"$body"
comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments

put() {
  local ours found
  # shellcheck disable=SC2016
  ours='.[] | select(.user.login == env.AUTHOR and (.body | startswith(env.MARKER))) | .id'
  found=$(gh api --paginate "$comments?per_page=100" --jq "$ours") || return
  found=${found%%$'\n'*}
  if [[ -n $found ]]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found" --field "body=@$body"
  else
    gh api --silent --method POST "$comments" --field "body=@$body"
  fi
}

if ! put; then # the token of a fork's pull request may only read
  echo "::notice title=iacrisk::The comment could not be written; the report is in the job's summary."
fi
