/* SPDX-License-Identifier: GPL-2.0-only */
/* cmd.h - what the commands share: flags, exit codes, talking to a switch */
#ifndef REPX_CMD_H
#define REPX_CMD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "conf.h"
#include "err.h"

struct table;

struct cmd_opts {
	bool json, pretty, stats;
	const char *sw;	  /* --switch, or NULL */
	const char *root; /* --root, or NULL */
};

enum cmd_exit {
	CMD_DONE,
	CMD_FAILED,	/* the host is as before */
	CMD_USAGE,	/* told; the usage of the command is to follow */
	CMD_UNDO_FAILED /* what is left was listed */
};

/* A command gets the words after its own. Return: enum cmd_exit. */
typedef int cmd_fn(const struct cmd_opts *o, int argc, char **argv);

struct cmd {
	const char *name;
	cmd_fn *run;
	const char *usage; /* the words after the name */
	const char *help;
};

cmd_fn cmd_offload_show, cmd_verify;
cmd_fn cmd_apply, cmd_down, cmd_run, cmd_show, cmd_monitor, cmd_trace, cmd_vlan_show, cmd_flow_show,
	cmd_stats_show, cmd_port_show, cmd_port_add, cmd_port_del, cmd_fdb_show, cmd_fdb_add,
	cmd_fdb_del, cmd_fdb_flush, cmd_sf_show, cmd_sf_add, cmd_sf_del, cmd_vdpa_show,
	cmd_vdpa_add, cmd_vdpa_del, cmd_doctor;

/* Says why on stderr. Return: the exit code. */
int cmd_fail(const struct err *err);
/* Says what is wrong with the words. Return: CMD_USAGE. */
__attribute__((format(printf, 1, 2))) int cmd_usage(const char *fmt, ...);
void cmd_warn(const char *text);

/* One JSON document on stdout. @doc is borrowed. Return: CMD_DONE, CMD_FAILED. */
int cmd_print(const struct cmd_opts *o, const json_t *doc);

/* The switch that is meant: --switch, or the only one. Return: 0, -errno. */
int cmd_switch(const struct cmd_opts *o, char name[CONF_NAME_MAX], struct err *err);

/* Path of a switch's control socket. */
void cmd_socket(const struct cmd_opts *o, const char *name, char *path, size_t size);

/**
 * cmd_call() - have something done: by the daemon where one runs, else here
 * @name: of the switch, NULL: cmd_switch()
 * @params: taken over; NULL: none, or out of memory when @method needs some
 *
 * root reads for itself, so that a daemon that hangs does not hide anything;
 * others ask the daemon. Return: 0 and a new reference; -errno with @err.
 */
int cmd_call(const struct cmd_opts *o, const char *name, const char *method, json_t *params,
	     json_t **result, struct err *err);

/* cmd_call() and print the answer: as JSON, or with @show. Return: exit code. */
int cmd_run_method(const struct cmd_opts *o, const char *method, json_t *params,
		   void (*show)(const struct cmd_opts *o, const json_t *doc));

/* cmd_call() of a list that may be long: each element as soon as there is one. @each takes
 * the reference, and returns 0 to go on, or -errno. */
int cmd_call_each(const struct cmd_opts *o, const char *method, json_t *params,
		  int (*each)(void *data, json_t *element), void *data, struct err *err);

/* cmd_run_method() of such a list. @row adds an element to the table, whose head @t is. */
int cmd_run_list(const struct cmd_opts *o, const char *method, json_t *params, struct table *t,
		 void (*row)(struct table *t, const json_t *element));

/* cmd_run_method() of a `show [NAME]`. */
int cmd_show_named(const struct cmd_opts *o, const char *method, int argc, char **argv,
		   void (*show)(const struct cmd_opts *o, const json_t *doc));

/* cmd_run_method() of a `show` with pairs of @keys ("port vlan"), each of which is optional. */
int cmd_show_of(const struct cmd_opts *o, const char *method, const char *keys, int argc,
		char **argv, void (*show)(const struct cmd_opts *o, const json_t *doc));

/* The parameter vlan, as text. Return: 0; CMD_USAGE, told. */
int cmd_check_vlan(const json_t *params, bool needed);

/**
 * cmd_pairs() - words as KEY VALUE pairs
 * @keys: those known, separated by blanks
 * @out: each is set as text
 * Return: 0; CMD_USAGE, told.
 */
int cmd_pairs(int argc, char **argv, const char *keys, json_t *out);

/* "drops: vlan 3, rate 1"-like lines of non-zero counters */
void cmd_show_counters(const char *label, const json_t *counters);
/* A list of changes, one a line. */
void cmd_show_changes(const struct cmd_opts *o, const json_t *doc);

/* Text of a member, "" where it is null or not there. */
const char *cmd_text(const json_t *object, const char *key);
/* The same for a table: "-". */
const char *cmd_cell(const json_t *object, const char *key);

/* The text of `vlan:` for people: "access 10", "trunk 10,20-29 native 10" */
void cmd_vlan_text(const json_t *vlan, char *buf, size_t size);
/* The table of ports; with -s their counters. */
void cmd_port_table(const struct cmd_opts *o, const json_t *ports);

/**
 * cmd_key_params() - what `port add`, `sf add` and `vdpa add` mean
 * @first: the parameter that the first word, the port, is given as
 * @argv: PORT KEY VALUE ...; a KEY may name a nested one (vlan.access), a VALUE
 *	  is YAML
 * @out: a new reference, on success
 * Return: 0; CMD_USAGE, told.
 */
int cmd_key_params(const char *first, int argc, char **argv, json_t **out);

/**
 * cmd_trace_frame() - the frame that `trace` words describe
 * @argv: dst MAC src MAC [vlan VID] [pcp N] [proto 802.1q|802.1ad]
 *	  [ethertype NUMBER] [size BYTES]
 * @hex: malloc()ed, on success
 * Return: 0; CMD_USAGE, told.
 */
int cmd_trace_frame(int argc, char **argv, char **hex);

#endif
