"""What a student reads outside the notebooks, as data: a folder a language, in it a file a place.

`notebook_03.toml` holds the exercises of notebook 03, `checks.toml` what the checks say of any of them,
`explorers.toml` the explorers' words, `self_check.toml` and `lab.toml` the lines of these two. A text's key begins
with its file: "lab.new" is `new` in `lab.toml`. Another language is a folder beside `en`, with files of the same
names; what it lacks is said in English.
"""

import os
import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENGLISH = "en"
SETTING = "ENCODER_LAB_LANGUAGE"


def language() -> str:
    """Say which language is spoken: the one `ENCODER_LAB_LANGUAGE` names, English without it.

    Raises:
        ValueError: there are no texts in that language.
    """
    chosen = os.environ.get(SETTING) or ENGLISH
    _demand(chosen)
    return chosen


def use(language: str) -> None:
    """Speak another language from here on, in this process and in those it starts.

    Args:
        language: the name of a folder here, such as "en".

    Raises:
        ValueError: there are no texts in that language.
    """
    _demand(language)
    os.environ[SETTING] = language


def say(key: str, /, **values: object) -> str:
    """Give one text in the language that is spoken.

    Args:
        key: the file and the place in it, with dots between: "notebook_01.wordpiece.task".
        values: what its {placeholders} stand for; without values a text is given as it is, braces and all.

    Raises:
        KeyError: there is no such text, or a placeholder has no value.
        ValueError: there are no texts in the language asked for.
    """
    text = _texts(language(), key.partition(".")[0])[key]
    return text.format(**values) if values else text


def below(key: str) -> dict[str, str]:
    """Give all texts whose keys begin with `key` and a dot, by what follows, in the English file's order."""
    texts = _texts(language(), key.partition(".")[0])
    return {each.removeprefix(f"{key}."): text for each, text in texts.items() if each.startswith(f"{key}.")}


@cache
def _languages() -> list[str]:
    """List the languages there are texts in."""
    return sorted({file.parent.name for file in FOLDER.glob("*/*.toml")})


def _demand(language: str) -> None:
    """Refuse a language there is no folder for."""
    if language not in _languages():
        raise ValueError(f"there are no texts in the language {language!r}; there are in {', '.join(_languages())}")


@cache
def _texts(language: str, file: str) -> dict[str, str]:
    """Read a file in English, and over it the same file in another language: key -> text."""
    found: dict[str, str] = {}
    for folder in dict.fromkeys((ENGLISH, language)):
        path = FOLDER / folder / f"{file}.toml"
        if folder == ENGLISH or path.exists():
            found |= _flat(file, tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def _flat(key: str, table: dict) -> dict[str, str]:
    """Lay nested tables out flat: the keys on the way to a text, joined by dots."""
    found: dict[str, str] = {}
    for name, value in table.items():
        found |= _flat(f"{key}.{name}", value) if isinstance(value, dict) else {f"{key}.{name}": value}
    return found
