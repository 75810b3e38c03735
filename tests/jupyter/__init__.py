"""Tests of the student's copy and of the server that opens it."""
