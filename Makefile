# Rotor's two-command entry: `make` installs missing packages and builds, `make demo` trains and translates.
# `make help` lists the targets. The build itself is CMake's; the packages it needs are listed in .ci/packages.

SANITIZE ?= 0
JOIN ?= 0
PREFIX ?= /usr/local
BUILD ?= $(if $(filter 1,$(SANITIZE)),build-sanitize,build)

flag = $(if $(filter 1,$($(1))),ON,OFF)
jobs = $(shell nproc 2>/dev/null || echo 2)
# A new build folder uses Ninja, and ccache where it is installed; an existing one keeps its choice.
configure = cmake -S . -B $(BUILD) $(if $(wildcard $(BUILD)/CMakeCache.txt),,-G Ninja) \
  -DROTOR_SANITIZE=$(call flag,SANITIZE) -DROTOR_TESTS=$(1) \
  -DROTOR_JOIN_TESTS=$(call flag,JOIN) -DROTOR_TEST_OBJECTS=$(TEST_OBJECTS) \
  $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache) $(CMAKE_ARGS)
export CCACHE_SLOPPINESS ?= pch_defines,time_macros,include_file_mtime,include_file_ctime  # lets it keep precompiled headers
build = cmake --build $(BUILD) --parallel $(jobs)
ctest = ctest --test-dir $(BUILD) --output-on-failure --no-label-summary --no-tests=error --parallel $(jobs)
sources = $(shell find lib apps tests -name '*.cc' -o -name '*.h' | sort)

.PHONY: all test test-release test-sanitized test-threads test-arm64 fuzz soak demo bench lint format docs deb deb-arm64 try-deb install clean help

all: ## install missing packages, then build a release for this machine into build/ (default)
	@.ci/install_packages.sh build
	@$(call configure,OFF)
	@$(build)

test: ## build and run all tests, those of the library under AddressSanitizer and UBSan too; SANITIZE=1: only those
ifeq ($(SANITIZE),1)
	@$(MAKE) --no-print-directory test-sanitized
else
	@$(MAKE) --no-print-directory test-release
	@$(MAKE) --no-print-directory test-sanitized SANITIZE=1 BUILD=$(BUILD:%/=%)-sanitize TEST_OBJECTS=$(abspath $(BUILD))
endif

test-release:
	@.ci/install_packages.sh build test
	@$(call configure,ON)
	@$(build)
	@$(ctest)

# The tests of whole commands (tests/system) run only in the release build: they train, which is slow under the sanitizers.
# After the release's tests, theirs are linked with the sanitized library and not compiled again; alone (SANITIZE=1), tests
# are sanitized too.
test-sanitized:
	@.ci/install_packages.sh build test
	@$(call configure,ON)
	@$(build) --target module_tests
	@OMP_NUM_THREADS=2 UBSAN_OPTIONS=print_stacktrace=1 $(ctest) --exclude-regex system_tests

# Loops have one thread here but where a test sets more. Tests of signals start no threads, and ThreadSanitizer delivers signals
# late.
threads = base_tests data_tests search_tests
test-threads: ## run the tests of the modules that start their own threads under ThreadSanitizer
	@.ci/install_packages.sh build test
	@cmake -S . -B build-threads -G Ninja -DROTOR_SANITIZE=thread -DROTOR_MPI=OFF \
	  $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
	@cmake --build build-threads --parallel $(jobs) --target $(threads)
	@set -e; for tests in $(threads); do OMP_NUM_THREADS=1 TSAN_OPTIONS=halt_on_error=1 build-threads/bin/$$tests --gtest_brief=1 --gtest_filter=-Signals.*; done

fuzz: ## run libFuzzer on the code that reads files and options: SECONDS=300 for each of four fuzzers
	@.ci/install_packages.sh build fuzz
	@cmake -S . -B build-fuzz -G Ninja -DROTOR_FUZZ=ON -DROTOR_MPI=OFF -DCMAKE_CXX_COMPILER=clang++-16
	@cmake --build build-fuzz --parallel $(jobs)
	@tests/fuzz/run.sh build-fuzz $(or $(SECONDS),300)

