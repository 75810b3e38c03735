"""The exercises of the notebooks: `check.<name>(answer)` says at once whether an answer is right.

`check.<name>.hint()` and `check.<name>.solution()` help without a try, `check.progress()` shows all at a glance.
Answers are numbers, strings, tensors, arrays and collections of these; never functions, models or records,
because the grader (`python -m encoder_lab.exercises grade FOLDER`) runs a student's code in one process and compares
in another. The modules say what is compared; every word a student reads is in `texts`. A new notebook adds a module
with `EXERCISES`, a line in `NOTEBOOKS` and a file in `texts/en`.
"""

from encoder_lab.exercises import (
    notebook_00,
    notebook_01,
    notebook_02,
    notebook_03,
    notebook_04,
    notebook_05,
    notebook_06,
    notebook_07,
    notebook_08,
    notebook_09,
    notebook_10,
)
from encoder_lab.exercises.checks import Checks

NOTEBOOKS = {
    "00": notebook_00.EXERCISES,
    "01": notebook_01.EXERCISES,
    "02": notebook_02.EXERCISES,
    "03": notebook_03.EXERCISES,
    "04": notebook_04.EXERCISES,
    "05": notebook_05.EXERCISES,
    "06": notebook_06.EXERCISES,
    "07": notebook_07.EXERCISES,
    "08": notebook_08.EXERCISES,
    "09": notebook_09.EXERCISES,
    "10": notebook_10.EXERCISES,
}
check = Checks(exercise for exercises in NOTEBOOKS.values() for exercise in exercises)

__all__ = ["NOTEBOOKS", "check"]
