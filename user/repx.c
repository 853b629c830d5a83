// SPDX-License-Identifier: GPL-2.0-only
/* repx.c - the command line: flags, and tables that are also the help */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "cmd_check.h"
#include "log.h"

static int run_check(const struct cmd_opts *o, int argc, char **argv)
{
	return argc == 1 ? cmd_check(argv[0], o->json) : cmd_usage("check wants one file");
}

static const struct cmd port_cmds[] = {
	{"show", cmd_port_show, "[NAME]", "ports: VLANs, hooks, addresses (-s: counters)"},
	{"add", cmd_port_add, "NAME KEY VALUE ...",
	 "one port more; keys as in the file: netdev veth1 vlan.access 10"},
	{"del", cmd_port_del, "NAME [owner cni]", "take away a port that add made"},
	{0},
};

static const struct cmd fdb_cmds[] = {
	{"show", cmd_fdb_show, "[port NAME] [vlan VID]", "addresses and the ports they are behind"},
	{"add", cmd_fdb_add, "MAC port NAME vlan VID", "a static address"},
	{"del", cmd_fdb_del, "MAC vlan VID", "forget an address"},
	{"flush", cmd_fdb_flush, "[port NAME] [vlan VID]", "forget dynamic addresses"},
	{0},
};

static const struct cmd flow_cmds[] = {
	{"show", cmd_flow_show, "[why] [port NAME] [vlan VID] [src MAC] [dst MAC]",
	 "traffic by port, VLAN and addresses, the most first, and who carries it (while a\n"
	 "\tdaemon runs); why: all there is to say of each"},
	{0},
};

static const struct cmd offload_cmds[] = {
	{"show", cmd_offload_show, "", "rules in the eswitch: how many, what became of them, why"},
	{0},
};

static const struct cmd sf_cmds[] = {
	{"show", cmd_sf_show, "[PORT]",
	 "SFs of the card: state, netdev, RDMA, vDPA and who uses it"},
	{"add", cmd_sf_add, "PORT num NUMBER KEY VALUE ...",
	 "an SF and its port; keys of sf: (mac, eth, ...) and of the port: vlan.access 10"},
	{"del", cmd_sf_del, "PORT", "take away a port that add made, and its SF"},
	{0},
};

static const struct cmd vdpa_cmds[] = {
	{"show", cmd_vdpa_show, "[NAME]", "vDPA devices of the ports: driver, node, who uses it"},
	{"add", cmd_vdpa_add, "PORT [KEY VALUE ...]",
	 "a virtio-net device on the SF of a port; keys of vdpa: name, mac, mtu, bind, ..."},
	{"del", cmd_vdpa_del, "NAME", "take away a vDPA device; its port stays"},
	{0},
};

static const struct cmd vlan_cmds[] = {
	{"show", cmd_vlan_show, "", "VLANs of each port"},
	{0},
};

static const struct cmd stats_cmds[] = {
	{"show", cmd_stats_show, "", "counters of each port"},
	{0},
};

/* An object has @cmds, of which "show" is the default; a command has @run. */
static const struct object {
	struct cmd cmd;
	const struct cmd *cmds;
} objects[] = {
	{{"check", run_check, "FILE", "is this configuration right? every mistake in one run"},
	 NULL},
	{{"apply", cmd_apply, "FILE [--dry-run]", "make the host match FILE, all or nothing"},
	 NULL},
	{{"run", cmd_run, "[FILE]", "the daemon: apply, then follow the host and answer"}, NULL},
	{{"down", cmd_down, "[--all]", "take away all that repx made, restore what it changed"},
	 NULL},
	{{"show", cmd_show, "", "one screen: switch, ports, problems"}, NULL},
	{{"port", NULL, NULL, NULL}, port_cmds},
	{{"fdb", NULL, NULL, NULL}, fdb_cmds},
	{{"flow", NULL, NULL, NULL}, flow_cmds},
	{{"offload", NULL, NULL, NULL}, offload_cmds},
	{{"sf", NULL, NULL, NULL}, sf_cmds},
	{{"vdpa", NULL, NULL, NULL}, vdpa_cmds},
	{{"vlan", NULL, NULL, NULL}, vlan_cmds},
	{{"stats", NULL, NULL, NULL}, stats_cmds},
	{{"monitor", cmd_monitor, "", "events as they happen"}, NULL},
	{{"trace", cmd_trace,
	  "port NAME {hex FRAME | pcap FILE | dst MAC src MAC [vlan VID] [pcp N]\n"
	  "\t[proto 802.1q|802.1ad] [ethertype NUMBER] [size BYTES]}",
	  "what would happen to that frame, and why"},
	 NULL},
	{{"verify", cmd_verify, "", "do the rules in the eswitch do exactly what software would?"},
	 NULL},
	{{"doctor", cmd_doctor, "", "what this host can do, what is missing, what to do about it"},
	 NULL},
	{{0}, NULL},
};

