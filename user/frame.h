/* SPDX-License-Identifier: GPL-2.0-only */
/* frame.h - Ethernet frames as bytes: changed as ports and rules change them */
#ifndef REPX_FRAME_H
#define REPX_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flower.h"

#define FRAME_ADDRESSES 12 /* behind them stands a tag */
#define FRAME_TAG 4

/**
 * frame_retag() - the frame with its outer tag off, or another one on
 * @strip: its outer tag goes (if it has 4 bytes behind the addresses)
 * @tpid, @tci: host order; tpid 0: none is put on
 * @out: room for @len + FRAME_TAG bytes
 * Return: its length.
 */
size_t frame_retag(const uint8_t *frame, size_t len, bool strip, uint16_t tpid, uint16_t tci,
		   uint8_t *out);

#define FRAME_MATCH_MAX 96

/**
 * frame_of_match() - a frame that a rule matches
 * @variant: chooses what the match leaves open: priorities, hosts of a prefix
 * @out: FRAME_MATCH_MAX bytes
 * Return: its length.
 */
size_t frame_of_match(const struct flower_match *match, unsigned int variant, uint8_t *out);

/**
 * frame_by_action() - the frame as output @index of a rule gets it
 * @out: room for @len + FRAME_TAG bytes
 * Return: its length.
 */
size_t frame_by_action(const struct flower_action *action, unsigned int index, const uint8_t *frame,
		       size_t len, uint8_t *out);

#endif
