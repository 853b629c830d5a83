#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh - every benchmark of the tree, or some of them
#
#	bench.sh [-q] [BUILD [CASE-PATTERN]]
#
# -q: few rounds, nothing that takes long to set up. BENCH_ROUNDS and BENCH_MS
# (CPU time of a sample) say otherwise. Leaves BUILD/bench.json and bench.svg;
# rxbench --list names the cases. After all of them come profiles of those that have
# goals, and of their limits.
set -eu

quick=()
if [ "${1:-}" = -q ]; then
	quick=(-q)
	shift
fi
build=${1:-build}
pattern=("${@:2:1}")
options=()
[ -z "${BENCH_ROUNDS:-}" ] || options+=(-r "$BENCH_ROUNDS")
[ -z "${BENCH_MS:-}" ] || options+=(-m "$BENCH_MS")

if [ "$(id -u)" != 0 ]; then
	echo "bench.sh: needs root: it makes namespaces and loads programs" >&2
	exit 1
fi
rxbench() { "$build/tests/bench/rxbench" "${options[@]}" "$@"; }
rxbench "${quick[@]}" --json "$build/bench.json" --svg "$build/bench.svg" \
	"$build/repx" "${pattern[@]}"
[ ${#quick[@]} -eq 0 ] && [ ${#pattern[@]} -eq 0 ] || exit 0
for c in push unwatched limit-push limit-count fdb-1m fdb-1m-order limit-1m limit-flat1m limit-work1m flood-16 limit-flood; do
	echo
	rxbench --profile "$build/repx" $c | sed -n '/^profile/,/^$/p'
done
