# SPDX-License-Identifier: GPL-2.0
# The build. `make help` lists the targets. Each folder's Makefile names its objects in obj-y.

VERSION := 6.1.0
ARCH ?= um
ifneq ($(ARCH),um)
$(error ARCH=$(ARCH): this kernel is built for ARCH=um only)
endif
ifneq ($(filter oldconfig menuconfig defconfig config silentoldconfig %_defconfig clean mrproper help dep tags run test test-long deps-% bench,$(MAKECMDGOALS)),)
no-config := 1
endif

MAKEFLAGS += -rR --no-print-directory
O ?= .
# A blank in a path would make two files of it here; relative paths do without the folders above.
ifneq ($(filter-out 1,$(words $(O))),)
$(error O=$(O): a folder without a blank in its name, please)
else ifneq ($(filter-out 1,$(words x$(CURDIR))),)
srctree := .
objtree := $(O)
else
srctree := $(CURDIR)
objtree := $(abspath $(O))
endif
obj := $(objtree)/
$(if $(shell mkdir -p $(objtree) && [ -w $(objtree) ] && echo fine),,$(error O=$(O): cannot be written to; name another folder by O=))
Q := $(if $(V),,@)
say = @printf '  %-7s %s\n' $(1) $(2)

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
HOSTCC ?= $(CC)
SANITIZE ?=

# Fresh configuration: .config -> auto.conf (make) and autoconf.h (C).
KCONFIG_CONFIG := $(obj).config
export KCONFIG_CONFIG srctree
kconf-env = cd $(objtree) && mkdir -p include/config include/generated && srctree='$(CURDIR)' KCONFIG_CONFIG=.config
kconf = $(kconf-env) kconfig-conf
-include $(obj)include/config/auto.conf

# Recursive, then fixed at first use: a target that compiles nothing needs no compiler.
gcc-include = $(eval gcc-include := $$(shell $(CC) -print-file-name=include))$(gcc-include)
debug-flags := -g -O2 -fno-omit-frame-pointer
warn-flags := -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	-Wstrict-prototypes -Wundef -Wvla
san-flags := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize=alignment -fno-sanitize-recover=all -DUM_SANITIZE)
common-flags := -std=gnu11 -pipe $(debug-flags) $(warn-flags) -Wno-dangling-pointer -fno-strict-aliasing -fno-common -fwrapv \
	-MMD -MP -I$(objtree)/include -I$(srctree)/arch/um/include
core-flags = $(common-flags) -ffreestanding -nostdinc -isystem $(gcc-include) -I$(srctree)/include \
	-isystem $(obj)include/uapi -fno-stack-protector -fno-tree-loop-distribute-patterns $(san-flags)
os-flags = $(common-flags) -D_GNU_SOURCE $(san-flags)

# Gather the objects of all folders.
objs :=
define include-dir
obj-y :=
include $(srctree)/$(1)/Makefile
objs += $$(addprefix $(1)/,$$(filter %.o,$$(obj-y)))
$$(foreach d,$$(filter %/,$$(obj-y)),$$(eval $$(call include-dir,$(1)/$$(patsubst %/,%,$$(d)))))
endef
$(foreach d,init kernel mm fs net drivers lib arch/um,$(eval $(call include-dir,$(d))))

core-objs := $(addprefix $(obj),$(filter-out arch/um/os/%,$(objs)))
os-objs := $(addprefix $(obj),$(filter arch/um/os/%,$(objs)))
blobs := $(obj)arch/um/stub/stub.elf $(obj)arch/um/kernel/vdso/vdso.so

all: linux
ifneq ($(obj),./)	# else they are one
linux: $(obj)linux
.PHONY: linux
endif
.PHONY: all FORCE

ifeq ($(no-config),)
kconfigs := $(shell find $(srctree) -name Kconfig -not -path '*/.*')
$(obj)include/config/auto.conf: $(obj).config $(kconfigs)
	$(Q)$(kconf) --olddefconfig '$(CURDIR)/Kconfig' >/dev/null	# options that are new get their default
	$(Q)$(kconf) --silentoldconfig '$(CURDIR)/Kconfig' >/dev/null
	$(Q)touch $@
$(obj).config:
	$(Q)$(srctree)/scripts/deps build
	$(Q)$(kconf) --defconfig='$(CURDIR)/arch/um/configs/x86_64_defconfig' '$(CURDIR)/Kconfig' >/dev/null
endif

