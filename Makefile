# Two targets do everything: `make run` starts the helpdesk, `make test` checks it.

.PHONY: run build test signal-real fuzz packages-run packages-test

run: packages-run build
	exec bin/brug

build:
	CGO_ENABLED=0 go build -trimpath -o bin/brug ./cmd/brug

test: packages-test
	go test -race -timeout 20m ./...

# The Signal channel against the real signal-cli, offline. Gets signal-cli, and a Java
# for it, the first time; says loudly when it cannot.
signal-real:
	bots/signal/testdata/real.sh

# What the helpdesk needs to run.
packages-run:
	@command -v redis-server >/dev/null || deploy/packages redis-server

# What the tests need: a real Redis, a real browser with letters for every language,
# and a C compiler for the race detector.
packages-test:
	@deploy/packages redis-server chromium fonts-noto-core gcc libc6-dev

# Every fuzz target, for the time given: make fuzz FUZZTIME=5m
FUZZTIME ?= 30s
fuzz:
	@set -e; for file in $$(grep -rl --include='*_test.go' '^func Fuzz' .); do \
		for name in $$(grep -o '^func Fuzz[A-Za-z0-9]*' $$file | cut -c6-); do \
			echo "== $$(dirname $$file) $$name"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file); \
		done; \
	done
