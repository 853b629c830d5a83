# SPDX-License-Identifier: GPL-2.0-only
# The whole build, in one file. `make help` lists the targets.

O ?= build
CC ?= gcc
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions
UNITDIR ?= $(PREFIX)/lib/systemd/system
CNIBINDIR ?= $(PREFIX)/lib/cni
DESTDIR ?=

PKGS := libbpf libxdp libmnl yaml-0.1 jansson libsystemd libpcap
MULTIARCH := $(shell $(CC) -print-multiarch)
ARCH := $(subst x86_64,x86,$(subst aarch64,arm64,$(shell uname -m)))
VERSION := 0.1.0

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
ifdef WERROR
WARN += -Werror
endif
ifdef SAN
SANFLAGS := -fsanitize=address,undefined -fno-omit-frame-pointer
endif
CFLAGS ?= -O2 -g
USER_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) $(SANFLAGS) -D_GNU_SOURCE \
	-DREPX_VERSION='"$(VERSION)"' -Iinclude -Iuser -Iuser/cni -I$(O) \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null)
USER_LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null)
BPF_CFLAGS := -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Wall \
	-Wno-compare-distinct-pointer-types -Wno-unused-function \
	-Iinclude -Ibpf -Ivmlinux -idirafter /usr/include/$(MULTIARCH)

ifdef V
Q :=
say :=
else
Q := @
say = @printf '  %-8s %s\n' $(1) $(2);
endif

