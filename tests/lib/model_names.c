// SPDX-License-Identifier: GPL-2.0-only
/* model_names.c - names of verdicts, drop reasons and events */
#include "model.h"

#define NAME(name, text) #name,

const char *model_verdict_name(uint32_t verdict)
{
	static const char *const name[] = {"forward", "flood", "host", "drop", "kernel"};

	return verdict < 5 ? name[verdict] : "?";
}

const char *model_drop_name(uint32_t reason)
{
	static const char *const name[] = {REPX_DROPS(NAME)};

	return reason < REPX_DROP_MAX ? name[reason] : "?";
}

const char *model_event_name(uint32_t event)
{
	static const char *const name[] = {REPX_EVENTS(NAME)};

	return event < REPX_EVENT_MAX ? name[event] : "?";
}
