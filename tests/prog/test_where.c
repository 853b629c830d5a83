// SPDX-License-Identifier: GPL-2.0-only
/* test_where.c - destinations that are remembered (repx_where): that they are, for how
 * long, and that nothing is found there which the FDB would not say */
#include "fixtest.h"

#include <bpf/bpf.h>
#include <string.h>

#include "repx_where.h"
#include "util.h"

#define DATA "type,0800 raw,46"
#define ROWS (1U << REPX_WHERE_BITS_MIN)
#define TURNS (1U << (REPX_WHERE_BITS_MIN - REPX_WHERE_CLEAR_BITS))
#define AGEING_NS 300000000000ULL

#define SURE_EVER (1ULL << 34) /* jiffies */
#define SOON 2000	       /* jiffies in which a frame or two have been sent */

#define CONF                                                              \
	"version: 1\nswitch: {name: t, fdb: {size: 512, ageing: 300s}}\n" \
	"ports:\n" ROW_A ROW_B "- {name: c, netdev: p3, vlan: {access: 10}}\n"

#define TURN_BITS(turn) ((turn) << 40) /* in repx_where_head.sure, above the jiffies */

static struct repx_where rows[ROWS];
static const uint32_t last = ROWS; /* the row that is the head */
static union {
	struct repx_where row;
	struct repx_where_head at;
} head;

static void read_head(const struct fix *fix)
{
	assert_int_equal(bpf_map_lookup_elem(fix->obj.where, &last, &head.row), 0);
}

static void put_head(const struct fix *fix)
{
	assert_int_equal(bpf_map_update_elem(fix->obj.where, &last, &head.row, BPF_EXIST), 0);
}

/* The rows as they are now. Return: the generation. */
static uint32_t read_rows(const struct fix *fix)
{
	uint32_t i;

	for (i = 0; i < ROWS; i++)
		assert_int_equal(bpf_map_lookup_elem(fix->obj.where, &i, &rows[i]), 0);
	read_head(fix);
	return head.at.turn & 0xffff;
}

/* The places that @turn has. Return: how many; @row, @place: of the last one. */
static unsigned int count(uint32_t turn, uint32_t *row, uint32_t *place)
{
	unsigned int n = 0;
	uint32_t r, p;

	for (r = 0; r < ROWS; r++)
		for (p = 0; p < REPX_WHERE_PLACES; p++) {
			if ((rows[r].place[p] >> REPX_WHERE_SLOT_BITS) % TURNS != turn)
				continue;
			*row = r;
			*place = p;
			n += turn || rows[r].place[p];
		}
	return n;
}

static void put_row(const struct fix *fix, uint32_t row)
{
	assert_int_equal(bpf_map_update_elem(fix->obj.where, &row, &rows[row], BPF_EXIST), 0);
}

static uint32_t slot_of(const struct fix *fix, const char *port)
{
	return fix->image[model_port(&fix->model, port)].slot;
}

static void put(struct fix *fix, const char *name, const char *port)
{
	uint8_t mac[6];

	pkt_mac(mac, name);
	fix_fdb_put(fix, 10, mac, model_port(&fix->model, port), false);
}

/* m2 is behind b, and one frame went there: in the place that is returned. */
static __u64 *begin(struct fix *fix, enum fix_hook hook, uint32_t *row)
{
	uint32_t turn, place = 0;

	assert_int_equal(fix_conf(fix, CONF), 0);
	assert_int_equal(fix_hook(fix, hook), 0);
	put(fix, "m1", "a");
	put(fix, "m2", "b");
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	turn = read_rows(fix);
	assert_int_not_equal(turn, 0);
	assert_int_equal(count(turn, row, &place), 1);
	assert_int_equal(rows[*row].place[place] % REPX_MAX_PORTS, slot_of(fix, "b"));
	return &rows[*row].place[place];
}

/* What is written there decides: so it is asked. */
static void asked(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint32_t row, turn;
	__u64 *word = begin(fix, hook, &row);
	struct model_result want;
	struct pkt pkt;

	*word ^= slot_of(fix, "b") ^ slot_of(fix, "c");
	put_row(fix, row);
	/* not of this flow: repx_cache has that */
	pkt_text(&pkt, "m2 m4 " DATA);
	assert_false(fix_run(fix, hook, fix_ifindex(fix, 0), &pkt, &want, NULL));
	turn = read_rows(fix);
	bpf_obj_void(&fix->obj);
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	assert_int_not_equal(read_rows(fix), turn);
}

