"""The examples in docstrings are run: every name the package offers has some, and each says what it prints."""

import doctest
import inspect
from importlib import import_module

import pytest

import encoder_lab
from encoder_lab import forward

DATA = {"TASKS"}  # no docstring of its own: `load` shows it
OFFERED = {name: getattr(room, name) for room in (encoder_lab, forward) for name in room.__all__ if name not in DATA}
MODULES = sorted({each.__module__ for each in OFFERED.values()})


@pytest.mark.parametrize("name", OFFERED)
def test_every_name_that_is_offered_shows_how_it_is_used(name):
    assert len(doctest.DocTestParser().get_examples(inspect.getdoc(OFFERED[name]))) >= 2


@pytest.mark.parametrize("module", MODULES)
def test_examples_print_what_they_say(module):
    found = doctest.testmod(import_module(module), optionflags=doctest.ELLIPSIS)
    assert found.attempted and not found.failed
