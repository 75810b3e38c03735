"""A student's page: what was asked, what was given, and what is said to it; everything on it is escaped."""

import hashlib
import re

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.outcome import NOT_ANSWERED
from encoder_lab.shown import html
from encoder_lab.texts import say

_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #212121; }}
section {{ border-left: 4px solid #757575; padding: 0 1rem; margin: 1.5rem 0; }}
.right {{ border-color: #2e7d32; }} .wrong, .error {{ border-color: #b26a00; }}
pre, p {{ white-space: pre-wrap; overflow-wrap: anywhere; }} pre {{ background: #f5f5f5; padding: 0.5rem; }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def page(title: str, body: list[str]) -> str:
    """Write a page that runs nothing and loads nothing.

    Args:
        title: plain text.
        body: HTML, escaped already.
    """
    return _FRAME.format(title=html(title), body="\n".join(body))


def file_name(record: dict) -> str:
    """Name a student's page: any system can hold it, and no two students share it."""
    name = re.sub(r"[^\w-]+", "-", record["student"])[:50].strip("-")
    told = hashlib.sha256(f"{record['student']}/{record['id']}".encode("utf-8", "backslashreplace")).hexdigest()
    return f"{name}-{told[:8]}.html"


def student_page(record: dict) -> str:
    """Write the page of one student."""
    body = [f"<p>{html(note)}</p>" for note in record["notes"]]
    for number, exercises in NOTEBOOKS.items():
        if not any(exercise.name in record["results"] for exercise in exercises):
            continue
        body.append(f"<h2>{html(say('pages.notebook', number=number))}</h2>")
        for exercise in exercises:
            result = record["results"].get(exercise.name, {"status": NOT_ANSWERED, "message": "", "given": ""})
            body += [
                f'<section class="{html(result["status"].replace(" ", "-"))}">',
                f"<h3>{html(exercise.name)}: {html(result['status'])}</h3>",
                f"<p>{html(exercise.task)}</p>",
                f"<p>{html(say('pages.given'))}</p><pre>{html(result['given'])}</pre>" if result["given"] else "",
                f"<p><strong>{html(result['message'])}</strong></p>" if result["message"] else "",
                "</section>",
            ]
    return page(record["student"], [line for line in body if line])
