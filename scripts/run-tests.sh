#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# run-tests.sh - every test this machine can run: run-tests.sh BUILD
#
#	TESTS=PATTERN     only tests whose name has the pattern in it (a shell glob)
#	FUZZ_SECONDS=5    for each fuzz target
#
# A line per test; full output in BUILD/test-logs/NAME.log, shown when it fails.
# Every cmocka test and every case of a script counts. Skips must be those of
# tests/expected-skips. The last line is `N passed, N failed, N skipped`.
set -u
build=$(cd "${1:?usage: run-tests.sh BUILD}" && pwd) || exit 1
cd "$(dirname "$0")/.." || exit 1

export REPX_BUILD=$build REPX_RUN=$$
logs=$build/test-logs
passed=0 failed=0 skipped=0
skips=() current=
rm -rf "$logs"
mkdir -p "$logs"

# What tests leave behind when they are killed goes by the same code that they use.
sweep() (
	trap - EXIT
	# shellcheck source=tests/lib/lib.sh
	source <(sed -n '/^clean() {/,/^}/p' tests/lib/lib.sh)
	clean "rx$REPX_RUN"
)

finish() {
	trap '' INT TERM
	if [ -n "$current" ]; then
		kill -TERM "$current" 2>/dev/null
		wait "$current" 2>/dev/null
	fi
	sweep
}
trap finish EXIT
trap 'echo "interrupted"; exit 130' INT
trap 'echo "terminated"; exit 143' TERM

# count LOG: cases in a log, as TAP (cmocka) or as our scripts print them. Sets
# p, f, s; adds to skips.
count() {
	local line name=$2 why=
	p=0 f=0 s=0
	while IFS= read -r line; do
		case $line in
		'skip: '*) why=": ${line#skip: }" ;; # what a cmocka test says before it skips
		*'# SKIP'* | 'skip '[!:]*)
			s=$((s + 1))
			line=${line#skip }
			line=$(sed -E 's/^(not )?ok [0-9]+ -? ?# SKIP ?//' <<<"$line")
			skips+=("$name.$line$why")
			why=
			;;
		'ok '*) p=$((p + 1)) ;;
		'not ok '*) f=$((f + 1)) ;;
		esac
	done < <(grep -aE '^(ok|not ok|skip:?) ' "$1")
}

# run NAME SECONDS CMD...
run() {
	local name=$1 limit=$2 log rc start ms result
	# shellcheck disable=SC2053 # a pattern is wanted
	[[ -z ${TESTS:-} || $name == *$TESTS* ]] || return 0
	shift 2
	log=$logs/${name//\//_}.log
	start=${EPOCHREALTIME/./}
	timeout -k 15 "$limit" "$@" >"$log" 2>&1 </dev/null &
	current=$!
	wait "$current"
	rc=$?
	current=
	ms=$(((${EPOCHREALTIME/./} - start) / 1000))
	count "$log" "$name"
	result=ok
	if [ $rc -eq 124 ] || [ $rc -eq 137 ]; then
		echo "not ok: not done after $limit s" >>"$log"
		f=$((f + 1))
	elif [ $rc -eq 4 ] && [ $((p + f + s)) -eq 0 ]; then
		s=1
		skips+=("$name: $(tail -n 1 "$log")")
	elif [ $rc -ne 0 ] && [ $f -eq 0 ]; then
		echo "not ok: exit status $rc" >>"$log"
		f=$((f + 1))
	elif [ $((p + f + s)) -eq 0 ]; then
		p=1 # a test of one case that does not print it
	fi
	[ $f -eq 0 ] || result=FAIL
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-4s %-34s %4d passed %3d failed %3d skipped %7d.%03d s\n' "$result" "$name" \
		"$p" "$f" "$s" $((ms / 1000)) $((ms % 1000))
	if [ $f -ne 0 ]; then
		grep -avE '^(ok|skip) ' "$log" | tail -n 60 | sed 's/^/    /'
	fi
	return 0
}

# The skips must be the expected ones, and all of them when everything ran.
judge_skips() {
	local s name expected
	expected=$(grep -vE '^[[:space:]]*(#|$)' tests/expected-skips 2>/dev/null)
	for s in ${skips[@]+"${skips[@]}"}; do
		echo "skipped: $s"
		name=${s%%: *}
		if ! grep -qxF -- "$name" <<<"$expected"; then
			echo "FAIL unexpected skip: $name (not in tests/expected-skips)"
			failed=$((failed + 1))
		fi
	done
	[ -z "${TESTS:-}" ] && [ -n "$expected" ] || return 0
	while IFS= read -r name; do
		if ! printf '%s\n' ${skips[@]+"${skips[@]}"} | sed 's/: .*//' | grep -qxF -- "$name"; then
			echo "FAIL expected skip did not happen: $name (take it out of tests/expected-skips)"
			failed=$((failed + 1))
		fi
	done <<<"$expected"
}

# need_root LIST...: without root, these tests cannot run: that is a failure to be seen
root() {
	[ "$(id -u)" -eq 0 ] && return 0
	echo "FAIL $1: needs root"
	failed=$((failed + 1))
	return 1
}

run check 300 scripts/check.sh "$build"
for t in "$build"/tests/unit/test_*; do
	[[ -x $t && $t != *.[od] ]] && run "unit.${t##*/test_}" 120 env CMOCKA_MESSAGE_OUTPUT=TAP "$t"
done
for t in "$build"/tests/fuzz/fuzz_*; do
	[[ -x $t && $t != *.[od] ]] && run "fuzz.${t##*/fuzz_}" $((${FUZZ_SECONDS:-5} + 90)) \
		scripts/fuzz.sh "$build" "${FUZZ_SECONDS:-5}" "${t##*/}"
done
if root 'tests/prog and tests/netns'; then
	for t in "$build"/tests/prog/test_*; do
		[[ -x $t && $t != *.[od] ]] && run "prog.${t##*/test_}" 180 env CMOCKA_MESSAGE_OUTPUT=TAP "$t"
	done
	for t in tests/netns/*.sh; do
		name=$(basename "$t" .sh)
		hooks=$(sed -n 's/^# hooks: *//p' "$t" | head -n 1)
		limit=$(sed -n 's/^# timeout: *//p' "$t" | head -n 1)
		for h in ${hooks:--}; do
			if [ "$h" = - ]; then
				run "netns.$name" "${limit:-120}" bash "$t"
			else
				run "netns.$name.$h" "${limit:-120}" bash "$t" "$h"
			fi
			sweep
		done
	done
fi

judge_skips
finish
trap - EXIT
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
