// SPDX-License-Identifier: GPL-2.0-only
/* sw_record.c - see sw_state.h */
#include <errno.h>
#include <string.h>

#include "sw_state.h"
#include "util.h"

static void mac_text(char text[18], const uint8_t mac[6])
{
	snprintf(text, 18, MAC_FMT, MAC_ARG(mac));
}

static int mac_parse(const char *text, uint8_t mac[6])
{
	int end = 0;

	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
		   &mac[3], &mac[4], &mac[5], &end) != 6 ||
	    text[end])
		return -EINVAL;
	return 0;
}

static json_t *attach_json(const struct attach_state *attach)
{
	return json_pack("{s:i,s:i,s:b,s:b,s:I,s:I}", "xdp", (int)attach->mode.xdp, "tc",
			 (int)attach->mode.tc, "xdp_shared", (int)attach->mode.xdp_shared,
			 "clsact_made", (int)attach->clsact_made, "tc_pref",
			 (json_int_t)attach->tc_pref, "xdp_prog_id",
			 (json_int_t)attach->xdp_prog_id);
}

json_t *sw_record_json(const struct sw_port *port)
{
	char mac[18], host_mac[18];

	mac_text(mac, port->mac);
	mac_text(host_mac, port->host_mac);
	return json_pack(
		"{s:i,s:I,s:I,s:I,s:I,s:s,s:s,s:I,s:o,s:b,s:b,s:b,s:b,s:b,s:b,s:b,s:s,s:o*}",
		"owner", (int)port->owner, "slot", (json_int_t)port->slot, "ifindex",
		(json_int_t)port->ifindex, "guard", (json_int_t)port->guard, "mtu",
		(json_int_t)port->mtu, "mac", mac, "host_mac", host_mac, "xmit_flags",
		(json_int_t)port->xmit_flags, "attach", attach_json(&port->attach), "was_up",
		(int)port->was_up, "set_up", (int)port->set_up, "set_promisc",
		(int)port->set_promisc, "set_rxvlan", (int)port->set_rxvlan, "made_veth",
		(int)port->made_veth, "off_clsact", (int)port->off_clsact, "off_hw_tc",
		(int)port->off_hw_tc, "netdev", port->netdev, "fn", sw_fn_json(&port->fn));
}

static int attach_parse(json_t *json, struct attach_state *out, json_error_t *why)
{
	json_int_t pref, prog;
	int xdp, tc, shared, made;

	if (json_unpack_ex(json, why, 0, "{s:i,s:i,s:b,s:b,s:I,s:I}", "xdp", &xdp, "tc", &tc,
			   "xdp_shared", &shared, "clsact_made", &made, "tc_pref", &pref,
			   "xdp_prog_id", &prog))
		return -EINVAL;
	*out = (struct attach_state){
		.mode = {.xdp = (enum attach_xdp)xdp,
			 .tc = (enum attach_tc)tc,
			 .xdp_shared = shared},
		.clsact_made = made,
		.tc_pref = (uint32_t)pref,
		.xdp_prog_id = (uint32_t)prog,
	};
	return 0;
}

int sw_record_parse(json_t *json, struct sw_port *out, json_error_t *why)
{
	json_int_t slot, ifindex, guard, mtu, flags;
	int owner, was_up, set_up, promisc, rxvlan, veth, clsact = 0, hw_tc = 0;
	const char *mac, *host_mac, *netdev = "";
	struct sw_port port = {0};
	json_t *attach, *fn = NULL;

	if (json_unpack_ex(
		    json, why, 0,
		    "{s:i,s:I,s:I,s:I,s:I,s:s,s:s,s:I,s:o,s:b,s:b,s:b,s:b,s:b,s?b,s?b,s?s,s?o}",
		    "owner", &owner, "slot", &slot, "ifindex", &ifindex, "guard", &guard, "mtu",
		    &mtu, "mac", &mac, "host_mac", &host_mac, "xmit_flags", &flags, "attach",
		    &attach, "was_up", &was_up, "set_up", &set_up, "set_promisc", &promisc,
		    "set_rxvlan", &rxvlan, "made_veth", &veth, "off_clsact", &clsact, "off_hw_tc",
		    &hw_tc, "netdev", &netdev, "fn", &fn))
		return -EINVAL;
	if (attach_parse(attach, &port.attach, why) || sw_fn_parse(fn, &port.fn, why))
		return -EINVAL;
	str_copy(port.netdev, sizeof(port.netdev), netdev);
	if (mac_parse(mac, port.mac) || mac_parse(host_mac, port.host_mac) ||
	    owner < SW_OWNER_FILE || owner > SW_OWNER_POOL) {
		str_copy(why->text, sizeof(why->text), "bad MAC or owner");
		return -EINVAL;
	}
	port.owner = (enum sw_owner)owner;
	port.slot = (uint32_t)slot;
	port.ifindex = (uint32_t)ifindex;
	port.guard = (uint32_t)guard;
	port.mtu = (uint32_t)mtu;
	port.xmit_flags = (uint32_t)flags;
	port.was_up = was_up;
	port.set_up = set_up;
	port.set_promisc = promisc;
	port.set_rxvlan = rxvlan;
	port.made_veth = veth;
	port.off_clsact = clsact;
	port.off_hw_tc = hw_tc;
	*out = port;
	return 0;
}

json_t *sw_left_json(const struct sw_left *left)
{
	return json_pack("{s:s,s:s,s:b,s:o}", "netdev", left->netdev, "host_netdev",
			 left->host_netdev, "opens", (int)left->opens, "port",
			 sw_record_json(&left->port));
}

int sw_left_parse(json_t *json, struct sw_left *out, json_error_t *why)
{
	const char *netdev, *host;
	struct sw_left left = {0};
	json_t *port;
	int opens = 0;

	if (json_unpack_ex(json, why, 0, "{s:s,s:s,s?b,s:o}", "netdev", &netdev, "host_netdev",
			   &host, "opens", &opens, "port", &port) ||
	    sw_record_parse(port, &left.port, why))
		return -EINVAL;
	left.opens = opens;
	str_copy(left.netdev, sizeof(left.netdev), netdev);
	str_copy(left.host_netdev, sizeof(left.host_netdev), host);
	*out = left;
	return 0;
}

json_t *sw_fdb_key_json(const struct conf_fdb *fdb)
{
	char mac[18];

	mac_text(mac, fdb->mac);
	return json_pack("{s:s,s:i}", "mac", mac, "vlan", (int)fdb->vlan);
}

int sw_fdb_key_parse(json_t *json, struct conf_fdb *out, json_error_t *why)
{
	struct conf_fdb fdb = {0};
	const char *mac;
	int vlan;

	if (json_unpack_ex(json, why, 0, "{s:s,s:i}", "mac", &mac, "vlan", &vlan) ||
	    mac_parse(mac, fdb.mac))
		return -EINVAL;
	fdb.vlan = (uint16_t)vlan;
	*out = fdb;
	return 0;
}
