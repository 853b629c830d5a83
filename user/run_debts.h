/* SPDX-License-Identifier: GPL-2.0-only */
/* run_debts.h - what had to be done while no daemon ran */
#ifndef REPX_RUN_DEBTS_H
#define REPX_RUN_DEBTS_H

#include "sw.h"

/**
 * run_debts_pay() - do what the files in RUN/NAME/debts ask for, and remove them
 * @warn: told of each that could not be done, and of each that is none
 *
 * To be called when the control socket is there, before anybody is answered: whoever
 * finds nobody to talk to writes a debt and tries once more, so that none is left lying.
 * Return: how many were paid.
 */
int run_debts_pay(struct sw *sw, void (*warn)(const char *text));

#endif
