"""The notebooks' sentences that a cheap experiment can refute: a file for each notebook, a test for each claim."""
