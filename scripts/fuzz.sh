#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz.sh - runs fuzz targets: fuzz.sh BUILD SECONDS [TARGET...]
#
# The saved inputs are tests/fuzz/corpus/NAME (NAME: the target without fuzz_);
# new ones go to BUILD/fuzz/NAME, as do inputs that crash.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=${1:?usage: fuzz.sh BUILD SECONDS [TARGET...]}
seconds=${2:?usage: fuzz.sh BUILD SECONDS [TARGET...]}
shift 2

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
	for t in "$build"/tests/fuzz/fuzz_*; do
		[ -f "$t" ] && [ -x "$t" ] && targets+=("${t##*/}")
	done
fi
rc=0
for t in ${targets[@]+"${targets[@]}"}; do
	name=${t#fuzz_}
	corpus=$top/tests/fuzz/corpus/$name
	new=$build/fuzz/$name
	mkdir -p "$new"
	dirs=("$new")
	[ -d "$corpus" ] && dirs+=("$corpus")
	if "$build/tests/fuzz/$t" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -artifact_prefix="$new/" "${dirs[@]}" >"$new.log" 2>&1; then
		echo "$t: $(awk '/number_of_executed_units/ { print $2 }' "$new.log") runs, no failure"
		continue
	fi
	rc=1
	tail -n 40 "$new.log"
	echo "$t: failed on $(grep -o "$new/[a-z]*-[0-9a-f]*" "$new.log" | tail -n 1)"
done
exit $rc
