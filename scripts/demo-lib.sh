# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# demo-lib.sh - how the demos print: headings, commands, and a mark for each claim
#
# COLOUR, when not empty, is for a terminal. FAILED counts the claims that did not hold.

bold='' green='' red='' dim='' off=''
if [ -n "${COLOUR:-}" ]; then
	bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' dim=$'\e[2m' off=$'\e[0m'
fi
FAILED=0

heading() { printf '\n%s%s%s\n' "$bold" "$*" "$off"; }
command_line() { printf '  %s$ %s%s\n' "$dim" "$*" "$off"; }
indent() { sed 's/^/    /'; }
yes() { printf '  %s✓%s %s\n' "$green" "$off" "$*"; }
no() {
	printf '  %s✗ %s%s\n' "$red" "$*" "$off"
	FAILED=$((FAILED + 1))
}

# holds TEXT CMD...; fails TEXT CMD...: the command must succeed; must not
holds() {
	local text=$1 out
	shift
	if out=$("$@" 2>&1); then yes "$text"; else
		no "$text"
		[ -z "$out" ] || head -n 5 <<<"$out" | indent
	fi
}
fails() {
	local text=$1
	shift
	if "$@" >/dev/null 2>&1; then no "$text"; else yes "$text"; fi
}

# verdict: the last line; its status is that of the demo
verdict() {
	if [ "$FAILED" -eq 0 ]; then
		printf '\n%sAll of it held.%s\n' "$bold" "$off"
	else
		printf '\n%s%d of it did not hold.%s\n' "$red" "$FAILED" "$off"
	fi
	[ "$FAILED" -eq 0 ]
}
