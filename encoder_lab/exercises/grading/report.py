"""A class's page: which exercises went well, what was said to the answers that were wrong, how long notebooks ran."""

import re
from collections import Counter
from statistics import median

from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.grading.page import page
from encoder_lab.exercises.outcome import RIGHT, WRONG
from encoder_lab.shown import html
from encoder_lab.texts import say


def slips(records: list[dict]) -> dict[str, dict[str, float]]:
    """Count what students were told about wrong answers.

    Returns:
        Exercise -> sentence, without a student's own numbers and words -> share of those who handed the exercise in.
    """
    told: dict[str, Counter] = {}
    handed_in: Counter[str] = Counter()
    for record in records:
        for name, result in record["results"].items():
            handed_in[name] += 1
            if result["status"] == WRONG:
                told.setdefault(name, Counter())[_without_own(result["message"])] += 1
    return {
        name: {sentence: count / handed_in[name] for sentence, count in counts.most_common()}
        for name, counts in told.items()
    }


def class_page(records: list[dict], names: bool) -> str:
    """Write the page of a class.

    Args:
        records: from `read_records`.
        names: whether the students are listed with what they got right.
    """
    told = slips(records)
    title = say("editions.report.title")
    body = [f"<p>{html(say('editions.report.students', count=len(records)))}</p>"]
    for number, exercises in NOTEBOOKS.items():
        handed_in = [record for record in records if any(each.name in record["results"] for each in exercises)]
        if not handed_in:
            continue
        body.append(f"<h2>{html(say('pages.notebook', number=number))}</h2>")
        body.append("<table>")
        heads = say("editions.report.exercise"), say("editions.report.right"), say("editions.report.wrong")
        body.append(_row("th", *heads, say("editions.report.other")))
        for exercise in exercises:
            statuses = [record["results"].get(exercise.name, {}).get("status", "") for record in handed_in]
            counts = statuses.count(RIGHT), statuses.count(WRONG)
            body.append(_row("td", exercise.name, *counts, len(statuses) - sum(counts)))
        body.append("</table>")
        lines = [
            f"<li>{html(exercise.name)}, {share:.0%}: {html(sentence)}</li>"
            for exercise in exercises
            for sentence, share in list(told.get(exercise.name, {}).items())[:5]
        ]
        body += [f"<h3>{html(say('editions.report.told'))}</h3>", "<ul>", *lines, "</ul>"] if lines else []
        if seconds := [record["seconds"][number] for record in handed_in if number in record.get("seconds", {})]:
            body.append(f"<p>{html(say('editions.report.seconds'))}: {median(seconds):.0f}, {max(seconds):.0f}</p>")
    if names:
        rights = [sum(result["status"] == RIGHT for result in record["results"].values()) for record in records]
        rows = [_row("td", record["student"], right) for record, right in zip(records, rights, strict=True)]
        body += ["<table>", *rows, "</table>"]
    return page(title, body)


def _row(kind: str, *cells: object) -> str:
    """Write one row of a table."""
    return "<tr>" + "".join(f"<{kind}>{html(cell)}</{kind}>" for cell in cells) + "</tr>"


def _without_own(message: str) -> str:
    """Take a student's own numbers and words out of a sentence, so that sentences can be counted."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|(?<![\w])-?\d[\d.,e+-]*(?<![.,])", "…", message)
