# `make` alone lists what there is. Every target can be run again at any time and needs no keyboard.

.DEFAULT_GOAL := help
.PHONY: help demo runbook faults mutations test build package format lint bench bench-quick sanitize fuzz model kafka clean

setup := Integration/Setup
# The same flags everywhere, so that no target makes another one build anew.
flags := -Xswiftc -warnings-as-errors
swift_files := Package.swift Sources Tests Integration
# What the library products bring: here every public symbol has to be documented.
libraries := $(addprefix Sources/,Outbox OutboxDispatcher IdempotentConsumer QueryCache QueryCacheRedis OutboxTelemetry LibPQ)
documented := s/\("AllPublicDeclarationsHaveDocumentation":\) false/\1 true/

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## show the whole way on servers of its own: outbox, dispatcher, Kafka, consumer, query cache (ONCE=1 ends by itself)
	@$(setup)/packages.sh build servers
	@$(setup)/kafka.sh --if-needed
	@swift build -c release $(flags) --product outbox
	@swift build -c release $(flags) --product workforce
	@swift build -c release $(flags) --product Demo
	@.build/release/Demo

runbook: ## prove the chain from a REST command to a query's answer, with evidence (RUNBOOK="--help" tells more)
	@$(setup)/packages.sh build servers tools
	@$(setup)/kafka.sh --if-needed
	@swift build -c release $(flags) --product outbox
	@swift build -c release $(flags) --product workforce
	@swift build -c release $(flags) --product Runbook
	@.build/release/Runbook $(RUNBOOK)

faults: ## try to break it: kills, pauses, cuts, restarts and poison, for FAULTS_MINUTES=5 (FAULTS="--help" tells more)
	@$(setup)/packages.sh build servers
	@$(setup)/kafka.sh --if-needed
	@swift build -c release $(flags) --product outbox
	@swift build -c release $(flags) --product Faults
	@.build/release/Faults $(FAULTS)

mutations: ## break the product on purpose, in a copy, and show that make faults notices (MUTATIONS="--list" tells more)
	@$(setup)/packages.sh build servers
	@$(setup)/kafka.sh --if-needed
	@Integration/Faults/Mutations/mutate.py $(MUTATIONS)

test: ## lint, unit tests, and integration tests on servers of its own, up to 4 suites at once (TEST_PROCESSES=1: one); the last line says how many passed
	@$(setup)/packages.sh build servers tools
	@$(setup)/kafka.sh --if-needed
	@$(setup)/run-tests.py

build: ## build the tools for use: .build/release/outbox and .build/release/workforce
	@$(setup)/packages.sh build
	@swift build -c release $(flags)

# In a folder of its own: another kind of linking would make every other target build anew.
package: ## build a Debian package of outbox, with service, manual and completions, into .build/package
	@$(setup)/packages.sh build package
	@swift build -c release --static-swift-stdlib --scratch-path .build/static $(flags) --product outbox
	@Integration/Packaging/package.sh .build/static/release/outbox .build/package

format: ## format all Swift files in place
	@swift format --in-place --recursive --parallel $(swift_files)

lint: ## check the format of all Swift files, that the libraries' public symbols are documented, that mutations and model still fit, and compose/ with the tools for it that are there
	@swift format lint --strict --recursive --parallel $(swift_files)
	@swift format lint --strict --recursive --parallel --configuration "$$(sed '$(documented)' .swift-format)" $(libraries)
	@Integration/Faults/Mutations/mutate.py --check
	@Integration/Model/check.py --list >/dev/null
	@compose/check.sh

bench: ## measure drain, latency, processor time and memory on servers of its own; JSON in .build/bench.json (BENCH="--only steady --rate 1000")
	@$(setup)/packages.sh build servers
	@$(setup)/kafka.sh --if-needed
	@swift build -c release $(flags) --product outbox
	@swift build -c release $(flags) --product workforce
	@swift build -c release $(flags) --product BareLoop
	@swift build -c release $(flags) --product Benchmarks
	@.build/release/Benchmarks --save .build/bench.json $(BENCH)

bench-quick: BENCH = --quick
bench-quick: bench ## the same with less of everything, in a few minutes

sanitize: ## run the unit tests of the C boundary with the address sanitizer, then with the thread sanitizer
	@$(setup)/packages.sh build
	@for kind in address thread; do \
	    swift test --disable-xctest --sanitize $$kind --scratch-path .build/sanitize-$$kind \
	        --filter '^(LibPQ|LibRDKafka|OutboxHTTP|OutboxJWT)Tests' || exit 1; \
	done

fuzz: ## fuzz the GraphQL parser and executor with libFuzzer (FUZZ_SECONDS=300)
	@$(setup)/packages.sh build tools
	@$(setup)/fuzz.sh

.PHONY: docs
docs: ## build the documentation as a static site into .build/docs; a warning fails it (DOCS="--hosting-base-path /outbox")
	@$(setup)/packages.sh build
	@swift build $(flags)
	@Integration/Documentation/build.py $(DOCS)

model: ## check the protocol's model with TLC: what must hold, and that each broken rule is noticed (MODEL="--help" tells more)
	@$(setup)/tla.sh
	@Integration/Model/check.py $(MODEL)

kafka: ## fetch Apache Kafka with Maven into .kafka, to test against
	@$(setup)/kafka.sh

clean: ## remove what was built (.kafka and .tla stay)
	@rm -rf .build
