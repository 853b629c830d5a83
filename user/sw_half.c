// SPDX-License-Identifier: GPL-2.0-only
/* sw_half.c - what the programs are to read, compared with what they do read */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sw_int.h"

static struct image_port image_of(const struct move *m)
{
	struct image_port image = {
		.slot = m->port->slot,
		.ifindex = m->port->ifindex,
		.mtu = m->port->mtu,
		.guard = m->port->guard,
		.flags = m->port->xmit_flags,
		.rx_elsewhere = m->port->fn.rate_hw,
	};

	memcpy(image.mac, m->port->mac, sizeof(image.mac));
	memcpy(image.host_mac, m->port->host_mac, sizeof(image.host_mac));
	return image;
}

int sw_half_make(struct change *ch)
{
	uint32_t max_ports = ch->conf.max_ports;

	if (!ch->image) {
		ch->image = calloc(ch->moves_len + 1, sizeof(*ch->image));
		ch->half_ports = calloc(max_ports, sizeof(*ch->half_ports));
		ch->half_vlans = calloc(REPX_MAX_VLANS, sizeof(*ch->half_vlans));
	}
	if (!ch->image || !ch->half_ports || !ch->half_vlans)
		return -ENOMEM;
	for (size_t i = 0; i < ch->moves_len; i++)
		ch->image[i] = image_of(&ch->moves[i]);
	image_write(&ch->conf, ch->image, max_ports, ch->half_ports, ch->half_vlans, &ch->half_sw);
	return 0;
}

void sw_half_done(struct change *ch)
{
	free(ch->image);
	free(ch->half_ports);
	free(ch->half_vlans);
}

static struct repx_port *ports_of(const struct sw *sw, uint32_t half)
{
	return sw->obj.ports_mem + (size_t)half * sw->obj.max_ports;
}

bool sw_half_port_differs(const struct move *m)
{
	const struct sw *sw = m->ch->sw;
	const struct repx_port *now = ports_of(sw, bpf_obj_half(&sw->obj));
	uint32_t slot = m->port->slot;

	return memcmp(&now[slot], &m->ch->half_ports[slot], sizeof(*now)) != 0;
}

bool sw_half_differs(const struct change *ch)
{
	const struct bpf_obj *obj = &ch->sw->obj;
	uint32_t half = bpf_obj_half(obj);

	return memcmp(&obj->cfg_mem->sw[half], &ch->half_sw, sizeof(ch->half_sw)) != 0 ||
	       memcmp(ports_of(ch->sw, half), ch->half_ports,
		      obj->max_ports * sizeof(*ch->half_ports)) != 0 ||
	       memcmp(obj->vlans_mem + (size_t)half * REPX_MAX_VLANS, ch->half_vlans,
		      REPX_MAX_VLANS * sizeof(*ch->half_vlans)) != 0;
}

bool sw_half_slot_used(const struct sw *sw, uint32_t slot)
{
	return ports_of(sw, bpf_obj_half(&sw->obj))[slot].ifindex;
}

/* Programs that began before the last flip may still read the other half. */
void sw_half_write(const struct change *ch)
{
	const struct bpf_obj *obj = &ch->sw->obj;
	uint32_t half = !bpf_obj_half(obj);

	bpf_obj_wait();
	memcpy(ports_of(ch->sw, half), ch->half_ports, obj->max_ports * sizeof(*ch->half_ports));
	memcpy(obj->vlans_mem + (size_t)half * REPX_MAX_VLANS, ch->half_vlans,
	       REPX_MAX_VLANS * sizeof(*ch->half_vlans));
	obj->cfg_mem->sw[half] = ch->half_sw;
}
