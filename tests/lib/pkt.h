/* SPDX-License-Identifier: GPL-2.0-only */
/* pkt.h - frames for tests: built by calls or from one line of text */
#ifndef REPX_TEST_PKT_H
#define REPX_TEST_PKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PKT_MAX 10240
#define PKT_8021Q 0x8100
#define PKT_8021AD 0x88a8

struct pkt {
	size_t len;
	size_t ip; /* where the IP header begins, 0 = none: pkt_finish() needs it */
	uint8_t data[PKT_MAX];
};

/* All of these append; what does not fit is a bug of the test and aborts. */
void pkt_put(struct pkt *p, const void *bytes, size_t len);
void pkt_u8(struct pkt *p, unsigned int v);
void pkt_u16(struct pkt *p, unsigned int v);
void pkt_u32(struct pkt *p, uint32_t v);
void pkt_macs(struct pkt *p, const uint8_t dst[6], const uint8_t src[6]); /* starts a frame */
void pkt_tag(struct pkt *p, unsigned int tpid, unsigned int tci);
void pkt_fill(struct pkt *p, size_t len); /* bytes that differ from each other */

struct pkt_ipv4 {
	uint8_t src[4], dst[4];
	uint8_t proto;
	uint8_t version; /* 0: 4 */
	uint8_t ihl;	 /* 0: 5 */
	uint16_t frag;	 /* the whole field: flags and offset */
};
void pkt_ipv4(struct pkt *p, const struct pkt_ipv4 *h); /* with the ethertype */
void pkt_udp(struct pkt *p, unsigned int sport, unsigned int dport);

struct pkt_arp {
	uint16_t htype, ptype; /* 0: Ethernet, IPv4 */
	uint8_t hlen, plen;    /* 0: 6 and 4 */
	uint8_t sha[6], spa[4];
};
void pkt_arp(struct pkt *p, const struct pkt_arp *h); /* with the ethertype */

struct pkt_ipv6 {
	uint8_t src[16], dst[16];
	uint8_t next;
	uint8_t version; /* 0: 6 */
};
void pkt_ipv6(struct pkt *p, const struct pkt_ipv6 *h);		       /* with the ethertype */
void pkt_ext(struct pkt *p, unsigned int next, unsigned int n);	       /* (n + 1) * 8 bytes */
void pkt_ah(struct pkt *p, unsigned int next, unsigned int n);	       /* (n + 2) * 4 bytes */
void pkt_fragment(struct pkt *p, unsigned int next, unsigned int off); /* off: 8-byte units */
void pkt_icmp6(struct pkt *p, unsigned int type);		       /* 8 bytes */
void pkt_nd(struct pkt *p, unsigned int type, const uint8_t target[16]);
void pkt_nd_option(struct pkt *p, unsigned int type, unsigned int len8, const uint8_t mac[6]);

/* Sets the IP header's length and checksum for what the frame has become. */
void pkt_finish(struct pkt *p);

/**
 * pkt_text() - a frame from one line
 *
 * "DST SRC part part ...": addresses are m1..m255 (02:00:00:00:00:nn), nic0..
 * and peer0.. (of the fixture's veth ends), bc, mc, zero, ll0e
 * (01:80:c2:00:00:0e) or six hex bytes with colons. Parts:
 *   q,VID[,PCP[,DEI]]  ad,VID[,PCP[,DEI]]       tags
 *   type,88cc  hex,0102..  raw,N (N bytes)  pad,N (zeros up to N bytes)
 *   ip4,SRC,DST,PROTO[,ver=N][,ihl=N][,frag=N]  udp,SPORT,DPORT
 *   arp,MAC,IP[,htype=N][,ptype=N][,hlen=N][,plen=N]
 *   ip6,SRC,DST,NEXT[,ver=N]  ext,NEXT,N  ah,NEXT,N  frag,NEXT,OFFSET
 *   icmp6,TYPE  ns,TARGET  na,TARGET  opt,TYPE,MAC[,LEN8]
 *   cut,N              only the first N bytes of all that
 * A text that cannot be read is a bug of the test and aborts.
 */
void pkt_text(struct pkt *p, const char *text);
void pkt_mac(uint8_t mac[6], const char *text);

/* The frame with its tags (those right after the MACs) replaced by those of
 * @tags, text as in pkt_text(), "-" for none. */
void pkt_retag(struct pkt *out, const struct pkt *in, const char *tags);

bool pkt_equal(const struct pkt *a, const struct pkt *b);
/* As hex on one line: what `repx trace port X hex ...` takes. */
void pkt_dump(FILE *f, const char *what, const struct pkt *p);

static inline unsigned int pkt_get16(const struct pkt *p, size_t off)
{
	return (unsigned int)p->data[off] << 8 | p->data[off + 1];
}

#endif
