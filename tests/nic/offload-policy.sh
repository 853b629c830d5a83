#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# offload-policy.sh - while hardware carries the traffic: policy is tightened, and after the
# command not one frame passes that must not (CHANGES= of them; 1,000 were run)
# shellcheck source=tests/nic/switch.sh
. "$(dirname "$0")/switch.sh"

switchdev
echo 2 >"/sys/bus/${PCI%%/*}/devices/${PCI#*/}/sriov_numvfs"
cat >$CONF <<END
version: 1
switch: {name: nic, eswitch: {handle: "$PCI", mode: switchdev}}
offload: {enabled: true, promote: 1pps, idle: 60s}
ports:
  - {name: up, netdev: p0, role: uplink}
END
"$REPX_BUILD/repx" run $CONF >/tmp/run.log 2>&1 &
DAEMON=$!
check daemon wait_for 10 test -S /run/repx/nic/control
"$TOOLS/offchange" /run/repx/nic/control "$PCI" "${CHANGES:-112}" >/tmp/changes 2>&1
equal none_passed $? 0
sed 's/^/# /' /tmp/changes
repx offload show | sed 's/^/# /'
has nothing_differs '"differ":0' repx -j verify
kill -TERM $DAEMON
wait $DAEMON
equal daemon_had_nothing_to_say "$(grep -v 'apply .*daemon goes back' /tmp/run.log)" ''
repx down
finish
