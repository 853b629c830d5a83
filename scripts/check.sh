#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh - what can be said about the source without running it: check.sh BUILD
#
# A line per check, `ok NAME` or `not ok NAME: ...`; all of them run. No root.
set -u
build=$(cd "${1:-build}" && pwd) || exit 1
cd "$(dirname "$0")/.." || exit 1
CC=${CC:-gcc}
CLANG=${CLANG:-clang}
BPFTOOL=${BPFTOOL:-$(command -v /usr/sbin/bpftool || echo bpftool)}
failed=0

# sources PATTERN...: files of the project, committed or not
sources() {
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- "$@" | while read -r f; do [ -f "$f" ] && echo "$f"; done
	else
		local p
		for p in "$@"; do find . -path ./build -prune -o -name "${p#**/}" -type f -print; done | sed 's,^\./,,'
	fi | sort -u
}

# report NAME OUTPUT: the check held when it had nothing to say
report() {
	if [ -z "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1:"
		printf '%s\n' "$2" | head -n 40 | sed 's/^/    /'
		failed=1
	fi
}

format() {
	sources '*.c' '*.h' | grep -v '^vmlinux/' |
		xargs -r -n 20 clang-format --dry-run -Werror 2>&1 | grep -E 'error:|warning:'
}

# (SC2317: functions that wait_for or check call look unreachable to it)
scripts() {
	{
		sources '*.sh'
		echo .ci/run
	} | xargs -r shellcheck -x -P SCRIPTDIR -e SC2317 2>&1
}

# cppcheck sees the headers of libraries only where their macros need it. (memleak:
# it does not see that *out = c.links hands the list over.)
cpp() {
	mkdir -p "$build/cppcheck"
	sources 'user/*.c' 'tests/netns/*.c' >"$build/cppcheck/list"
	cppcheck --quiet --std=c11 -j "$(nproc)" --cppcheck-build-dir="$build/cppcheck" \
		--enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingInclude --suppress=missingIncludeSystem --suppress='*:/usr/include/*' \
		--suppress=memleak:user/rtnl_links.c \
		-D_GNU_SOURCE -DREPX_VERSION='"0"' -Iinclude -Iuser -Iuser/cni -Itests/lib \
		-D'HASH_ITER(hh,head,el,tmp)=for((el)=(head),(tmp)=(el);(el);(el)=(tmp))' \
		-D'DECLARE_LIBXDP_OPTS(type, name, ...)=struct type name = {0}' \
		--include=/usr/include/libmnl/libmnl.h --include=/usr/include/bpf/libbpf_common.h \
		--file-list="$build/cppcheck/list" 2>&1
}

# The kernel cuts longer names short.
names() {
	local obj skel
	for obj in "$build"/*.bpf.o; do
		[ -f "$obj" ] || continue
		"$BPFTOOL" -j btf dump file "$obj" | jq -r --arg f "${obj##*/}" '
			.types as $t | ($t | map({key: (.id | tostring), value: .name}) | from_entries) as $n
			| $t[] | select(.kind == "DATASEC" and .name == ".maps") | .vars[]
			| $n[.type_id | tostring] | select(length > 15) | "\($f): map \(.) is longer than 15"'
	done
	for skel in "$build"/*.skel.h; do
		[ -f "$skel" ] || continue
		sed -n 's/^\t\tstruct bpf_program \*\([a-z0-9_]*\);/\1/p' "$skel" |
			awk -v f="${skel##*/}" 'length($1) > 15 { print f ": program " $1 " is longer than 15" }'
	done
}

# includes FILE: a line `FILE:LINE: <header>` or `FILE:LINE: "header"` each
includes() { grep -HnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<][^">]*[">]' "$@" | sed 's/#[[:space:]]*include[[:space:]]*//'; }

layers() {
	local f
	# include/ stands on nothing but the kernel's types
	includes include/*.h | grep -vE '<linux/types\.h>|"repx_[a-z]*\.h"'
	# bpf/ knows include/, vmlinux/, itself, the UAPI and libbpf's headers
	while read -r f; do
		includes "$f" | grep -vE '<(linux|asm|asm-generic|bpf)/[a-z0-9_/.]*>' | while IFS= read -r line; do
			h=${line#*[\"<]}
			h=${h%[\">]}
			[ -f "bpf/$h" ] || [ -f "include/$h" ] || [ -f "vmlinux/$h" ] || echo "$line"
		done
	done < <(sources 'bpf/*.c' 'bpf/*.h')
	# skeletons and netlink sockets stay behind one interface each
	grep -nE '#[[:space:]]*include.*\.skel\.h' user/*.c user/*.h user/cni/*.[ch] | grep -v '^user/bpf_[a-z]*\.c:'
	grep -nE '\bAF_NETLINK\b|mnl_socket_open' user/*.c user/*.h user/cni/*.[ch] | grep -v '^user/nl\.[ch]:'
	# nothing of the product includes tests
	includes user/*.[ch] user/cni/*.[ch] bpf/*.h bpf/*.c include/*.h | grep 'tests/'
}

spdx() {
	local f
	sources '*.c' '*.h' '*.sh' Makefile .ci/run '*.yaml' '*.yml' '*.service.in' '*.[58]' user/completion/repx |
		grep -v '^tests/fuzz/corpus/' | while read -r f; do
		head -n 3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || echo "$f"
	done
}

headers() {
	local h
	for h in include/*.h user/*.h user/cni/*.h tests/lib/*.h; do
		[ -f "$h" ] || continue
		"$CC" -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -D_GNU_SOURCE -Iinclude -Iuser -Iuser/cni -Itests/lib \
			-I"$build" -x c -include "$h" /dev/null 2>&1 | grep -E 'error|warning'
	done
	for h in include/*.h; do
		"$CLANG" -target bpf -Wall -Werror -fsyntax-only -Iinclude -idirafter \
			"/usr/include/$("$CC" -print-multiarch)" -x c -include "$h" /dev/null 2>&1 | grep -E 'error|warning'
	done
}

report format "$(format)"
report shellcheck "$(scripts)"
report cppcheck "$(cpp)"
report names "$(names)"
report layers "$(layers)"
report spdx "$(spdx)"
report headers "$(headers)"
exit $failed
