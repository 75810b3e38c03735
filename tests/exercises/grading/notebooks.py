"""Notebooks that students might hand in, written by the grader's tests."""

import json
from pathlib import Path

IMPORT = "from encoder_lab.exercises import check"
SHAPES = (
    'shapes = {"fill-mask": (12, 13400), "question-answering": (12, 2), "text-classification": (28,), '
    '"zero-shot-classification": (4, 3)}'
)
CHECK_SHAPES = "check.head_shapes(shapes)"
QUIZ = 'check.quiz_zero_shot("c")'
GOOD = (IMPORT, SHAPES, CHECK_SHAPES, QUIZ)  # two right answers that need no torch, so it runs in a second


def hand_in(path: Path, *cells: str) -> None:
    """Write a notebook with these code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Mine"]}]
        + [
            {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": [cell]}
            for cell in cells
        ],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
