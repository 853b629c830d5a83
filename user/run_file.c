// SPDX-License-Identifier: GPL-2.0-only
/* run_file.c - see run_file.h */
#include <errno.h>
#include <string.h>

#include "cmd_check.h"
#include "run_file.h"

int run_file_read(const char *file, const char *name, struct conf *conf, struct err *err)
{
	struct conf_errors errors = {0};
	int rc;

	rc = conf_read(file, conf, &errors);
	if (errors.len) {
		conf_print_errors(file, &errors, false);
		err_set(err, rc, "read '%s': %zu mistakes", file, errors.len);
	} else if (rc) {
		err_set(err, rc, "read '%s': %s", file, strerror(-rc));
	} else if (strcmp(conf->name, name)) {
		rc = err_set(err, -EINVAL, "run switch '%s': '%s' describes switch '%s'", name,
			     file, conf->name);
		conf_done(conf);
	}
	conf_errors_done(&errors);
	return rc;
}
