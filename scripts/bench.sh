#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh - every benchmark of the tree; usage: bench.sh BUILD [ROUNDS [MS]]
set -eu

build=${1:-build}
rounds=${2:-15}
ms=${3:-300}

echo "== known unicast: VLAN push, MAC guard, learning refresh, counters"
"$build/tests/bench/rxbench" "$build/repx" "$rounds" "$ms" 1
echo
echo "== the same with 256 sources (no guard), as many flows as sources"
"$build/tests/bench/rxbench" "$build/repx" "$rounds" "$ms" 256