sysroot = $(CURDIR)/build-arm64/sysroot
arm64 = -DCMAKE_TOOLCHAIN_FILE=.ci/arm64.cmake -DROTOR_SYSROOT=$(sysroot)
# A model that `make demo` has trained is compared too.
demo_model = $(wildcard build/recipes/demo/run/average.safetensors)
test-arm64: BUILD = build-arm64
test-arm64: ## build for 64-bit Arm and run the tests of the library and some of the commands' in QEMU, all in build-arm64/
	@.ci/install_packages.sh build test arm64
	@.ci/arm64_sysroot.sh $(sysroot)
	@$(call configure,ON) $(arm64)
	@$(build)
	@.ci/test_arm64.sh $(BUILD) $(if $(demo_model),$(demo_model) build/recipes/demo/test.en build/bin)

soak: all ## train and translate for SECONDS=600 each, and check that memory and open files do not grow
	@tests/soak/soak.sh $(BUILD)/bin $(or $(SECONDS),600)

demo: all ## train a small translation model on the embedded corpus, translate and score (10 minutes on 2 cores)
	@recipes/demo/run.sh

bench: ## measure kernels, and training beside fairseq and PyTorch ($ROTOR_MULTI30K, $ROTOR_PEERS), into build/bench.md
	@.ci/install_packages.sh build bench
	@$(call configure,OFF) -DROTOR_BENCH=ON
	@$(build)
	@tests/bench/run.py

# clang knows neither GCC's parameters nor its names of CPU levels.
tidy_flags = $(addprefix --extra-arg=,-fno-openmp-simd -Wno-unused-command-line-argument -UROTOR_LEVELS)
lint: BUILD = build-lint
lint: ## check the format, the order of the modules, and what clang-tidy finds
	@.ci/install_packages.sh build test lint
	@$(call configure,ON) -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON > /dev/null
	@clang-format-14 --dry-run --Werror $(sources)
	@.ci/check_modules.sh
	@printf '%s\n' $(filter %.cc,$(sources)) | xargs --max-procs=$(jobs) -n 1 clang-tidy-16 --quiet $(tidy_flags) -p $(BUILD)

format: ## format all sources
	@.ci/install_packages.sh lint
	@clang-format-14 -i $(sources)

docs: ## make the library's documentation with Doxygen, into build/html/
	@.ci/install_packages.sh build docs
	@$(call configure,OFF)
	@$(build) --target docs

vendor = -DROTOR_ZSH_COMPLETIONS=share/zsh/vendor-completions
deb: ## make a Debian package of the commands for any x86-64 CPU with AVX2 (on 64-bit Arm: any), into build-deb/
	@.ci/install_packages.sh build deb
	@$(MAKE) --no-print-directory all BUILD=build-deb CMAKE_ARGS="$(vendor)"
	@cd build-deb && rm -f rotor_*.deb && cpack

deb-arm64: ## make the Debian package for 64-bit Arm on another machine, into build-deb-arm64/
	@.ci/install_packages.sh build deb arm64
	@.ci/arm64_sysroot.sh $(sysroot)
	@$(MAKE) --no-print-directory all BUILD=build-deb-arm64 CMAKE_ARGS="$(vendor) $(arm64)"
	@cd build-deb-arm64 && rm -f rotor_*.deb && ROTOR_SYSROOT=$(sysroot) cpack -D CPACK_DEBIAN_PACKAGE_ARCHITECTURE=arm64 \
	  -D SHLIBDEPS_EXECUTABLE=$(CURDIR)/.ci/arm64_shlibdeps.sh

try-deb: deb ## install the Debian package on a clean root, use it and remove it (as root; fetches the root with debootstrap)
	@.ci/try_deb.sh build-deb/rotor_*.deb

install: ## install commands, man pages, completions, library and CMake package under PREFIX (default /usr/local)
	@.ci/install_packages.sh install || echo "Without help2man there are no man pages."
	@$(MAKE) --no-print-directory all
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## remove the build folders
	@rm -rf build build-sanitize build-threads build-fuzz build-deb build-deb-arm64 build-lint build-arm64

help: ## list the targets
	@echo "make TARGET [SANITIZE=1]"
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12
	@echo "SANITIZE=1 builds into build-sanitize/ with ASan and UBSan; JOIN=1 compiles and runs several tests as one, as CI does."
