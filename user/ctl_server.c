// SPDX-License-Identifier: GPL-2.0-only
/* ctl_server.c - see ctl_server.h */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_server.h"
#include "util.h"

#define TICK_USEC 1000000
#define LINES_AT_ONCE 16 /* then it is the others' turn */

struct ctl_client {
	struct ctl_client *next;
	struct ctl_server *server;
	sd_event_source *source;
	int fd;
	uid_t uid;
	bool subscribed;
	bool skipping; /* the rest of a line that was too long */
	bool dead;     /* goes at the next occasion */
	bool more;     /* whole lines are left in @in */
	char *in;
	size_t in_len, in_size;
	char *out;
	size_t out_len, out_size, out_done;
	uint64_t moved_ns; /* when it last took something */
};

static void forget_client(struct ctl_client *client)
{
	struct ctl_server *server = client->server;
	struct ctl_client **p = &server->clients;
	bool subscribed = client->subscribed, others = false;

	while (*p != client)
		p = &(*p)->next;
	*p = client->next;
	server->clients_len--;
	sd_event_source_disable_unref(client->source);
	close(client->fd);
	free(client->in);
	free(client->out);
	free(client);
	for (client = server->clients; client; client = client->next)
		others |= client->subscribed;
	if (subscribed && !others && server->idle)
		server->idle(server->data);
}

static size_t waiting(const struct ctl_client *client)
{
	return client->out_len - client->out_done;
}

static void send_out(struct ctl_client *client)
{
	ssize_t n;

	while (!client->dead && waiting(client)) {
		n = send(client->fd, client->out + client->out_done, waiting(client),
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			client->dead = true;
			return;
		}
		client->out_done += (size_t)n;
		client->moved_ns = now_ns();
	}
	client->out_done = client->out_len = 0;
}

static void queue(struct ctl_client *client, const char *text)
{
	size_t len = strlen(text), size = client->out_size ? client->out_size : 4096;
	char *out;

	if (client->dead)
		return;
	if (!waiting(client))
		client->moved_ns = now_ns();
	while (size < client->out_len + len)
		size *= 2;
	if (size != client->out_size) {
		out = realloc(client->out, size);
		if (!out) {
			client->dead = true;
			return;
		}
		client->out = out;
		client->out_size = size;
	}
	memcpy(client->out + client->out_len, text, len);
	client->out_len += len;
}

/* Listens to requests only while nothing waits to be sent, or to be done: then
 * that it could send wakes it up. */
static void set_wanted(struct ctl_client *client)
{
	uint32_t wanted = waiting(client) || client->more ? EPOLLOUT : EPOLLIN;

	if (sd_event_source_set_io_events(client->source, wanted) < 0)
		client->dead = true;
}

static void answer(struct ctl_client *client, const char *line, size_t len)
{
	struct ctl_server *server = client->server;
	char *text;

	server->asking = client;
	text = ctl_answer(server->methods, server->data, line, len, client->uid);
	server->asking = NULL;
	if (text)
		queue(client, text);
	free(text);
}

/* Answers whole lines of what was read; stops at the first answer that the
 * client does not take at once. */
static void take_lines(struct ctl_client *client)
{
	unsigned int left = LINES_AT_ONCE;
	size_t done = 0;
	char *end;

	client->more = false;
	while (!client->dead && !waiting(client) && done < client->in_len) {
		end = memchr(client->in + done, '\n', client->in_len - done);
		if (!end)
			break;
		client->more = !left;
		if (!left--)
			break;
		if (end > client->in + done) /* an empty line is not a request */
			answer(client, client->in + done, (size_t)(end - client->in) - done);
		done = (size_t)(end - client->in) + 1;
		send_out(client);
	}
	if (done)
		memmove(client->in, client->in + done, client->in_len - done);
	client->in_len -= done;
	if (client->in_len > CTL_LINE_MAX && !waiting(client) && !client->more) {
		answer(client, client->in, client->in_len);
		client->skipping = true;
		client->in_len = 0;
		send_out(client);
	}
}

static int make_room(struct ctl_client *client)
{
	size_t size = client->in_size ? client->in_size * 2 : 4096;
	char *in;

	if (client->in_len < client->in_size)
		return 0;
	in = realloc(client->in, size);
	if (!in)
		return -ENOMEM;
	client->in = in;
	client->in_size = size;
	return 0;
}

/* @n bytes more stand behind in_len. */
static void add_input(struct ctl_client *client, size_t n)
{
	char *end;

	client->in_len += n;
	if (!client->skipping)
		return;
	end = memchr(client->in, '\n', client->in_len);
	client->skipping = !end;
	client->in_len = end ? (size_t)(client->in + client->in_len - end) : 0;
	if (end)
		memmove(client->in, end, client->in_len);
}

static void receive(struct ctl_client *client)
{
	ssize_t n;

	if (make_room(client)) {
		client->dead = true;
		return;
	}
	n = recv(client->fd, client->in + client->in_len, client->in_size - client->in_len,
		 MSG_DONTWAIT);
	if (n > 0)
		add_input(client, (size_t)n);
	else if (!n || (errno != EAGAIN && errno != EINTR))
		client->dead = true; /* a last line without its end is not run */
}

static int on_client(sd_event_source *source, int fd, uint32_t revents, void *data)
{
	struct ctl_client *client = data;

	(void)source;
	(void)fd;
	if (revents & EPOLLOUT)
		send_out(client);
	if (revents & EPOLLIN)
		receive(client);
	else if (revents & (EPOLLERR | EPOLLHUP))
		client->dead = true;
	take_lines(client);
	if (!client->dead)
		set_wanted(client);
	if (client->dead)
		forget_client(client);
	return 0;
}

