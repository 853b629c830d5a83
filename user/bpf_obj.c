// SPDX-License-Identifier: GPL-2.0-only
/* bpf_obj.c - the programs and maps of one switch: load, pin, reuse
 *
 * The three objects (XDP, tc, the tracing copy) share their maps: whichever
 * declares a map first makes it, or takes it from its pin, and the others reuse
 * that one. The XDP object may fail to load (kernels before 6.2): the switch then
 * runs on tc alone and xdp_why says why.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bpf_obj.h"
#include "log.h"
#include "repx_tc.skel.h"
#include "repx_xdp.skel.h"
#include "repx_xs.skel.h"
#include "util.h"

#define XDP_PIN "repx_xdp_in"
#define TC_PIN "repx_tc_in"

/* Every shared map: where its fd goes, how many elements it is made with. */
struct map_row {
	const char *name;
	size_t fd;	       /* offset in struct bpf_obj */
	unsigned int per_port; /* elements = per_port * max_ports ... */
	unsigned int per_fdb;  /* ... + per_fdb * fdb_size; both 0: as declared */
};

#define ROW(map, field, ports, fdbs)                              \
	{                                                         \
		map, offsetof(struct bpf_obj, field), ports, fdbs \
	}
static const struct map_row map_rows[] = {
	ROW("repx_cfg", cfg, 0, 0),
	ROW("repx_ports", ports, 2, 0),
	ROW("repx_vlans", vlans, 0, 0),
	ROW("repx_ifaces", ifaces, 2, 0),
	ROW("repx_fdb", fdb, 0, 1),
	ROW("repx_maclim", maclim, 0, 1),
	ROW("repx_state", state, 1, 0),
	ROW("repx_guard_mac", guard_mac, 0, 0),
	ROW("repx_guard_ip", guard_ip, 0, 0),
	ROW("repx_passed", passed, 2, 0),
	ROW("repx_stats", stats, 1, 0),
	ROW("repx_drops", drops, 1, 0),
	ROW("repx_tx", tx, 1, 0),
	ROW("repx_cache", cache, 0, 0),
	ROW("repx_events", events, 0, 0),
	ROW("repx_flows", flows, 0, 0),
	ROW("repx_moves", moves, 0, 0),
	ROW("repx_hw", hw, 1, 0),
	ROW("repx_memo", memo, 0, 0),
	ROW("repx_known", known, 0, 0),
	ROW("repx_where", where, 0, 0), /* where_len() */
};

static int *row_fd(const struct bpf_obj *obj, const struct map_row *row)
{
	return (int *)((char *)(uintptr_t)obj + row->fd);
}

static void obj_init(struct bpf_obj *obj)
{
	size_t i;

	memset(obj, 0, sizeof(*obj));
	for (i = 0; i < ARRAY_SIZE(map_rows); i++)
		*row_fd(obj, &map_rows[i]) = -1;
	obj->xdp_prog = -1;
	obj->tc_prog = -1;
}

/* FNV-1a over both objects as they are compiled in: not against anybody, only to
 * tell whether what is attached is what we would attach. */
static uint64_t hash_bytes(uint64_t h, const uint8_t *p, size_t len)
{
	while (len--)
		h = (h ^ *p++) * 0x100000001b3ULL;
	return h;
}

const char *bpf_obj_build(void)
{
	static char name[17];
	uint64_t h = 0xcbf29ce484222325ULL;
	const void *elf;
	size_t len;

	if (name[0])
		return name;
	elf = repx_xdp__elf_bytes(&len);
	h = hash_bytes(h, elf, len);
	elf = repx_xs__elf_bytes(&len);
	h = hash_bytes(h, elf, len);
	elf = repx_tc__elf_bytes(&len);
	snprintf(name, sizeof(name), "%016llx", (unsigned long long)hash_bytes(h, elf, len));
	return name;
}

/* --- opening what is pinned ------------------------------------------------ */

