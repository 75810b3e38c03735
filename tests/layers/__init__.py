"""Each idea of the layers by hand; what they give together is compared in tests/test_parity.py."""
