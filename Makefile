# The two commands of the README, and what they need. Works on a fresh Debian 12 with the Swift toolchain and git.

BUILD_PACKAGES = binutils libc6-dev libstdc++-12-dev pkg-config libyaml-dev libffi-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev libexpat1-dev libpcre2-dev zlib1g-dev
RUN_PACKAGES   = git python3 python3-venv ripgrep openssl procps util-linux bubblewrap curl
TEST_PACKAGES  = chromium chromium-driver fonts-dejavu-core cmake gcc golang-go make nodejs sqlite3 valgrind
RIVAL_PACKAGES = nginx-light wrk
RELEASE        = .build/release/sluice
DEMO           = .build/demo
PYTHON         = .venv/bin/python3
LITELLM        = .venv-litellm/bin/python3
MCP            = .venv-mcp/bin/python3
ACP            = .venv-acp/bin/python3
PUSH           = .venv-push/bin/python3
BENCHES        = ^CommandTests\.(Benchmark|ServeBench|ProviderBench|EngineBench|EngineKill)Tests
ALONE          = ^CommandTests\.SubscriberTests
PLAYED         = ^CommandTests\.PlayedPipelinesTests
BUILDERS       = ^GateTests\.(CTest|Cargo|Go|Swift|Rust|Make|Npm|Node|Bench|Perf|SQL)
# Eight at a time: hundreds at once leave each of them so little of the machine that what has a deadline misses it.
TEST           = swift test --skip-build --experimental-maximum-parallelization-width 8
export SWIFT_BACKTRACE ?= enable=no

.PHONY: demo test lint build packages browser python litellm mcp acp push timer fuzz figures serve-figures clean

## Builds a release and takes a small failing project from red to green.
demo: build python
	@rm -rf $(DEMO) && mkdir -p $(DEMO) && cp -r Pipelines/examples/calc $(DEMO)/calc
	@cp Pipelines/examples/calc.script.json $(DEMO)/script.json
	@Tests/Support/demo $(RELEASE) $(DEMO)

## Installs what the tests need and runs every test; those that hold hundreds of sockets, start hundreds of programs, build
## projects or measure by themselves.
test: packages browser python litellm mcp acp push lint
	swift build --build-tests --explicit-target-dependency-import-check error
	$(TEST) --skip '^(CommandTests|HTTPTests|ContractTests|GateTests|ModuleTests|ProviderTests)\.'
	$(TEST) --filter '^ModuleTests\.'
	$(TEST) --filter '^GateTests\.' --skip '$(BUILDERS)'
	$(TEST) --filter '$(BUILDERS)'
	$(TEST) --filter '^ProviderTests\.'
	$(TEST) --filter '^HTTPTests\.'
	$(TEST) --filter '^ContractTests\.'
	$(TEST) --filter '^CommandTests\.' --skip '$(BENCHES)|$(PLAYED)|$(ALONE)'
	$(TEST) --filter '$(PLAYED)'
	$(TEST) --filter '$(BENCHES)'
	$(TEST) --filter '$(ALONE)'

## Formatting and the house's own rules of style.
lint:
	swift format lint --strict --recursive Sources Plugins Tests Pipelines Package.swift

build: packages
	swift build -c release --static-swift-stdlib --product sluice

## Debian's packages that are missing; asks for root only when there are some.
packages:
	@missing=""; for name in $(BUILD_PACKAGES) $(RUN_PACKAGES); do \
	  dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; Tests/Support/apt $$missing; fi

## What the tests of the console look through, and runners that the tests of gates run.
browser:
	@missing=""; for name in $(TEST_PACKAGES); do dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; Tests/Support/apt $$missing; fi

## A Python of our own with pytest.
python: packages
	@[ -x $(PYTHON) ] || python3 -m venv .venv
	@$(PYTHON) -m pip --quiet --disable-pip-version-check install -r Tests/Fixtures/python-requirements.txt

## Another one with LiteLLM's proxy, which tests ask as a service: 740 MB, and about a minute of a processor.
litellm: packages
	@[ -x $(LITELLM) ] || python3 -m venv .venv-litellm
	@$(LITELLM) -m pip --quiet --disable-pip-version-check install -r Tests/Fixtures/litellm-requirements.txt

## One more with servers of the Model Context Protocol, and what they are written with: 76 MB.
mcp: packages
	@[ -x $(MCP) ] || python3 -m venv .venv-mcp
	@$(MCP) -m pip --quiet --disable-pip-version-check install -r Tests/Fixtures/mcp-requirements.txt

## And one with the library of the Agent Client Protocol: 40 MB.
acp: packages
	@[ -x $(ACP) ] || python3 -m venv .venv-acp
	@$(ACP) -m pip --quiet --disable-pip-version-check install -r Tests/Fixtures/acp-requirements.txt

## And one with what stands for those who carry messages to people: 55 MB.
push: packages
	@[ -x $(PUSH) ] || python3 -m venv .venv-push
	@$(PUSH) -m pip --quiet --disable-pip-version-check install -r Tests/Fixtures/push-requirements.txt

## The fuzzers, for a bounded time each.
fuzz: packages
	Tests/Fuzz/run yaml 120
	Tests/Fuzz/run json 60
	Tests/Fuzz/run request 60
	Tests/Fuzz/run websocket 60
	Tests/Fuzz/run route 60

## The size and the speed of a release, printed.
figures: build python timer
	$(PYTHON) Tests/Support/figures.py $(RELEASE)
	swift build -c release --static-swift-stdlib --product WorkspaceTimer
	@rm -rf $(DEMO) && mkdir -p $(DEMO) && cp -r Pipelines/examples/calc $(DEMO)/calc
	@.build/release/WorkspaceTimer $(CURDIR)/$(DEMO)/calc calc.py $(CURDIR)/$(DEMO)/state

## The speed of the server, printed beside that of FastAPI and nginx.
serve-figures: build python
	@missing=""; for name in $(RIVAL_PACKAGES); do dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; Tests/Support/apt $$missing; fi
	$(PYTHON) -m pip --quiet --disable-pip-version-check install fastapi 'uvicorn[standard]'
	swift build -c release --static-swift-stdlib --product Followers
	$(PYTHON) Tests/Support/serve_figures.py $(RELEASE)

## time(1) tells how large a program was at its largest.
timer:
	@dpkg -s time >/dev/null 2>&1 || Tests/Support/apt time

clean:
	rm -rf .build