static void print_cmd(FILE *to, const char *object, const struct cmd *cmd)
{
	fprintf(to, "  repx %s%s%s%s%s\n\t%s\n", object, *object ? " " : "", cmd->name,
		*cmd->usage ? " " : "", cmd->usage, cmd->help);
}

static void print_object(FILE *to, const struct object *object)
{
	const struct cmd *cmd;

	if (!object->cmds)
		print_cmd(to, "", &object->cmd);
	for (cmd = object->cmds; cmd && cmd->name; cmd++)
		print_cmd(to, object->cmd.name, cmd);
}

static void print_help(FILE *to)
{
	const struct object *object;

	fprintf(to,
		"usage: repx [-j] [-p] [-s] [--switch NAME] [--root DIR] OBJECT COMMAND ...\n\n");
	for (object = objects; object->cmd.name; object++)
		print_object(to, object);
	fprintf(to, "\n"
		    "  -j, --json        JSON on standard output\n"
		    "  -p, --pretty      with line breaks\n"
		    "  -s, --statistics  with counters\n"
		    "  --switch NAME     which one, where there are several\n"
		    "  --root DIR        keep pins and run state below DIR\n"
		    "  -V, --version     version of repx\n"
		    "  repx OBJECT help  the commands of one object\n");
}

static const struct object *find_object(const char *name)
{
	const struct object *object;

	for (object = objects; object->cmd.name; object++)
		if (!strcmp(object->cmd.name, name))
			return object;
	return NULL;
}

static const struct cmd *find_cmd(const struct object *object, const char *name)
{
	const struct cmd *cmd;

	for (cmd = object->cmds; cmd->name; cmd++)
		if (!strcmp(cmd->name, name))
			return cmd;
	return NULL;
}

static int run_cmd(const struct cmd_opts *o, const char *object, const struct cmd *cmd, int argc,
		   char **argv)
{
	int rc = cmd->run(o, argc, argv);

	if (rc == CMD_USAGE) {
		fprintf(stderr, "usage:\n");
		print_cmd(stderr, object, cmd);
	}
	return rc;
}

static int run_object(const struct cmd_opts *o, const struct object *object, int argc, char **argv)
{
	const struct cmd *cmd;

	if (argc == 1 && !strcmp(argv[0], "help")) {
		print_object(stdout, object);
		return CMD_DONE;
	}
	if (!object->cmds)
		return run_cmd(o, "", &object->cmd, argc, argv);
	cmd = find_cmd(object, argc ? argv[0] : "show");
	if (cmd)
		return run_cmd(o, object->cmd.name, cmd, argc ? argc - 1 : 0,
			       argc ? argv + 1 : argv);
	log_err("'%.64s' is not a command of '%s'", argv[0], object->cmd.name);
	fprintf(stderr, "usage:\n");
	print_object(stderr, object);
	return CMD_USAGE;
}

static int run(const struct cmd_opts *o, int argc, char **argv)
{
	const struct object *object;

	if (!argc) {
		print_help(stderr);
		return CMD_USAGE;
	}
	if (!strcmp(argv[0], "help") && argc == 1) {
		print_help(stdout);
		return CMD_DONE;
	}
	object = find_object(argv[0]);
	if (object)
		return run_object(o, object, argc - 1, argv + 1);
	log_err("'%.64s' is not an object or command (repx help lists them)", argv[0]);
	return CMD_USAGE;
}

enum { OPT_SWITCH = 256, OPT_ROOT };

static const struct option options[] = {
	{"json", no_argument, NULL, 'j'},
	{"pretty", no_argument, NULL, 'p'},
	{"statistics", no_argument, NULL, 's'},
	{"switch", required_argument, NULL, OPT_SWITCH},
	{"root", required_argument, NULL, OPT_ROOT},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

/* Return: 0; else the letter of what ends the run: 'V', 'h', '?'. */
static int parse(struct cmd_opts *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "+jpsVh", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			o->json = true;
			break;
		case 'p':
			o->pretty = true;
			break;
		case 's':
			o->stats = true;
			break;
		case OPT_SWITCH:
			o->sw = optarg;
			break;
		case OPT_ROOT:
			o->root = optarg;
			break;
		default:
			return c;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct cmd_opts o = {0};

	log_hook_libbpf();
	switch (parse(&o, argc, argv)) {
	case 0:
		return run(&o, argc - optind, argv + optind);
	case 'V':
		printf("repx %s\n", REPX_VERSION);
		return CMD_DONE;
	case 'h':
		print_help(stdout);
		return CMD_DONE;
	default:
		fprintf(stderr, "usage: repx [-j] [-p] [-s] [--switch NAME] [--root DIR] OBJECT "
				"COMMAND ... (repx help)\n");
		return CMD_USAGE;
	}
}