# The ABI headers of linux-libc-dev, and nothing else of /usr/include.
uapi := $(obj)include/uapi/.made
$(uapi):
	$(Q)mkdir -p $(@D) && ln -sfn /usr/include/linux $(@D)/linux && ln -sfn /usr/include/asm-generic $(@D)/asm-generic && \
	ln -sfn $$(d=/usr/include/$$($(CC) -print-multiarch)/asm; [ -d $$d ] && echo $$d || echo /usr/include/asm) $(@D)/asm && touch $@

# Objects depend on the flags they were built with.
flags-file := $(obj).flags
ifeq ($(no-config),)
$(shell echo '$(CC) $(SANITIZE)' | cmp -s - $(flags-file) || echo '$(CC) $(SANITIZE)' >$(flags-file))
endif

prereq := $(obj)include/config/auto.conf $(uapi) $(flags-file)

$(obj)arch/um/os/%.o: $(srctree)/arch/um/os/%.c $(prereq)
	$(call say,CC,arch/um/os/$*.o)
	$(Q)mkdir -p $(@D) && $(CC) $(os-flags) -c -o $@ $<
$(obj)%.o: $(srctree)/%.c $(prereq)
	$(call say,CC,$*.o)
	$(Q)mkdir -p $(@D) && $(CC) $(core-flags) -c -o $@ $<
$(obj)%.o: $(srctree)/%.S $(prereq)
	$(call say,AS,$*.o)
	$(Q)mkdir -p $(@D) && $(CC) $(core-flags) -D__ASSEMBLY__ -Wa,-I$(objtree) -c -o $@ $<

$(obj)arch/um/stub/stub.elf: $(wildcard $(srctree)/arch/um/stub/*.S $(srctree)/arch/um/stub/*.lds) $(prereq)
	$(call say,STUB,arch/um/stub/stub.elf)
	$(Q)mkdir -p $(@D) && $(CC) $(filter-out $(san-flags),$(core-flags)) -O2 -fno-pie -no-pie -static -nostdlib -fcf-protection=none \
	-fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-T,$(srctree)/arch/um/stub/stub.lds \
	-o $@ $(filter %.c %.S,$^)
$(obj)arch/um/kernel/vdso/vdso.so: $(wildcard $(srctree)/arch/um/kernel/vdso/*.c $(srctree)/arch/um/kernel/vdso/*.lds) $(prereq)
	$(call say,VDSO,arch/um/kernel/vdso/vdso.so)
	$(Q)mkdir -p $(@D) && $(CC) $(filter-out $(san-flags),$(core-flags)) -O2 -fPIC -shared -nostdlib -fcf-protection=none \
	-Wl,--build-id=none -Wl,--hash-style=both -Wl,-s -Wl,-soname,linux-vdso.so.1 -Wl,-z,noexecstack -Wl,-T,$(srctree)/arch/um/kernel/vdso/vdso.lds \
	-o $@ $(filter %.c,$^)
$(obj)arch/um/kernel/blobs.o: $(blobs) $(obj).config

# Who built what, with what. Rebuilt with everything else that changes.
compiler = $(shell $(CC) --version | head -n 1)
builder := $(or $(KBUILD_BUILD_USER),$(shell id -un))@$(or $(KBUILD_BUILD_HOST),um)
$(obj)init/version.o: core-flags += -DUM_RELEASE='"$(VERSION)$(patsubst "%",%,$(CONFIG_LOCALVERSION))"' \
	-DUM_BUILT='"$(or $(KBUILD_BUILD_TIMESTAMP),$(shell date -u '+%a %b %e %T UTC %Y'))"' \
	-DUM_BUILDER='"$(builder)"' -DUM_COMPILER='"$(compiler)"'

$(obj)init/version.o: $(filter-out %/init/version.o,$(core-objs) $(os-objs))

# The core becomes one object whose symbols are hidden from glibc, but for the calls upwards (um_*) and the debugger.
$(obj)core.o: $(core-objs)
	$(call say,LD,core.o)
	$(Q)ld -r -o $@.tmp $^ && objcopy -w --keep-global-symbol='um_*' --keep-global-symbol='__start_*' --keep-global-symbol='__stop_*' $@.tmp $@ && rm -f $@.tmp
$(obj)linux: $(obj)core.o $(os-objs)
	$(call say,LINK,linux)
	$(Q)$(CC) $(debug-flags) $(san-flags) $(if $(CONFIG_STATIC_LINK),-static) -o $@ $^ -lpthread

-include $(core-objs:.o=.d) $(os-objs:.o=.d)

include $(srctree)/scripts/Makefile.targets