static int open_pins(struct bpf_obj *obj, const char *dir, struct err *err)
{
	char path[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(map_rows); i++) {
		int *fd = row_fd(obj, &map_rows[i]);

		snprintf(path, sizeof(path), "%s/maps/%s", dir, map_rows[i].name);
		*fd = bpf_obj_get(path);
		if (*fd >= 0 || (i && errno == ENOENT))
			continue;
		return err_set(err, -errno, "open map '%s': %s", path, strerror(errno));
	}
	return 0;
}

static int map_len(int fd, uint32_t *value_size)
{
	struct bpf_map_info info = {0};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (value_size)
		*value_size = info.value_size;
	return (int)info.max_entries;
}

/* Are the pinned maps ours, of this ABI? */
static int check_abi(struct bpf_obj *obj, const char *dir, struct err *err)
{
	uint32_t zero = 0, value_size = 0;
	struct repx_cfg cfg;

	if (map_len(obj->cfg, &value_size) < 0 || value_size != sizeof(cfg) ||
	    bpf_map_lookup_elem(obj->cfg, &zero, &cfg))
		return err_set(err, -EPROTO,
			       "open switch '%s': repx_cfg is not one of this version of repx "
			       "(take it down with the version that made it)",
			       dir);
	if (cfg.abi != REPX_ABI_VERSION)
		return err_set(err, -EPROTO,
			       "open switch '%s': its maps have ABI version %u, this repx has %u "
			       "(take it down with the version that made it)",
			       dir, cfg.abi, REPX_ABI_VERSION);
	obj->max_ports = cfg.max_ports;
	obj->fdb_size = cfg.fdb_size;
	return 0;
}

static int check_size(const struct bpf_obj *obj, const struct bpf_obj_size *size, struct err *err)
{
	if (obj->max_ports != size->max_ports)
		return err_set(err, -EFBIG,
			       "change switch: it was made for %u ports, max_ports says %u "
			       "(repx down, then apply)",
			       obj->max_ports, size->max_ports);
	if (obj->fdb_size != size->fdb_size)
		return err_set(err, -EFBIG,
			       "change switch: its FDB was made for %u entries, fdb.size says %u "
			       "(repx down, then apply)",
			       obj->fdb_size, size->fdb_size);
	return 0;
}

/* --- loading ------------------------------------------------------------------ */

/* A place or more for each address, in rows whose number is a power of two. */
struct repx_sizes bpf_obj_sizes(const struct bpf_obj *obj)
{
	struct repx_sizes sizes = {
		.max_ports = obj->max_ports,
		.where_bits = REPX_WHERE_BITS_MIN,
	};

	while ((uint64_t)REPX_WHERE_PLACES << sizes.where_bits < obj->fdb_size)
		sizes.where_bits++;
	return sizes;
}

/* The rows, and the head. */
static uint32_t where_len(const struct bpf_obj *obj)
{
	return (1U << bpf_obj_sizes(obj).where_bits) + 1;
}

/* Sizes a map of an object about to be loaded, or makes it the one we have. */
static int prepare_map(const struct bpf_obj *obj, struct bpf_map *map, const struct map_row *row)
{
	uint32_t len = row->per_port * obj->max_ports + row->per_fdb * obj->fdb_size;
	int fd = *row_fd(obj, row);

	if (row->fd == offsetof(struct bpf_obj, where))
		len = where_len(obj);
	if (fd >= 0)
		return bpf_map__reuse_fd(map, fd);
	return len ? bpf_map__set_max_entries(map, len) : 0;
}

int bpf_obj_prepare_maps(const struct bpf_obj *obj, struct bpf_object *bo)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(map_rows); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(bo, map_rows[i].name);
		int ret = map ? prepare_map(obj, map, &map_rows[i]) : 0;

		if (ret)
			return ret;
	}
	return 0;
}