/* --- clients come and go --- */

static int on_tick(sd_event_source *source, uint64_t usec, void *data)
{
	struct ctl_server *server = data;
	struct ctl_client *client, *next;
	uint64_t now = now_ns();

	(void)usec;
	for (client = server->clients; client; client = next) {
		next = client->next;
		if ((waiting(client) || client->more) &&
		    now - client->moved_ns > CTL_SLOW_SECONDS * 1000000000ULL)
			client->dead = true;
		if (client->dead)
			forget_client(client);
	}
	if (server->clients) {
		sd_event_source_set_time_relative(source, TICK_USEC);
		sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	}
	return 0;
}

static struct ctl_client *new_client(struct ctl_server *server, int fd)
{
	struct ucred cred = {.uid = (uid_t)-1};
	socklen_t size = sizeof(cred);
	struct ctl_client *client;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) < 0)
		return NULL;
	client = calloc(1, sizeof(*client));
	if (!client)
		return NULL;
	client->server = server;
	client->fd = fd;
	client->uid = cred.uid;
	if (sd_event_add_io(server->event, &client->source, fd, EPOLLIN, on_client, client) < 0) {
		free(client);
		return NULL;
	}
	client->next = server->clients;
	server->clients = client;
	server->clients_len++;
	return client;
}

static int on_connect(sd_event_source *source, int listen_fd, uint32_t revents, void *data)
{
	struct ctl_server *server = data;
	int fd;

	(void)source;
	(void)revents;
	fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return 0;
	if (server->clients_len >= CTL_CLIENTS_MAX || !new_client(server, fd)) {
		close(fd);
		return 0;
	}
	sd_event_source_set_time_relative(server->tick, TICK_USEC);
	sd_event_source_set_enabled(server->tick, SD_EVENT_ONESHOT);
	return 0;
}

/* root:root where there is no such group. Nobody else can connect before. */
static int set_owner(const char *path)
{
	struct group *group = getgrnam("repx");

	if (chown(path, 0, group ? group->gr_gid : 0) < 0 || chmod(path, 0660) < 0)
		return -errno;
	return 0;
}

static int bind_socket(struct ctl_server *server)
{
	struct sockaddr_un addr;
	mode_t mask;
	int dir, rc = 0;

	dir = ctl_address(server->path, &addr);
	if (dir < 0)
		return dir;
	unlink(server->path); /* of a daemon that was killed: there is no other now */
	mask = umask(0177);
	if (bind(server->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		rc = -errno;
	umask(mask);
	close(dir);
	if (!rc)
		rc = set_owner(server->path);
	if (!rc && listen(server->fd, 16) < 0)
		rc = -errno;
	return rc;
}

int ctl_server_open(struct ctl_server *server, sd_event *event, const char *path,
		    const struct ctl_method *table, void *data, struct err *err)
{
	int rc;

	*server = (struct ctl_server){.event = event, .methods = table, .data = data};
	rc = str_copy(server->path, sizeof(server->path), path) ? -ENAMETOOLONG : 0;
	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (!rc && server->fd < 0)
		rc = -errno;
	if (!rc)
		rc = bind_socket(server);
	if (!rc)
		rc = sd_event_add_io(event, &server->listen, server->fd, EPOLLIN, on_connect,
				     server);
	if (rc >= 0)
		rc = sd_event_add_time_relative(event, &server->tick, CLOCK_MONOTONIC, TICK_USEC,
						TICK_USEC, on_tick, server);
	if (rc >= 0)
		return 0;
	ctl_server_close(server);
	return err_set(err, rc, "make the control socket '%s': %s", path, strerror(-rc));
}

void ctl_server_close(struct ctl_server *server)
{
	server->idle = NULL;
	while (server->clients)
		forget_client(server->clients);
	sd_event_source_disable_unref(server->listen);
	sd_event_source_disable_unref(server->tick);
	if (server->fd >= 0) {
		unlink(server->path);
		close(server->fd);
	}
	*server = (struct ctl_server){.fd = -1};
}

/* --- what is sent unasked --- */

void ctl_server_subscribe(struct ctl_server *server)
{
	if (server->asking)
		server->asking->subscribed = true;
}

void ctl_server_event(struct ctl_server *server, json_t *params)
{
	char *line = ctl_notice("event", params);
	struct ctl_client *client;

	for (client = server->clients; line && client; client = client->next) {
		if (!client->subscribed)
			continue;
		if (waiting(client) > CTL_EVENTS_MAX)
			client->dead = true; /* too slow; the tick drops it */
		queue(client, line);
	}
	free(line);
}

void ctl_server_warn(struct ctl_server *server, const char *text)
{
	json_t *params;
	char *line = NULL;

	if (!server->asking)
		return;
	params = json_pack("{s:s}", "text", text);
	if (params)
		line = ctl_notice("warning", params);
	json_decref(params);
	if (line)
		queue(server->asking, line);
	free(line);
}

void ctl_server_flush(struct ctl_server *server)
{
	struct ctl_client *client, *next;

	for (client = server->clients; client; client = next) {
		next = client->next;
		send_out(client);
		if (!client->dead)
			set_wanted(client);
		if (client->dead && client != server->asking)
			forget_client(client);
	}
}