/* An address that might expire while the generation lasts is not put there; one that has
 * expired is not found. */
static void aged(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint32_t row, place, turn;
	uint8_t mac[6];

	begin(fix, hook, &row);
	pkt_mac(mac, "m2");
	fix_fdb_age(fix, 10, mac, AGEING_NS * 3 / 4 + 1000000000);
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	turn = read_rows(fix);
	assert_int_equal(count(turn, &row, &place), 0);
	fix_fdb_age(fix, 10, mac, AGEING_NS * 3 / 4 - 1000000000);
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	turn = read_rows(fix);
	assert_int_equal(count(turn, &row, &place), 1);
	fix_fdb_age(fix, 10, mac, AGEING_NS + 1000000000);
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	turn = read_rows(fix);
	assert_int_equal(count(turn, &row, &place), 0);
}

/* When its time is over, another generation begins, in which the address is put anew. */
static void over(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint32_t row, place, turn;

	begin(fix, hook, &row);
	turn = read_rows(fix);
	assert_in_range(head.at.until_ns - now_ns(), AGEING_NS / 4 - 10000000000, AGEING_NS / 4);
	head.at.until_ns = now_ns() - 10000000;
	/* that another one was sure to last says nothing of this one */
	head.at.sure = TURN_BITS(head.at.turn - 1) | SURE_EVER;
	put_head(fix);
	fixtest_send(fix, hook, "a", "m2 m4 " DATA);
	assert_int_not_equal(read_rows(fix), turn);
	assert_int_equal(count(read_rows(fix), &row, &place), 1);
	assert_int_equal(head.at.sure, 0);
}

/* The jiffies until which the generation is sure to last, if it ends in @ns. */
static __u64 sure_until(struct fix *fix, enum fix_hook hook, __u64 ns, const char *frame)
{
	read_head(fix);
	head.at.until_ns = now_ns() + ns;
	head.at.sure = 0;
	put_head(fix);
	fixtest_send(fix, hook, "a", frame);
	read_head(fix);
	assert_true(head.at.sure >> 40 == (head.at.turn & 0xffffff));
	return head.at.sure - TURN_BITS(head.at.turn);
}

/* The clock is asked once in a while only: a jiffy is taken to be 10 ms, the longest. */
static void sure(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	__u64 now, far;
	uint32_t row;

	begin(fix, hook, &row);
	now = sure_until(fix, hook, 10000000000, "m2 m4 " DATA);
	far = sure_until(fix, hook, 1000000000000, "m2 m5 " DATA);
	assert_in_range(far - now, 99000 - 3, 99000 + SOON);
	far = sure_until(fix, hook, 1ULL << 62, "m2 m6 " DATA); /* as good as for ever */
	assert_in_range(far - now, (1ULL << 36) - 1000 - 3, (1ULL << 36) - 1000 + SOON);
	head.at.until_ns = now_ns() - 10000000; /* it is not asked: nobody changes that */
	put_head(fix);
	row = head.at.turn & 0xffff;
	fixtest_send(fix, hook, "a", "m2 m7 " DATA);
	assert_int_equal(read_rows(fix), row);
}

/* Frames one after the other, to the end of a generation: none is decided by it later. */
static void ends(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint32_t row, turn, i = 0;
	__u64 until, before;
	char frame[64];
	bool gone;

	begin(fix, hook, &row);
	turn = read_rows(fix);
	sure_until(fix, hook, 250000000, "m2 m4 " DATA);
	until = head.at.until_ns;
	do {
		before = now_ns();
		snprintf(frame, sizeof(frame), "m2 02:00:00:00:%02x:%02x " DATA, 1 + (i >> 8 & 1),
			 i & 0xff);
		i++;
		fixtest_send(fix, hook, "a", frame);
		gone = read_rows(fix) != turn;
		assert_true(gone || before < until + 10000000); /* the programs' clock is coarse */
	} while (!gone);
	assert_true(now_ns() >= until);
	assert_true(i > 1);
}

