// SPDX-License-Identifier: GPL-2.0-only
/* cni_exec.c - see cni_exec.h
 *
 * Both texts are files in memory: nobody waits for a pipe to be read or written.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cni_exec.h"

#define OUT_MAX (4 << 20)

static int put_text(int fd, const char *text)
{
	size_t len = strlen(text), done = 0;
	ssize_t n;

	while (done < len) {
		n = write(fd, text + done, len - done);
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int get_text(int fd, char **out)
{
	off_t len = lseek(fd, 0, SEEK_END);
	ssize_t n;
	char *text;

	if (len < 0 || len > OUT_MAX)
		return len < 0 ? -errno : -EFBIG;
	text = malloc((size_t)len + 1);
	if (!text)
		return -ENOMEM;
	n = pread(fd, text, (size_t)len, 0);
	if (n < 0) {
		free(text);
		return -EIO;
	}
	text[n] = 0;
	*out = text;
	return 0;
}

static void child(const char *argv0, const struct cni_exec_var *vars, int in, int out)
{
	char *argv[] = {(char *)argv0, NULL};

	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	signal(SIGPIPE, SIG_DFL); /* ours to ignore, not the plugin's */
	for (; vars->name; vars++)
		setenv(vars->name, vars->value, 1);
	execv(argv0, argv);
	_exit(127);
}

/* Return: as cni_exec() */
static int wait_child(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), status, rc = 0;
	struct pollfd pfd = {.fd = fd, .events = POLLIN};

	if (fd >= 0) {
		rc = poll(&pfd, 1, CNI_EXEC_SECONDS * 1000);
		close(fd);
		if (!rc)
			kill(pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (fd >= 0 && !rc)
		return -ETIMEDOUT;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

int cni_exec(const char *argv0, const struct cni_exec_var *vars, const char *in, char **out)
{
	int to = memfd_create("in", MFD_CLOEXEC), from = memfd_create("out", MFD_CLOEXEC), rc, got;
	pid_t pid;

	rc = to < 0 || from < 0 ? -errno : put_text(to, in);
	if (rc)
		goto close;
	pid = fork();
	if (!pid)
		child(argv0, vars, to, from);
	rc = pid < 0 ? -errno : wait_child(pid);
	if (rc < 0)
		goto close;
	got = get_text(from, out);
	if (got)
		rc = got;
close:
	if (to >= 0)
		close(to);
	if (from >= 0)
		close(from);
	return rc;
}
