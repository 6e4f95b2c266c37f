# Croft. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := all

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 30

ccache := $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
export CCACHE_BASEDIR ?= $(CURDIR)
export CTEST_PARALLEL_LEVEL ?= $(JOBS)
configure = cmake --preset $(1) $(ccache) --log-level=NOTICE $(2)
build = cmake --build build/$(1) --parallel $(JOBS)
ctest = scripts/with-postgres ctest --test-dir build/$(1) --output-on-failure

.PHONY: all setup build run test check check-format check-tidy check-layers check-coroutines check-compile-budget asan tsan bench fuzz \
  install clean help

all: setup build  ## set up the machine and build everything into build/release (the default)
	@echo "make: the programs are in build/release/bin"

setup:  ## install what is missing: Debian packages (sudo) and npm packages
	@scripts/setup

build: setup
	@echo "make: building build/release"
	@$(call configure,release,-DCROFT_BENCH=OFF)
	@$(call build,release)

run: build  ## build, then start the almanac with its upstream; DATABASE=… LISTEN=… are passed on
	@$(if $(DATABASE),CROFT_DATABASE='$(DATABASE)') $(if $(LISTEN),CROFT_LISTEN='$(LISTEN)') scripts/run-almanac

test: build  ## build, then run all tests
	@$(call ctest,release)

check: check-format check-layers check-coroutines check-compile-budget check-tidy  ## formatting, layering, compile budget, clang-tidy
	@echo "make: all checks are fine"

# Files that git knows or would take: a new file is checked before it is added.
sources = git ls-files --cached --others --exclude-standard -- $(1) | while read -r file; do [[ ! -f $$file ]] || echo "$$file"; done

check-format:
	@echo "make: clang-format"
	@$(call sources,'*.cpp' '*.hpp') | xargs --no-run-if-empty clang-format-19 --dry-run -Werror

check-layers:
	@scripts/check-layers

check-coroutines:
	@scripts/check-coroutines

check-compile-budget: build
	@if [[ -x scripts/check-compile-budget ]]; then scripts/check-compile-budget; fi

check-tidy: build
	@echo "make: clang-tidy over src/ and examples/, $(JOBS) at a time"
	@$(call sources,'src/*.cpp' 'examples/*.cpp') | \
	  xargs --no-run-if-empty --max-procs=$(JOBS) --max-args=1 clang-tidy-19 -p build/release --quiet 2> >(grep -vE 'warnings? generated' >&2 || true)

asan: setup  ## all tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@echo "make: building build/asan"
	@$(call configure,asan)
	@$(call build,asan)
	@$(call ctest,asan)

tsan: setup  ## all tests under ThreadSanitizer
	@echo "make: building build/tsan"
	@$(call configure,tsan)
	@$(call build,tsan)
	@$(call ctest,tsan)

bench: setup  ## measure, each figure beside its baseline
	@echo "make: building build/release with the benchmarks"
	@$(call configure,release,-DCROFT_BENCH=ON)
	@$(call build,release)
	@scripts/with-postgres scripts/bench

fuzz: setup  ## run each fuzz target for FUZZ_SECONDS=30
	@echo "make: building build/fuzz"
	@$(call configure,fuzz)
	@$(call build,fuzz)
	@shopt -s nullglob; for target in build/fuzz/bin/fuzz_*; do \
	  name=$${target##*/}; corpus=build/fuzz/corpus/$$name; mkdir -p "$$corpus"; \
	  echo "make: $$name for $(FUZZ_SECONDS) s"; \
	  "$$target" -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -timeout=10 -artifact_prefix="build/fuzz/$$name-" "$$corpus"; \
	done; echo "make: no fuzz target found a fault"

install: build  ## install headers, library and CMake package under PREFIX=/usr/local
	@cmake --install build/release --prefix '$(PREFIX)'

clean:  ## remove build/
	@rm -rf build

help:  ## this list
	@awk -F ' *## *' '/^[a-z]+:.*##/ {split($$1, name, ":"); printf "  make %-9s %s\n", name[1], $$2}' $(MAKEFILE_LIST)
	@echo "  variables: JOBS=$(JOBS) PREFIX=$(PREFIX) FUZZ_SECONDS=$(FUZZ_SECONDS) DATABASE= LISTEN="