/* Keeps the fds of maps that this load has made. */
static int keep_maps(struct bpf_obj *obj, struct bpf_object *bo)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(map_rows); i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(bo, map_rows[i].name);
		int *fd = row_fd(obj, &map_rows[i]);

		if (!map || *fd >= 0)
			continue;
		*fd = fcntl(bpf_map__fd(map), F_DUPFD_CLOEXEC, 0);
		if (*fd < 0)
			return -errno;
	}
	return 0;
}

static int keep_prog(struct bpf_program *prog, int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = fcntl(bpf_program__fd(prog), F_DUPFD_CLOEXEC, 0);
	return *fd < 0 ? -errno : 0;
}

static int load_tc(struct bpf_obj *obj, struct err *err)
{
	struct repx_tc *skel = repx_tc__open();
	int ret;

	if (!skel)
		return err_set(err, -errno, "open the tc program: %s", strerror(errno));
	skel->rodata->repx_sizes = bpf_obj_sizes(obj);
	ret = bpf_obj_prepare_maps(obj, skel->obj);
	if (!ret)
		ret = repx_tc__load(skel);
	if (!ret)
		ret = keep_maps(obj, skel->obj);
	if (!ret)
		ret = keep_prog(skel->progs.repx_tc_in, &obj->tc_prog);
	repx_tc__destroy(skel);
	if (ret)
		return err_set(err, ret,
			       "load the tc program: %s (are you root? is the kernel 5.17 or "
			       "newer, with BTF?)",
			       strerror(-ret));
	return 0;
}

/* Not being able to is no error: xdp_why tells those who ask for XDP. */
static int load_xdp(struct bpf_obj *obj)
{
	struct repx_xdp *skel = repx_xdp__open();
	int ret = -ENOMEM;

	if (skel) {
		skel->rodata->repx_sizes = bpf_obj_sizes(obj);
		ret = bpf_obj_prepare_maps(obj, skel->obj);
		if (!ret)
			ret = repx_xdp__load(skel);
		if (!ret)
			ret = keep_maps(obj, skel->obj);
		if (!ret)
			ret = keep_prog(skel->progs.repx_xdp_in, &obj->xdp_prog);
	}
	repx_xdp__destroy(skel);
	if (ret)
		snprintf(obj->xdp_why, sizeof(obj->xdp_why),
			 "the XDP program does not load: %s (it needs Linux 6.2)", strerror(-ret));
	return 0;
}

int bpf_obj_xdp_object(void *data, struct bpf_object **out)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "repx_xs");
	struct bpf_obj *obj = data;
	struct repx_sizes sizes = bpf_obj_sizes(obj);
	struct bpf_object *bo;
	struct bpf_map *rodata;
	const void *elf;
	size_t size;
	int ret;

	elf = repx_xs__elf_bytes(&size);
	bo = bpf_object__open_mem(elf, size, &opts);
	if (!bo)
		return -errno;
	ret = bpf_obj_prepare_maps(obj, bo);
	rodata = bpf_object__find_map_by_name(bo, "repx_xs.rodata");
	if (!ret) /* they are all there is in it */
		ret = rodata ? bpf_map__set_initial_value(rodata, &sizes, sizeof(sizes)) : -ENOENT;
	/* libxdp asks before libbpf says so itself; where one part does not know frames of
	 * several buffers, the dispatcher keeps them from all */
	if (!ret)
		ret = bpf_program__set_flags(bpf_object__next_program(bo, NULL),
					     BPF_F_XDP_HAS_FRAGS);
	if (ret)
		bpf_object__close(bo);
	else
		*out = bo;
	return ret;
}

/* --- pins ------------------------------------------------------------------------ */

static int make_dir(const char *path, struct err *err)
{
	if (!mkdir(path, 0700) || errno == EEXIST)
		return 0;
	return err_set(err, -errno, "make folder '%s': %s", path, strerror(errno));
}