BPF_SRC := $(wildcard bpf/*.bpf.c)
SKELS := $(BPF_SRC:bpf/%.bpf.c=$(O)/%.skel.h)
TEST_BPF_SRC := $(wildcard tests/bench/*.bpf.c tests/lib/*.bpf.c)
TEST_SKELS := $(foreach s,$(TEST_BPF_SRC),$(O)/$(notdir $(s:.bpf.c=.skel.h)))
MAIN_SRC := user/repx.c
LIB_SRC := $(filter-out $(MAIN_SRC),$(wildcard user/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(O)/%.o)
LIB := $(O)/librepx.a
CNI_MAIN := user/cni/repx_cni.c
CNI_OBJ := $(patsubst %.c,$(O)/%.o,$(filter-out $(CNI_MAIN),$(wildcard user/cni/*.c)))
CNI_LIB := $(O)/librepx-cni.a
# no libbpf: it starts faster, and cannot touch a map
CNI_LIBS = $(shell pkg-config --libs libmnl jansson 2>/dev/null)
TESTLIB_OBJ := $(patsubst %.c,$(O)/%.o,$(filter-out %.bpf.c,$(wildcard tests/lib/*.c)))
TESTLIB := $(O)/libtest.a
UNIT := $(patsubst %.c,$(O)/%,$(wildcard tests/unit/test_*.c))
PROG := $(patsubst %.c,$(O)/%,$(wildcard tests/prog/test_*.c))
FRAME_TOOLS := $(patsubst %.c,$(O)/%,$(wildcard tests/netns/*.c))
BENCH := $(patsubst %.c,$(O)/%,$(filter-out %.bpf.c,$(wildcard tests/bench/*.c)))
TOOLS := $(FRAME_TOOLS) $(BENCH)
FUZZ := $(patsubst %.c,$(O)/%,$(wildcard tests/fuzz/fuzz_*.c))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all deps tests check test test-vm bench bench-nic fuzz demo demo-nic install uninstall clean help

all: $(O)/repx $(O)/repx-cni ## build build/repx and build/repx-cni

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

deps: ## install the Debian packages that are missing
	@scripts/deps.sh

$(O)/%.bpf.o: bpf/%.bpf.c
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $@.d -MT $@ -c $< -o $@

$(O)/%.bpf.o: tests/bench/%.bpf.c
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $@.d -MT $@ -c $< -o $@

$(O)/%.bpf.o: tests/lib/%.bpf.c
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $@.d -MT $@ -c $< -o $@

$(O)/%.skel.h: $(O)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $* > $@

$(O)/user/%.o: user/%.c | $(SKELS)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -MMD -MP -c $< -o $@

$(O)/tests/%.o: tests/%.c | $(SKELS) $(TEST_SKELS)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -Itests/lib -MMD -MP -c $< -o $@

$(LIB): $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(TESTLIB): $(TESTLIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(O)/repx: $(O)/user/repx.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) $< $(LIB) $(USER_LIBS) -o $@

$(CNI_LIB): $(CNI_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(O)/repx-cni: $(O)/user/cni/repx_cni.o $(CNI_LIB) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) $< $(CNI_LIB) $(LIB) $(CNI_LIBS) -o $@

$(UNIT) $(PROG) $(TOOLS): $(O)/%: $(O)/%.o $(TESTLIB) $(CNI_LIB) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) $< $(TESTLIB) $(CNI_LIB) $(LIB) $(USER_LIBS) -lcmocka -lpthread -lm -o $@

# the one tool that opens RDMA queues
$(O)/tests/netns/rdmasend: USER_LIBS += -libverbs

# Fuzz targets take the sources they need with #include; the shim stands for
# the BPF helpers where programs are compiled for user space.
$(FUZZ): $(O)/tests/fuzz/%: tests/fuzz/%.c | $(SKELS)
	$(call say,FUZZ,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE \
		-fno-sanitize=alignment -fno-sanitize-recover=undefined -DREPX_VERSION='"$(VERSION)"' \
		-Itests/fuzz/shim -Iinclude -Iuser -Iuser/cni -Ibpf -Ivmlinux -Itests/lib -I$(O) \
		-MMD -MP -MF $@.d $< $(USER_LIBS) -o $@

tests: all $(UNIT) $(PROG) $(TOOLS) $(FUZZ) ## build everything the tests need

check: all ## formatting, static checks, names, layers; no root needed
	@scripts/check.sh $(O)

test: deps ## everything this machine can test; ends with the counts
	@$(MAKE) --no-print-directory -j$$(nproc) tests
	@scripts/run-tests.sh $(O)

test-vm: deps ## the tests on the simulated NIC, in a guest (tests/nic)
	@$(MAKE) --no-print-directory -j$$(nproc) all $(FRAME_TOOLS)
	@scripts/run-tests.sh $(O) nic

bench: deps ## performance, as ratios against references of the same run
	@$(MAKE) --no-print-directory -j$$(nproc) all $(BENCH)
	@scripts/bench.sh $(O)
	@REPX_BUILD=$(O) scripts/vm.sh prepare
	@REPX_BUILD=$(O) scripts/vm.sh run tests/bench/nic/new-flows.sh

bench-nic: deps ## performance of what the simulated NIC is needed for, in a guest
	@$(MAKE) --no-print-directory -j$$(nproc) all $(FRAME_TOOLS)
	@REPX_BUILD=$(O) scripts/vm.sh prepare
	@REPX_BUILD=$(O) scripts/vm.sh run tests/bench/nic

fuzz: $(FUZZ) ## run each fuzz target for FUZZ_SECONDS (300)
	@scripts/fuzz.sh $(O) $${FUZZ_SECONDS:-300}

demo: deps ## the main job, shown on this machine, and cleaned up
	@$(MAKE) --no-print-directory -j$$(nproc) all $(FRAME_TOOLS)
	@scripts/demo.sh $(O)

demo-nic: deps ## the same on the simulated NIC, in a guest: SFs and vDPA from one file
	@$(MAKE) --no-print-directory -j$$(nproc) all $(FRAME_TOOLS)
	@echo "booting a guest with a simulated NIC ..."
	@REPX_BUILD=$(O) scripts/vm.sh run scripts/demo-nic.sh

install: all ## install below PREFIX (DESTDIR is honoured)
	install -D -m 0755 $(O)/repx $(DESTDIR)$(SBINDIR)/repx
	install -D -m 0755 $(O)/repx-cni $(DESTDIR)$(CNIBINDIR)/repx-cni
	for m in user/man/*.[58]; do \
		install -D -m 0644 $$m $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/} || exit 1; done
	install -D -m 0644 user/completion/repx $(DESTDIR)$(COMPLETIONDIR)/repx
	mkdir -p $(DESTDIR)$(UNITDIR)
	sed 's,@SBINDIR@,$(SBINDIR),' user/systemd/repx@.service.in > $(DESTDIR)$(UNITDIR)/repx@.service

uninstall: ## take away what install made
	rm -f $(DESTDIR)$(SBINDIR)/repx $(DESTDIR)$(CNIBINDIR)/repx-cni $(DESTDIR)$(COMPLETIONDIR)/repx $(DESTDIR)$(UNITDIR)/repx@.service
	for m in user/man/*.[58]; do rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; done

clean: ## remove build/
	rm -rf $(O)

-include $(wildcard $(O)/*.d $(O)/user/*.d $(O)/user/cni/*.d $(O)/tests/*/*.d)
