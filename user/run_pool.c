// SPDX-License-Identifier: GPL-2.0-only
/* run_pool.c - see run_pool.h
 *
 * To make an SF takes as long as its driver's start. One is made at a time, and clients
 * are answered in between; a burst of ports that are added is let by first, but does not
 * put it off for ever.
 */
#include <errno.h>
#include <string.h>

#include "log.h"
#include "run_pool.h"
#include "run_timer.h"
#include "util.h"

#define MSEC 1000ULL
#define SECOND (1000 * MSEC)
#define QUIET (300 * MSEC)   /* after the last change */
#define LONGEST (2 * SECOND) /* since the first one */
#define NEXT (10 * MSEC)     /* from one to the next */
#define AGAIN SECOND	     /* after a failure, twice as long each time */
#define AGAIN_MAX (60 * SECOND)

void run_pool_soon(struct run_pool *pool)
{
	uint64_t now = now_ns() / 1000, waited;
	struct sw_pool count;

	if (!pool->timer || !pool->sw->exists)
		return;
	sw_pool_count(pool->sw, &count);
	if (count.ready >= count.want)
		return;
	pool->again = 0; /* what failed may succeed now */
	if (!pool->since)
		pool->since = now;
	waited = now - pool->since;
	if (waited >= LONGEST)
		run_timer_arm(pool->timer, NEXT);
	else
		run_timer_arm(pool->timer, waited + QUIET < LONGEST ? QUIET : LONGEST - waited);
}

/* A failure is told once, and tried again less and less often. */
static void failed(struct run_pool *pool, const struct err *err)
{
	if (strcmp(pool->told, err->text))
		log_warn("fill the pool of spare SFs: %s (it is tried again)", err->text);
	str_copy(pool->told, sizeof(pool->told), err->text);
	pool->again = pool->again ? pool->again * 2 : AGAIN;
	if (pool->again > AGAIN_MAX)
		pool->again = AGAIN_MAX;
	run_timer_arm(pool->timer, pool->again);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
	struct run_pool *pool = data;
	struct err err = {0};
	int ret;

	(void)usec;
	ret = sw_pool_fill(pool->sw, pool->warn, &err);
	pool->since = 0;
	if (ret < 0) {
		failed(pool, &err);
		return 0;
	}
	pool->again = 0;
	pool->told[0] = 0;
	if (!ret)
		return 0;
	run_timer_arm(source, NEXT); /* for one more, or to see that there are enough */
	pool->filled(pool->data);
	return 0;
}

int run_pool_open(struct run_pool *pool, sd_event *event, struct sw *sw,
		  void (*warn)(const char *text), void (*filled)(void *data), void *data,
		  struct err *err)
{
	int rc;

	*pool = (struct run_pool){.sw = sw, .warn = warn, .filled = filled, .data = data};
	rc = run_timer_add(event, &pool->timer, on_timer, pool);
	if (rc >= 0) /* whoever waits for an answer comes first */
		rc = sd_event_source_set_priority(pool->timer, SD_EVENT_PRIORITY_IDLE);
	if (rc < 0)
		return err_set(err, rc, "keep spare SFs: %s", strerror(-rc));
	run_pool_soon(pool);
	return 0;
}

void run_pool_close(struct run_pool *pool)
{
	pool->timer = sd_event_source_disable_unref(pool->timer);
}
