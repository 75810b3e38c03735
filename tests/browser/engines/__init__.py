"""The promises of layout in three engines: `python -m tests.browser.engines`, which `make browsers` calls."""