static int pin_maps(struct bpf_obj *obj, const char *dir, struct err *err)
{
	char path[512];
	size_t i;
	int ret;

	snprintf(path, sizeof(path), "%s/maps", dir);
	ret = make_dir(dir, err);
	if (!ret)
		ret = make_dir(path, err);
	for (i = 0; !ret && i < ARRAY_SIZE(map_rows); i++) {
		int fd = *row_fd(obj, &map_rows[i]);

		snprintf(path, sizeof(path), "%s/maps/%s", dir, map_rows[i].name);
		if (fd < 0 || !bpf_obj_pin(fd, path) || errno == EEXIST)
			continue;
		ret = err_set(err, -errno, "pin map '%s': %s", path, strerror(errno));
	}
	return ret;
}

/* Over an existing pin by way of a second name, so that one is always there. */
static int pin_prog(int fd, const char *dir, const char *name, struct err *err)
{
	char path[512], fresh[512];

	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "%s/progs/%s", dir, name);
	snprintf(fresh, sizeof(fresh), "%s/progs/%s_new", dir, name);
	unlink(fresh);
	if (bpf_obj_pin(fd, fresh) || rename(fresh, path)) {
		int ret = -errno;

		unlink(fresh);
		return err_set(err, ret, "pin program '%s': %s", path, strerror(-ret));
	}
	return 0;
}

int bpf_obj_pin_progs(struct bpf_obj *obj, const char *dir, struct err *err)
{
	char path[512];
	int ret;

	snprintf(path, sizeof(path), "%s/progs", dir);
	ret = make_dir(path, err);
	if (!ret)
		ret = pin_prog(obj->xdp_prog, dir, XDP_PIN, err);
	if (!ret)
		ret = pin_prog(obj->tc_prog, dir, TC_PIN, err);
	return ret;
}

static void open_progs(struct bpf_obj *obj, const char *dir)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/progs/" XDP_PIN, dir);
	obj->xdp_prog = bpf_obj_get(path);
	if (obj->xdp_prog < 0)
		str_copy(obj->xdp_why, sizeof(obj->xdp_why),
			 "the XDP program did not load when the switch was made");
	snprintf(path, sizeof(path), "%s/progs/" TC_PIN, dir);
	obj->tc_prog = bpf_obj_get(path);
}

static const char *const prog_pins[] = {
	XDP_PIN, TC_PIN, XDP_PIN "_new", TC_PIN "_new", BPF_OBJ_REFUSED_PIN, BPF_OBJ_XMIT_PIN};

int bpf_obj_unpin(const char *dir, struct err *err)
{
	char path[512];
	size_t i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(map_rows); i++) {
		snprintf(path, sizeof(path), "%s/maps/%s", dir, map_rows[i].name);
		if (unlink(path) && errno != ENOENT)
			ret = err_set(err, -errno, "unpin '%s': %s", path, strerror(errno));
	}
	for (i = 0; i < ARRAY_SIZE(prog_pins); i++) {
		snprintf(path, sizeof(path), "%s/progs/%s", dir, prog_pins[i]);
		if (unlink(path) && errno != ENOENT)
			ret = err_set(err, -errno, "unpin '%s': %s", path, strerror(errno));
	}
	snprintf(path, sizeof(path), "%s/maps", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/progs", dir);
	rmdir(path);
	return ret;
}

/* --- open, close -------------------------------------------------------------------- */

static void *map_memory(int fd, size_t size, bool write)
{
	void *mem = mmap(NULL, size, write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);

	return mem == MAP_FAILED ? NULL : mem;
}

static int map_memories(struct bpf_obj *obj, struct err *err)
{
	obj->cfg_mem = map_memory(obj->cfg, sizeof(struct repx_cfg), true);
	obj->ports_mem =
		map_memory(obj->ports, 2UL * obj->max_ports * sizeof(struct repx_port), true);
	obj->vlans_mem =
		map_memory(obj->vlans, 2UL * REPX_MAX_VLANS * sizeof(struct repx_vlan), true);
	obj->state_mem = map_memory(obj->state, obj->max_ports * sizeof(struct repx_state), true);
	if (obj->hw >= 0)
		obj->hw_mem = map_memory(obj->hw, obj->max_ports * sizeof(struct repx_hw), true);
	if (obj->cfg_mem && obj->ports_mem && obj->vlans_mem && obj->state_mem)
		return 0;
	return err_set(err, -errno, "map the switch's memory: %s", strerror(errno));
}

