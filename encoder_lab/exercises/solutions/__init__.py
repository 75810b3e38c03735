"""Reference answers, one module a notebook: short enough to show in class. The grader hides them from submissions."""

import ast
import importlib
import inspect

from encoder_lab.exercises.exercise import Exercise


def solved_cell(exercise: Exercise) -> str:
    """Write the code of a student's cell with the reference answer in it, and the imports that it needs."""
    module = importlib.import_module(f"{__name__}.{exercise.notebook}")
    solution = getattr(module, exercise.name)
    source = inspect.getsource(solution)
    head, _, rest = exercise.cell.partition("    return ...\n")
    if rest:  # the cell begins with a function, and goes on with what it makes
        source = source.replace(f"def {exercise.name}(", head.partition("(")[0] + "(", 1) + rest
    else:
        source += f"\n\n{exercise.answer} = {exercise.name}({', '.join(inspect.signature(solution).parameters)})"
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    imports = [
        ast.unparse(node)
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and used & {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    ]
    return "\n".join([*imports, "", "", source] if imports else [source])