/* The number of a generation comes again, what was written in it does not. */
static void again(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint32_t row, place, i, first, turns = 0;
	__u64 *word = begin(fix, hook, &row), was;

	put(fix, "m3", "c");
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
	first = read_rows(fix);
	was = *word ^= slot_of(fix, "b") ^ slot_of(fix, "c");
	put_row(fix, row);
	for (i = 0; i < ROWS; i += ROWS / TURNS) { /* and in each share */
		rows[i].place[7] = was;
		put_row(fix, i);
	}
	do {
		bpf_obj_void(&fix->obj);
		fixtest_send(fix, hook, "a", "m3 m1 " DATA);
		assert_int_not_equal(read_rows(fix), 0);
		turns++;
	} while (read_rows(fix) != first);
	assert_int_equal(turns, TURNS - 1);
	assert_int_equal(count(first, &row, &place), 1); /* m3's */
	fixtest_send(fix, hook, "a", "m2 m1 " DATA);
}

/* An address takes the place of no other that is in use; where all of a row are, that of the
 * first it looks at. It is found wherever it is. */
static void full(void **state, enum fix_hook hook)
{
	struct fix *fix = *state;
	uint32_t row, i, first;
	__u64 *word = begin(fix, hook, &row), mine = *word;

	first = (uint32_t)(word - rows[row].place);
	for (i = 0; i < REPX_WHERE_PLACES; i++)
		rows[row].place[i] = mine ^ (__u64)(i + 1) << 60;
	put_row(fix, row);
	fixtest_send(fix, hook, "a", "m2 m4 " DATA);
	read_rows(fix);
	for (i = 0; i < REPX_WHERE_PLACES; i++)
		assert_true(rows[row].place[i] ==
			    (i == first ? mine : mine ^ (__u64)(i + 1) << 60));
	i = (first + REPX_WHERE_PLACES - 1) % REPX_WHERE_PLACES;
	rows[row].place[first] = mine ^ 8ULL << 60;
	rows[row].place[i] = 0; /* the last one */
	put_row(fix, row);
	fixtest_send(fix, hook, "a", "m2 m5 " DATA);
	read_rows(fix);
	assert_true(rows[row].place[first] == (mine ^ 8ULL << 60));
	assert_true(rows[row].place[i] == mine);
	/* and is found there: it is not put anew */
	fixtest_send(fix, hook, "a", "m2 m3 " DATA);
	read_rows(fix);
	assert_true(rows[row].place[first] == (mine ^ 8ULL << 60));
	assert_true(rows[row].place[i] == mine);
}

/* A frame from an address to itself, by which it moves: it is here by then. */
static void itself(void **state, enum fix_hook hook)
{
	uint32_t row;

	begin(*state, hook, &row);
	fixtest_send(*state, hook, "a", "m2 m2 " DATA);
	fixtest_send(*state, hook, "b", "m2 m1 " DATA);
}

static void test_sizes(void **state)
{
	static const struct {
		uint32_t fdb_size, bits;
	} sizes[] = {{1, 12}, {32768, 12}, {32769, 13}, {65536, 13}, {1000000, 17}, {16777216, 21}};
	struct bpf_obj obj = {.max_ports = 7};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		obj.fdb_size = sizes[i].fdb_size;
		assert_int_equal(bpf_obj_sizes(&obj).where_bits, sizes[i].bits);
		assert_int_equal(bpf_obj_sizes(&obj).max_ports, 7);
	}
}

FIXTEST_BOTH(asked)
FIXTEST_BOTH(aged)
FIXTEST_BOTH(over)
FIXTEST_BOTH(sure)
FIXTEST_BOTH(ends)
FIXTEST_BOTH(again)
FIXTEST_BOTH(full)
FIXTEST_BOTH(itself)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_tc),  cmocka_unit_test(test_asked_live),
		cmocka_unit_test(test_aged_tc),	  cmocka_unit_test(test_aged_live),
		cmocka_unit_test(test_over_tc),	  cmocka_unit_test(test_over_live),
		cmocka_unit_test(test_sure_tc),	  cmocka_unit_test(test_sure_live),
		cmocka_unit_test(test_ends_tc),	  cmocka_unit_test(test_ends_live),
		cmocka_unit_test(test_again_tc),  cmocka_unit_test(test_again_live),
		cmocka_unit_test(test_full_tc),	  cmocka_unit_test(test_full_live),
		cmocka_unit_test(test_itself_tc), cmocka_unit_test(test_itself_live),
		cmocka_unit_test(test_sizes),
	};

	fixtest_need_root();
	return cmocka_run_group_tests(tests, fixtest_setup, fixtest_teardown);
}
