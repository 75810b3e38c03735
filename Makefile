# Encoder Lab. `make lab` opens the course; `make` alone lists the rest.
# Needs Python 3.11 or newer and make; on Windows, run it in Git Bash.

PYTHON ?= $(shell for p in python3.11 python3 python python3.12 python3.13 python3.14 .venv/bin/python; do \
  $$p -c "import sys; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)

ORACLE := $(BIN:.venv/%=.oracle/%)
BERTVIZ := $(BIN:.venv/%=.bertviz/%)
HUB := $(BIN:.venv/%=.hub/%)
COLAB := $(BIN:.venv/%=.colab/%)

# Two tests at a time, each file's in one process; notebooks first, since they take longest.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help lab reset test test-more browsers notebooks bench load colab train cards oracle
.PHONY: .venv/installed

ifeq ($(MAKECMDGOALS)$(NB),reset)
$(error say which notebooks: make reset NB=03, or NB="03 04")
endif

python = test -n "$(PYTHON)" || { echo "Encoder Lab needs Python 3.11 or newer, and none was found: https://www.python.org/downloads/"; exit 1; }

help:
	@echo "make lab                        open the course in JupyterLab"
	@echo "make reset NB=03                a fresh copy of notebook 03 (or NB='03 04'); yours is kept beside it"
	@echo "make test                       check every number, notebook and page (10 minutes on two cores)"
	@echo "make test-more                  whole matrices and slow sweeps besides (10 more)"
	@echo "make browsers                   explorers in Chromium, Firefox and WebKit as well"
	@echo "make notebooks NB=03            run a notebook and keep its outputs, to be committed; all of them without NB"
	@echo "make bench                      measure families, tracing, long contexts and texts, labels beside the pipelines, explorers, notebooks, grading"
	@echo "make load USERS='1 4'           a class on a real JupyterHub: memory, waiting, failures; 1 to 30 users without USERS"
	@echo "make colab                      run tests and notebooks with the packages that Colab has, and the PyTorch at hand"
	@echo "make train DATA=... WORK=...    train the bundled checkpoints again (long without a GPU); one of them: TASK=..."
	@echo "make cards DATA=...             measure what their cards state; one of them: TASK=..."
	@echo "make oracle                     write down anew what transformers 4.57 makes of the bundled checkpoints (minutes)"

lab: .venv/installed
	@$(BIN)/python -m encoder_lab.lab

reset: .venv/installed
	@$(BIN)/python -m encoder_lab.lab reset $(NB)

test: .venv/installed
	$(BIN)/python -m ruff check
	$(BIN)/python -m ruff format --check
	$(PYTEST) -m "not more" --nbval notebooks tests

test-more: .venv/installed
	$(PYTEST) -m more tests

# Explorers in Chromium, Firefox and WebKit; what that needs besides stands in tests/browser/engines/requirements.txt.
browsers: .venv/installed .browsers/installed
	PYTHONPATH=.browsers/python $(BIN)/python -m tests.browser.engines

# After every change in the notebooks or in what they print.
notebooks: .venv/installed
	$(BIN)/python -m tests.rebuild $(NB)

bench: .venv/installed .oracle/installed .bertviz/installed
	$(BIN)/python -m tests.benchmarks.families
	$(BIN)/python -m tests.benchmarks.tracing
	$(BIN)/python -m tests.benchmarks.long_context
	$(BIN)/python -m tests.benchmarks.labels
	$(BIN)/python -m tests.benchmarks.attention_explorer
	$(BIN)/python -m tests.benchmarks.long_texts
	$(BIN)/python -m tests.benchmarks.keystrokes
	$(BIN)/python -m tests.benchmarks.notebooks
	$(BIN)/python -m tests.benchmarks.memory
	$(BIN)/python -m tests.benchmarks.grading

# It needs npm, which brings the hub's proxy.
load: .venv/installed .hub/installed
	$(BIN)/python -m tests.benchmarks.hub_load $(USERS)

# Left out: the browser, the grader's walls, training, and what this project's own installation has.
NOT_COLAB := browser deploy exercises/grading jupyter recipes test_colab.py test_install.py test_lab.py test_project.py \
  test_self_check.py
colab: .colab/installed
	@$(COLAB)/python -c "import platform, torch; print('Colab\'s packages, on Python', platform.python_version(), 'and PyTorch', \
	  torch.__version__ + ', which are what is at hand')"
	PYTHONPATH="$(CURDIR)" $(COLAB)/python -m pytest -m "not more" -o filterwarnings=default --nbval notebooks tests \
	  $(NOT_COLAB:%=--ignore=tests/%)

# DATA: the folder of recipes/DATA.md.  WORK: where what is prepared and the progress are kept; the same command goes on.
train: .venv/installed
	$(if $(and $(DATA),$(WORK)),,$(error say where: make train DATA=folder-of-recipes/DATA.md WORK=folder-for-progress))
	@$(BIN)/python -m recipes.everything --data "$(DATA)" --work "$(WORK)" $(if $(TASK),--task "$(TASK)")

cards: .venv/installed
	$(if $(DATA),,$(error the texts that are measured on are not in the repository; recipes/DATA.md says how they are had: make cards DATA=folder))
	@$(BIN)/python -m recipes.cards --data "$(DATA)" $(if $(TASK),--task "$(TASK)")

# After every change in encoder_lab/bundled or tests/oracles; the tests compare with what this writes. It has an
# environment of its own.
oracle: .oracle/installed
	$(ORACLE)/python -m tests.oracles.bundled
	$(ORACLE)/python -m tests.oracles.question_answering
	$(ORACLE)/python -m tests.oracles.heads_off
	$(ORACLE)/python -m tests.oracles.families

# Asked each time: install.py knows whether there is anything to do.
.venv/installed:
	@$(python)
	@$(PYTHON) install.py

# A second run finds these stamps; changed requirements are installed again.
.oracle/installed: .oracle/created tests/oracles/requirements.txt
	$(ORACLE)/python -m pip install -r tests/oracles/requirements.txt
	@touch $@

# bertviz names more than it imports to write a page: its own requirements stay out.
.bertviz/installed: .bertviz/created tests/benchmarks/requirements.txt
	$(BERTVIZ)/python -m pip install -r tests/benchmarks/requirements.txt
	$(BERTVIZ)/python -m pip install --no-deps bertviz==1.4.1
	@touch $@

.hub/installed: .hub/created tests/benchmarks/hub_requirements.txt
	$(HUB)/python -m pip install -r tests/benchmarks/hub_requirements.txt
	npm install --no-audit --no-fund --prefix .hub configurable-http-proxy@5.3.0
	@touch $@

# PyTorch's own versions are Colab's affair: it has them for GPUs.
.colab/installed: .colab/created tests/colab.txt
	grep -v "^torch" tests/colab.txt > .colab/constraints.txt
	$(COLAB)/python -m pip install torch --extra-index-url https://download.pytorch.org/whl/cpu
	$(COLAB)/python -m pip install -c .colab/constraints.txt -r tests/colab_requirements.txt
	@touch $@

.browsers/installed: tests/browser/engines/requirements.txt .venv/installed
	$(BIN)/python -m pip install -r $< --target .browsers/python
	npm install --prefix .browsers --no-audit --no-fund --ignore-scripts puppeteer-core@24.43.1
	@touch $@

%/created:
	@$(python)
	@echo "Installing into $* with $(PYTHON); the first time takes some minutes."
	$(PYTHON) -m venv --clear $*
	@touch $@
