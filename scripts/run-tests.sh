#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# run-tests.sh - every test this machine can run: run-tests.sh BUILD [TIER...]
#
#	TIER              check, unit, fuzz, prog, netns, nic; default: all, in this order
#	TESTS=PATTERN     only tests whose name has the pattern in it (a shell glob)
#	FUZZ_SECONDS=5    for each fuzz target
#	JOBS=             guests at a time (nic); default: processors + 1, as guests wait, too
#
# A line per test; full output in BUILD/test-logs/NAME.log, shown when it fails.
# Every cmocka test and every case of a script counts. Skips must be those of
# tests/expected-skips. The last line is `N passed, N failed, N skipped`.
set -u
build=$(cd "${1:?usage: run-tests.sh BUILD [TIER...]}" && pwd) || exit 1
cd "$(dirname "$0")/.." || exit 1
shift
tiers=$*

export REPX_BUILD=$build REPX_RUN=$$
logs=$build/test-logs
snapshot=$build/vm/tests.$$.snapshot # the guests go on from it
passed=0 failed=0 skipped=0
skips=()
declare -A running=() started=() limits=() # names by pid; the others by name
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
	if [ ${#running[@]} -gt 0 ]; then
		kill -TERM "${!running[@]}" 2>/dev/null
		wait "${!running[@]}" 2>/dev/null
	fi
	rm -rf "$snapshot"
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

# wanted NAME: is it one of TESTS?
wanted() {
	# shellcheck disable=SC2053 # a pattern is wanted
	[[ -z ${TESTS:-} || $1 == *$TESTS* ]]
}

log_of() { echo "$logs/${1//\//_}.log"; }

# begin NAME SECONDS CMD...: in the background, until reap
begin() {
	local name=$1 limit=$2
	shift 2
	started[$name]=${EPOCHREALTIME/./}
	limits[$name]=$limit
	timeout -k 15 "$limit" "$@" >"$(log_of "$name")" 2>&1 </dev/null &
	running[$!]=$name
}

# reap: waits for one that was begun, and judges it. Status 1: it failed.
reap() {
	local pid rc name
	wait -n -p pid "${!running[@]}"
	rc=$?
	name=${running[$pid]}
	unset "running[$pid]"
	judge "$name" $rc $(((${EPOCHREALTIME/./} - started[$name]) / 1000))
}

# whole NAME LOG: did all cases of a script in the guest come to its log? Its last
# line tells how many there are; without it the script did not come to its end.
whole() {
	local told
	[[ $1 == nic.* && $1 != nic.prepare ]] || return 0
	told=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 + \2/p' "$2" | tail -n 1)
	[ -n "$told" ] && [ $((told)) -le $((p + f)) ]
}

# judge NAME STATUS MS: counts the test, and prints its line
judge() {
	local name=$1 rc=$2 ms=$3 log result=ok
	log=$(log_of "$name")
	count "$log" "$name"
	if [ "$rc" -eq 124 ] || [ "$rc" -eq 137 ]; then
		echo "not ok: not done after ${limits[$name]} s" >>"$log"
		f=$((f + 1))
	elif [ "$rc" -eq 4 ] && [ $((p + f + s)) -eq 0 ]; then
		s=1
		skips+=("$name: $(grep -v '^vm: ' "$log" | tail -n 1)")
	elif [ "$rc" -ne 0 ] && [ "$rc" -ne 4 ] && [ $f -eq 0 ]; then
		echo "not ok: exit status $rc" >>"$log"
		f=$((f + 1))
	elif [ "$rc" -eq 0 ] && ! whole "$name" "$log"; then
		echo "not ok: not all of its cases are in this log" >>"$log"
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
	[ $f -eq 0 ]
}

# run NAME SECONDS CMD...
run() {
	wanted "$1" || return 0
	begin "$@"
	reap
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
	[ -z "${TESTS:-}$tiers" ] && [ -n "$expected" ] || return 0
	while IFS= read -r name; do
		if ! printf '%s\n' ${skips[@]+"${skips[@]}"} | sed 's/: .*//' | grep -qxF -- "$name"; then
			echo "FAIL expected skip did not happen: $name (take it out of tests/expected-skips)"
			failed=$((failed + 1))
		fi
	done <<<"$expected"
}

# without root, these tests cannot run: that is a failure to be seen
need_root() {
	[ "$(id -u)" -eq 0 ] && return 0
	echo "FAIL $1: needs root"
	failed=$((failed + 1))
	return 1
}

# programs GLOB: those that were built; objects and dependencies lie beside them
programs() {
	local t
	for t in $1; do
		[[ ! -x $t || $t == *.[od] ]] || echo "$t"
	done
}

check_tier() { run check 300 scripts/check.sh "$build"; }

unit_tier() {
	local t
	for t in $(programs "$build/tests/unit/test_*"); do
		run "unit.${t##*/test_}" 120 env CMOCKA_MESSAGE_OUTPUT=TAP "$t"
	done
}

fuzz_tier() {
	local t
	for t in $(programs "$build/tests/fuzz/fuzz_*"); do
		run "fuzz.${t##*/fuzz_}" $((${FUZZ_SECONDS:-5} + 90)) \
			scripts/fuzz.sh "$build" "${FUZZ_SECONDS:-5}" "${t##*/}"
	done
}

prog_tier() {
	local t
	need_root tests/prog || return
	for t in $(programs "$build/tests/prog/test_*"); do
		run "prog.${t##*/test_}" 180 env CMOCKA_MESSAGE_OUTPUT=TAP "$t"
	done
}

# header SCRIPT KEY: what its comment `# KEY: ...` says
header() { sed -n "s/^# $2: *//p" "$1" | head -n 1; }

netns_tier() {
	local t h name limit
	need_root tests/netns || return
	for t in tests/netns/*.sh; do
		name=netns.$(basename "$t" .sh)
		limit=$(header "$t" timeout)
		# shellcheck disable=SC2046 # a word per hook, or none
		set -- $(header "$t" hooks)
		for h in "${@:--}"; do
			if [ "$h" = - ]; then
				run "$name" "${limit:-120}" bash "$t"
			else
				run "$name.$h" "${limit:-120}" bash "$t" "$h"
			fi
			sweep
		done
	done
}

# Each script in a guest of its own, the long ones first, so that the last ones end
# together. They come last: guests keep the processors busy, which tests that measure
# time would feel.
nic_tier() {
	local t limit scripts=()
	for t in $(grep -lx '# long: yes' tests/nic/*.sh) $(grep -Lx '# long: yes' tests/nic/*.sh); do
		[ -x "$t" ] && wanted "nic.$(basename "$t" .sh)" && scripts+=("$t")
	done
	[ ${#scripts[@]} -gt 0 ] || return 0
	if [ ${#scripts[@]} -gt 1 ]; then
		export SNAPSHOT=$snapshot
		begin nic.prepare 900 scripts/vm.sh snapshot "${scripts[@]}"
	else
		begin nic.prepare 900 scripts/vm.sh prepare
	fi
	if ! reap; then
		for t in "${scripts[@]}"; do
			echo "FAIL nic.$(basename "$t" .sh): there is no guest"
			failed=$((failed + 1))
		done
		return
	fi
	for t in "${scripts[@]}"; do
		[ ${#running[@]} -lt "${JOBS:-$(($(nproc) + 1))}" ] || reap
		limit=$(header "$t" timeout)
		# the guest ends first, and says so
		begin "nic.$(basename "$t" .sh)" $((${limit:=280} + 60)) \
			env TIMEOUT="$limit" scripts/vm.sh run "$t"
	done
	while [ ${#running[@]} -gt 0 ]; do reap; done
}

for tier in ${tiers:-check unit fuzz prog netns nic}; do
	case $tier in
	check | unit | fuzz | prog | netns | nic) "${tier}_tier" ;;
	*)
		echo "run-tests: there is no tier '$tier'" >&2
		exit 2
		;;
	esac
done

judge_skips
finish
trap - EXIT
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
