#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# long: yes
# offload-parity.sh - the tables of frames once more, through an eswitch that learns rules:
# whoever carries a frame, all that comes out is the same, byte for byte
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

switchdev
for n in 1 2 3 4 5 6 7; do check "sf$n" sf_up $n "02:00:00:01:00:0$n"; done
netdevs() { [ -e /sys/class/net/sf7 ]; }
check netdevs wait_for 20 netdevs
cat >$CONF <<END
version: 1
switch: {name: t}
offload: {enabled: true, promote: 1pps, idle: 60s, flood: true}
ports:
  - {name: up, netdev: p0, role: uplink}
END
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
check daemon wait_for 20 test -S /run/repx/t/control
"$TOOLS/offparity" /run/repx/t/control /sys/fs/bpf/repx/t p0 wire0 >/tmp/parity 2>/tmp/parity.err
equal same_result_whoever_carries $? 0
grep '^#' /tmp/parity
grep -v '^#' /tmp/parity | head -n 60
head -n 20 /tmp/parity.err | sed 's/^/# /'
repx offload show | sed 's/^/# /'
[ "$FAILED" -eq 0 ] || repx -s port show | grep -E 'drops|events|up ' | sed 's/^/# /'
kill -TERM $DAEMON
wait $DAEMON
grep -v 'apply .*goes back' /tmp/run.log | head -n 20 | sed 's/^/# /'
repx down
finish
