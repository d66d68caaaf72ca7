# Every target sets up what it needs: a virtual environment in .venv, binaries in target, the rest in .local.
#
#   LOCAL_AWS_PORT  the local AWS's port (4566); stacks on other ports are apart from each other
#   LOCAL_AWS_AUTH  true: the local AWS enforces the functions' IAM policies
#   FUNCTIONS_DIR   deploys ready binaries from this folder instead of compiling

STACK = $(if $(shell command -v python3),,$(error Python 3.10 or newer is needed: install it from https://www.python.org/downloads/))python3 tools/stack/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help demo test test-long lint contract up down watch bench load fuzz faults localstack moto upgrades lambda-watch release sam-local generate import

help: ## show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: ## set up everything, make one export and show it
	@$(STACK) demo

test: ## run the lints, unit tests and suites, from nothing
	@$(STACK) test

test-long: ## run the tests that take long: large exports, the page in a browser, fuzzing, an upgrade
	@$(STACK) test-long

lint: ## run the checks that need no stack
	@$(STACK) lint

contract: ## make what follows from datasets/, infra/openapi/ and template.yaml
	@$(STACK) contract

up: ## build, deploy and seed the local stack
	@$(STACK) up

down: ## stop the local stack
	@$(STACK) down

watch: ## show the local stack's metrics live: make watch [ONCE=1]
	@$(STACK) watch $(if $(ONCE),--once)

bench: ## measure speed, memory, cold starts and cost: make bench [RUNS=5] [QUICK=1]
	@$(STACK) bench $(if $(RUNS),--runs '$(RUNS)') $(if $(QUICK),--quick)

load: ## let 200 users of 20 tenants work on the local stack for five minutes: make load [MINUTES=5]
	@$(STACK) load $(if $(MINUTES),--minutes '$(MINUTES)')

fuzz: ## look for input that breaks what reads it: make fuzz [SECONDS=60] [TARGET=requests]
	@$(STACK) fuzz $(if $(SECONDS),--seconds '$(SECONDS)') $(if $(TARGET),--target '$(TARGET)')

faults: ## let each AWS call of each flow fail in every way: make faults [FLOW='small export']
	@$(STACK) faults $(if $(FLOW),--flow '$(FLOW)')

upgrades: ## upgrade from an earlier commit, and go back, in the middle of an export: make upgrades [COMMIT=HEAD~1]
	@$(STACK) upgrades $(if $(COMMIT),--commit '$(COMMIT)')

lambda-watch: ## run one function of the stack with cargo lambda watch: make lambda-watch FUNCTION=list
	$(if $(FUNCTION),,$(error Say which function: make lambda-watch FUNCTION=list))
	@$(STACK) lambda-watch '$(FUNCTION)'

release: ## compile the functions for Lambda and pack them: make release [ARCHITECTURE=arm64]
	@$(STACK) release $(if $(ARCHITECTURE),--architecture '$(ARCHITECTURE)')

localstack: ## deploy to LocalStack, and make an export with its S3 and SQS
	@$(STACK) localstack

moto: ## run suites with moto's S3, SQS, DynamoDB and SESv2: make moto [SUITE=tests/test_list.py]
	@$(STACK) moto $(if $(SUITE),--suite '$(SUITE)')

sam-local: ## write what `sam local` needs to use the local stack
	@$(STACK) sam-local

generate: ## make records: make generate TYPE=FUNDING_TRANSFERS COUNT=1000 FILE=transfers.csv [SEED=1]
	$(if $(and $(TYPE),$(COUNT),$(FILE)),,$(error Say what to make: make generate TYPE=FUNDING_TRANSFERS COUNT=1000 FILE=transfers.csv))
	@$(STACK) generate --type '$(TYPE)' --count '$(COUNT)' --output '$(FILE)' $(if $(SEED),--seed '$(SEED)')

import: ## load records: make import FILE=… TYPE=FUNDING_TRANSFERS TENANT=northwind-market
	$(if $(and $(FILE),$(TYPE),$(TENANT)),,$(error Say what to load: make import FILE=transfers.csv TYPE=FUNDING_TRANSFERS TENANT=northwind-market))
	@$(STACK) import --file '$(FILE)' --type '$(TYPE)' --tenant '$(TENANT)'
