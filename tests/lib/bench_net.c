// SPDX-License-Identifier: GPL-2.0-only
/* bench_net.c - namespaces, netdevs and cores of a benchmark */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "util.h"

bool bench_wanted(const struct bench_opts *o, const char *name)
{
	return !o->pattern || !fnmatch(o->pattern, name, 0);
}

void bench_run(const char *fmt, ...)
{
	char what[1024], cmd[1100];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (len < 0 || len >= (int)sizeof(what))
		bench_must(-E2BIG, "make a command");
	snprintf(cmd, sizeof(cmd), "{ %s; } >" BENCH_DIR "/log 2>&1", what);
	if (!system(cmd))
		return;
	fprintf(stderr, "rxbench: failed: %s\n", what);
	if (system("cat " BENCH_DIR "/log >&2"))
		fprintf(stderr, "rxbench: it said nothing\n");
	exit(1);
}

void bench_must(long ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "rxbench: %s: %s\n", what, strerror((int)-ret));
	exit(1);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return; /* a kernel without it */
	fputs(text, f);
	fclose(f);
}

static void quiet_network(void)
{
	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	write_file("/proc/sys/net/bridge/bridge-nf-call-iptables", "0");
	write_file("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0");
	write_file("/proc/sys/net/bridge/bridge-nf-call-arptables", "0");
	bench_run("ip link set lo up");
}

void bench_private(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bench_must(-errno, "make a namespace (are you root?)");
	if (mount("sysfs", "/sys", "sysfs", 0, NULL) ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=755"))
		bench_must(-errno, "mount a filesystem");
	if (mkdir(BENCH_DIR, 0700) || mkdir(BENCH_DIR "/root", 0700))
		bench_must(-errno, "make a folder");
	quiet_network();
	/* others on this machine shall not cost us our caches more than need be */
	setpriority(PRIO_PROCESS, 0, -20);
}

int bench_new_net(void)
{
	int fd;

	bench_must(unshare(CLONE_NEWNET) ? -errno : 0, "make a network namespace");
	quiet_network();
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	bench_must(fd < 0 ? -errno : 0, "open a network namespace");
	return fd;
}

void bench_enter_net(int fd)
{
	bench_must(setns(fd, CLONE_NEWNET) ? -errno : 0, "enter a network namespace");
}

void bench_poll(const char *netdev)
{
	struct ethtool_value on = {ETHTOOL_SGRO, 1};
	struct ifreq req = {.ifr_data = (void *)&on};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	bench_must(fd < 0 ? -errno : 0, "open a socket");
	str_copy(req.ifr_name, sizeof(req.ifr_name), netdev);
	bench_must(ioctl(fd, SIOCETHTOOL, &req) ? -errno : 0, netdev);
	close(fd);
}

unsigned int bench_cpu(unsigned int nth)
{
	unsigned int cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);

	return cpus - 1 - nth % cpus;
}

void bench_pin(unsigned int nth)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(bench_cpu(nth), &one);
	sched_setaffinity(0, sizeof(one), &one);
}

void bench_steer(const char *netdev, unsigned int nth)
{
	unsigned int cpu = bench_cpu(nth), i;
	char words[256] = ""; /* of 32 CPUs each, below the one that has the bit */

	for (i = 0; i < cpu / 32 && strlen(words) + 10 < sizeof(words); i++)
		strcat(words, ",00000000");
	/* a sysfs shows the netdevs of the namespace it was mounted in */
	bench_run("mkdir -p " BENCH_DIR "/sys && mount -t sysfs sysfs " BENCH_DIR "/sys && "
		  "echo %x%s >" BENCH_DIR "/sys/class/net/%s/queues/rx-0/rps_cpus && "
		  "umount " BENCH_DIR "/sys",
		  1U << cpu % 32, words, netdev);
}

static pid_t find_process(const char *name)
{
	char path[64], comm[32] = "";
	struct dirent *e;
	pid_t found = 0;
	DIR *d = opendir("/proc");

	while (d && !found && (e = readdir(d))) {
		FILE *f;

		if (atoi(e->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/comm", e->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fgets(comm, sizeof(comm), f) && !strcmp(strtok(comm, "\n"), name))
			found = atoi(e->d_name);
		fclose(f);
	}
	if (d)
		closedir(d);
	return found;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

uint64_t bench_clock_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t bench_cpu_ns(unsigned int nth)
{
	static pid_t softirqd[BENCH_WAYS];
	char name[32];
	clockid_t clock;

	nth %= BENCH_WAYS;
	if (!softirqd[nth]) {
		snprintf(name, sizeof(name), "ksoftirqd/%u", bench_cpu(nth));
		softirqd[nth] = find_process(name);
	}
	if (!softirqd[nth] || clock_getcpuclockid(softirqd[nth], &clock))
		return clock_ns(CLOCK_THREAD_CPUTIME_ID);
	return clock_ns(CLOCK_THREAD_CPUTIME_ID) + clock_ns(clock);
}
