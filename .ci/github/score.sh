#!/usr/bin/env bash
# Scores the plans and leaves the reports to the steps that follow; the last step of the action
# exits with the code.
set -euo pipefail

bin=$RUNNER_TEMP/iacrisk/venv/bin
reports=$(mktemp -d "$RUNNER_TEMP/iacrisk-reports-XXXXXX")
cd "${INPUT_WORKING_DIRECTORY:-.}"

words=()
if [[ ${INPUT_SOFT:-} == true ]]; then words+=(--soft); fi
if [[ -n ${INPUT_EXIT_MAP:-} ]]; then words+=(--exit-map "$INPUT_EXIT_MAP"); fi
while IFS= read -r line; do
  if [[ -n $line ]]; then words+=("$line"); fi
done <<<"${INPUT_ARGUMENTS:-}"
plans=()
while IFS= read -r line; do
  if [[ -n $line ]]; then plans+=("$line"); fi
done <<<"$INPUT_PLAN"

code=0
"$bin/iacrisk" score ${words[@]+"${words[@]}"} \
  --format json --output "$reports/report.json" \
  --format sarif --output "$reports/report.sarif" \
  --format github --output "$reports/annotations.txt" \
  --format markdown --output "$reports/comment.md" \
  --format console --output "$reports/console.txt" \
  -- ${plans[@]+"${plans[@]}"} 2>"$reports/errors.txt" || code=$?
if [[ ! -s $reports/comment.md ]]; then # the command or the settings are wrong
  printf '<!-- iacrisk -->\n## COULD NOT REVIEW\n\nThe log of the job says why.\n' >"$reports/comment.md"
fi

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
token=$(random)
echo "::group::iacrisk"
echo "::stop-commands::$token"
cat "$reports/errors.txt"
if [[ -e $reports/console.txt ]]; then cat "$reports/console.txt"; fi
echo "::$token::"
echo "::endgroup::"
if [[ ${INPUT_ANNOTATIONS:-} == true && -e $reports/annotations.txt ]]; then
  cat "$reports/annotations.txt"
fi
cat "$reports/comment.md" >>"$GITHUB_STEP_SUMMARY"
"$bin/python" "$(dirname "${BASH_SOURCE[0]}")/outputs.py" \
  "$reports" "$code" "iacrisk-$(random)" >>"$GITHUB_OUTPUT"
