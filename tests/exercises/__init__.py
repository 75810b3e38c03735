"""Tests of the exercises: each check with right and wrong answers, and the grader."""