/* First words of a new switch. The FDB size goes last into a map nobody has seen. */
static void write_cfg(struct bpf_obj *obj)
{
	obj->cfg_mem->max_ports = obj->max_ports;
	obj->cfg_mem->fdb_size = obj->fdb_size;
	obj->cfg_mem->sw[0].host_port = REPX_PORT_NONE;
	obj->cfg_mem->sw[1].host_port = REPX_PORT_NONE;
	obj->cfg_mem->abi = REPX_ABI_VERSION;
}

static int open_existing(struct bpf_obj *obj, const char *dir, const struct bpf_obj_size *size,
			 struct err *err)
{
	int ret = open_pins(obj, dir, err);

	if (!ret)
		ret = check_abi(obj, dir, err);
	if (!ret && size)
		ret = check_size(obj, size, err);
	return ret;
}

static int load_all(struct bpf_obj *obj, struct err *err)
{
	int ret = load_tc(obj, err);

	return ret ? ret : load_xdp(obj);
}

static bool is_pinned(const char *dir)
{
	char path[512];

	if (!dir)
		return false;
	snprintf(path, sizeof(path), "%s/maps/repx_cfg", dir);
	return !access(path, F_OK);
}

int bpf_obj_open(struct bpf_obj *obj, const char *dir, const struct bpf_obj_size *size, bool reload,
		 struct err *err)
{
	bool pinned = is_pinned(dir);
	int ret = 0;

	obj_init(obj);
	log_hook_libbpf();
	if (!pinned && !size)
		return err_set(err, -ENOENT, "open switch '%s': there is none", dir ? dir : "");
	if (pinned) {
		ret = open_existing(obj, dir, size, err);
		if (!ret && size && !reload)
			open_progs(obj, dir);
	} else {
		obj->max_ports = size->max_ports;
		obj->fdb_size = size->fdb_size;
		obj->made = true;
	}
	if (!ret && size && obj->tc_prog < 0)
		ret = load_all(obj, err);
	if (!ret)
		ret = map_memories(obj, err);
	if (!ret && obj->made)
		write_cfg(obj);
	if (!ret && dir && size)
		ret = pin_maps(obj, dir, err);
	if (!ret && dir && size && !reload)
		ret = bpf_obj_pin_progs(obj, dir, err);
	if (ret) {
		if (obj->made && dir)
			bpf_obj_unpin(dir, NULL);
		bpf_obj_close(obj);
	}
	return ret;
}

void bpf_obj_close(struct bpf_obj *obj)
{
	size_t i;

	bpf_obj_trace_done(obj);
	bpf_obj_touch_done(obj);
	if (obj->hw_mem)
		munmap(obj->hw_mem, obj->max_ports * sizeof(struct repx_hw));
	if (obj->cfg_mem)
		munmap(obj->cfg_mem, sizeof(struct repx_cfg));
	if (obj->ports_mem)
		munmap(obj->ports_mem, 2UL * obj->max_ports * sizeof(struct repx_port));
	if (obj->vlans_mem)
		munmap(obj->vlans_mem, 2UL * REPX_MAX_VLANS * sizeof(struct repx_vlan));
	if (obj->state_mem)
		munmap(obj->state_mem, obj->max_ports * sizeof(struct repx_state));
	/* a zeroed one has never been opened: its 0s are not file descriptors of ours */
	for (i = 0; obj->max_ports && i < ARRAY_SIZE(map_rows); i++)
		if (*row_fd(obj, &map_rows[i]) >= 0)
			close(*row_fd(obj, &map_rows[i]));
	if (obj->max_ports && obj->xdp_prog >= 0)
		close(obj->xdp_prog);
	if (obj->max_ports && obj->tc_prog >= 0)
		close(obj->tc_prog);
	memset(obj, 0, sizeof(*obj));
	obj_init(obj);
}
