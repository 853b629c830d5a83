// SPDX-License-Identifier: GPL-2.0-only
/* doctor_netdev.c - netdevs of hardware and of switches: drivers, XDP, offloads */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor_int.h"
#include "sw.h"
#include "sysdev.h"
#include "util.h"

static void xdp_text(const struct doctor_netdev *n, bool native, char *buf, size_t size)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} bits[] = {
		{0x2, " redirect"},
		{RTNL_XDP_NDO_XMIT, " ndo_xmit"},
		{0x8, " zerocopy"},
		{RTNL_XDP_RX_SG, " rx_sg"},
		{RTNL_XDP_NDO_XMIT_SG, " ndo_xmit_sg"},
	};
	size_t i, used;

	if (n->features) {
		snprintf(buf, size, "native XDP not known (%s)",
			 n->features == -EOPNOTSUPP ? "Linux 6.3 tells" : strerror(-n->features));
		return;
	}
	used = (size_t)snprintf(buf, size, native ? "native XDP:" : "no native XDP");
	for (i = 0; native && i < ARRAY_SIZE(bits); i++)
		if (n->xdp & bits[i].bit)
			used += (size_t)snprintf(buf + used, size - used, "%s", bits[i].name);
}

/* Offloads that hide from an XDP program what it must see. */
static void judge_offloads(struct doctor *d, const struct doctor_netdev *n)
{
	char hint[64];

	if (n->lro == 1) {
		snprintf(hint, sizeof(hint), "ethtool -K %s lro off", n->link.name);
		doctor_say(d, "netdev", n->link.name, DOCTOR_WARN, hint,
			   "LRO is on: drivers refuse native XDP then, or frames come in merged");
	}
	if (n->rxvlan == 1 && n->attached && strcmp(n->link.kind, "veth") != 0) {
		snprintf(hint, sizeof(hint), "ethtool -K %s rxvlan off", n->link.name);
		doctor_say(d, "netdev", n->link.name, DOCTOR_WARN, hint,
			   "rx-vlan-hw-parse was turned on again: XDP does not see the tags");
	}
}

void doctor_judge_netdev(struct doctor *d, const struct doctor_netdev *n)
{
	bool native =
		!n->features && n->xdp & RTNL_XDP_BASIC && !rtnl_is_representor(n->link.phys_port);
	bool wanted = n->attach == CONF_ATTACH_XDP ||
		      (n->attach == CONF_ATTACH_AUTO && native && n->link.has_parent);
	char xdp[128];

	xdp_text(n, native, xdp, sizeof(xdp));
	if (wanted && !native && !n->features)
		doctor_say(d, "netdev", n->link.name, DOCTOR_MISSING,
			   "attach: auto, or another driver",
			   "%s%sattach: xdp is asked for, there is no native XDP", n->driver,
			   n->driver[0] ? ": " : "");
	else
		doctor_say(d, "netdev", n->link.name, DOCTOR_OK, "", "%s%s%s%s", n->driver,
			   n->driver[0] ? ": " : "", xdp,
			   wanted && n->rxvlan == 1 && !n->attached
				   ? "; repx turns rx-vlan-hw-parse off while it uses it"
				   : "");
	if (wanted)
		judge_offloads(d, n);
}

/* Ports of the switches that are there. */
struct ports {
	struct doctor *d;
	struct doctor_netdev *list; /* link.ifindex, attach and attached count */
	size_t len, switches;
};

static int add_ports(struct ports *ports, const struct sw *sw)
{
	struct doctor_netdev *list;
	size_t i;

	list = reallocarray(ports->list, ports->len + sw->conf.ports_len + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	ports->list = list;
	for (i = 0; i < sw->conf.ports_len; i++)
		list[ports->len++] = (struct doctor_netdev){
			.link.ifindex = sw->ports[i].ifindex,
			.in_switch = true,
			.attach = sw->conf.ports[i].attach,
			.attached = sw->ports[i].attach.mode.xdp == ATTACH_XDP_NATIVE,
		};
	return 0;
}

static int read_switch(const char *name, void *data)
{
	struct ports *ports = data;
	const struct doctor_env *env = ports->d->env;
	struct err err = {0};
	struct sw sw;
	int ret;

	if (env->sw && strcmp(env->sw, name) != 0)
		return 0;
	ports->switches++;
	if (sw_open(&sw, env->root, name, SW_READ, &err)) {
		doctor_say(ports->d, "switch", name, DOCTOR_WARN, "repx down, then repx apply FILE",
			   "%s", err.text);
		return 0;
	}
	ret = add_ports(ports, &sw);
	doctor_say(ports->d, "switch", name, DOCTOR_OK, "", "%zu ports",
		   conf_ports_wanted(&sw.conf));
	sw_close(&sw);
	return ret;
}

static void judge_link(struct ports *ports, struct rtnl *rtnl, const struct rtnl_link *link)
{
	struct doctor_netdev n = {.attach = CONF_ATTACH_AUTO};
	struct ethtool_drvinfo info;
	size_t i;

	for (i = 0; i < ports->len; i++)
		if (ports->list[i].link.ifindex == link->ifindex)
			n = ports->list[i];
	if (!n.in_switch && (!link->has_parent || !link->ethernet || ports->d->env->sw))
		return;
	n.link = *link;
	if (!sysdev_drvinfo(link->name, &info))
		str_copy(n.driver, sizeof(n.driver), info.driver);
	n.features = rtnl_xdp_features(rtnl, link->ifindex, &n.xdp);
	n.rxvlan = rtnl_feature_get(rtnl, link->ifindex, "rx-vlan-hw-parse");
	n.lro = rtnl_feature_get(rtnl, link->ifindex, "rx-lro");
	doctor_judge_netdev(ports->d, &n);
}

void doctor_netdevs(struct doctor *d)
{
	struct ports ports = {.d = d};
	struct rtnl_links links = {0};
	struct rtnl rtnl;
	size_t i;
	int ret;

	if (!geteuid())
		sw_walk(d->env->root, read_switch, &ports);
	if (!geteuid() && d->env->sw && !ports.switches)
		doctor_say(d, "switch", d->env->sw, DOCTOR_MISSING, "repx apply FILE",
			   "there is none of that name");
	ret = rtnl_open(&rtnl);
	if (!ret) {
		ret = rtnl_links_load(&rtnl, &links);
		for (i = 0; i < links.len; i++)
			judge_link(&ports, &rtnl, &links.list[i]);
		rtnl_links_done(&links);
		rtnl_close(&rtnl);
	}
	if (ret)
		doctor_say(d, "netdev", "list", DOCTOR_WARN, "", "cannot be read: %s",
			   strerror(-ret));
	free(ports.list);
}
