"""What a student reads is data: every text is asked for, every text asked for is there, every placeholder is filled."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from encoder_lab import texts
from encoder_lab.exercises import NOTEBOOKS
from encoder_lab.exercises.exercise import Exercise
from encoder_lab.widgets.answer import AnswerExplorer
from encoder_lab.widgets.attention import AttentionExplorer
from encoder_lab.widgets.classify import ClassificationExplorer
from encoder_lab.widgets.explorer import Explorer
from encoder_lab.widgets.fill_mask import FillMaskExplorer
from encoder_lab.widgets.zero_shot import ZeroShotExplorer

PACKAGE = Path(texts.__file__).parents[1]
INSTALL = PACKAGE.parent / "install.py"  # runs before the package is there
FILES = {file.stem: texts.below(file.stem) for file in sorted((texts.FOLDER / "en").glob("*.toml"))}
ENGLISH = {f"{file}.{key}": text for file, found in FILES.items() for key, text in found.items()}
A_KEY = re.compile(rf"({'|'.join(FILES)})(\.\w+)+")
EXERCISES = [exercise for exercises in NOTEBOOKS.values() for exercise in exercises]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def strings(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def calls(node: ast.AST, name: str) -> Iterator[ast.Call]:
    """The calls of a function or method of that name."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and getattr(each.func, "attr", getattr(each.func, "id", "")) == name:
            yield each


def slips(node: ast.AST) -> set[str]:
    """The names of the slips that a comparison knows: the keys of its `slips`."""
    given = [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Assign | ast.AugAssign)
        and getattr(each.targets[0] if isinstance(each, ast.Assign) else each.target, "id", "") == "slips"
    ]
    return {key.value for each in given if isinstance(each, ast.Dict) for key in each.keys}


def own_texts() -> dict[str, set[str]]:
    """Every text that an exercise or a question asks for by its own name: key -> the values it gives."""
    found = {}
    for exercise in EXERCISES:
        place = f"{exercise.notebook}.{exercise.name}"
        if not isinstance(exercise, Exercise):
            own = {"question", *exercise.options, *(f"{letter}_remark" for letter in exercise.options)}
            found |= {f"{place}.{name}": set() for name in own}
            continue
        tree = ast.parse((PACKAGE / "exercises" / f"{exercise.notebook}.py").read_text(encoding="utf-8"))
        [compare] = [each for each in tree.body if getattr(each, "name", "") == exercise.compare.__name__]
        own = {"task", "given", "cell", "hint_1", "hint_2", *slips(compare)}
        found |= {f"{place}.{name}": set() for name in own}
        for call in calls(compare, "say"):
            found |= {f"{place}.{name}": {each.arg for each in call.keywords} for name in strings(call.args[0])}
    return found


TREES = [ast.parse(file.read_text(encoding="utf-8")) for file in [*sorted(PACKAGE.rglob("*.py")), INSTALL]]
EXPLORERS = (AnswerExplorer, AttentionExplorer, ClassificationExplorer, FillMaskExplorer, ZeroShotExplorer)


def phrases(explorer: type[Explorer]) -> dict[str, str]:
    """An explorer's words by their full keys."""
    tables = [f"explorers.{table}" for table in (*explorer.SHARED, explorer.NAME)]
    return {key: text for key, text in ENGLISH.items() if key.rpartition(".")[0] in tables}


def asked_by_page(explorer: type[Explorer]) -> set[str]:
    """The names of the words that an explorer's page asks for, and that its Python asks for by name alone."""
    files = [PACKAGE / "widgets" / f"{name}.py" for name in ("explorer", explorer.NAME)]
    by_python = {name for file in files for name in strings(ast.parse(file.read_text(encoding="utf-8")))}
    return {*re.findall(r"\bphrases\.(\w+)", explorer._esm), *by_python}


def filled(code: str) -> Iterator[tuple[str, set[str]]]:
    """The words that a page fills in, each with the names of the values it gives."""
    for call in re.finditer(r"\bworded\(([^{}()]*), \{", code):
        depth, given = 1, ""
        for letter in code[call.end() :]:
            depth += (letter in "{([") - (letter in "})]")
            if depth == 0:
                break
            given += letter if depth == 1 else ""
        names = {part.partition(":")[0].strip() for part in given.split(",") if part.strip()}
        yield from ((name, names) for name in re.findall(r"phrases\.(\w+)", call[1]))


IN_FULL = {each for tree in TREES for each in strings(tree) if A_KEY.fullmatch(each)}
OWN = own_texts()


def test_every_text_that_is_asked_for_is_there():
    tables = {key.rpartition(".")[0] for key in ENGLISH}  # `below` asks for these
    assert (IN_FULL | set(OWN)) - set(ENGLISH) - tables == set()


def test_every_text_is_asked_for():
    assert len(ENGLISH) > 500
    unasked = set(ENGLISH) - IN_FULL - set(OWN)
    for explorer in EXPLORERS:
        unasked -= {key for key in phrases(explorer) if key.rpartition(".")[2] in asked_by_page(explorer)}
    assert {key for key in unasked if key.rpartition(".")[0] not in IN_FULL} == set()


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_a_page_has_every_word_that_it_asks_for(explorer):
    names = [key.rpartition(".")[2] for key in phrases(explorer)]
    assert len(names) == len(set(names)), "two tables have a word of one name"
    assert set(re.findall(r"\bphrases\.(\w+)", explorer._esm)) - set(names) == set()


@pytest.mark.parametrize("explorer", EXPLORERS)
def test_a_page_fills_every_placeholder(explorer):
    words = {key.rpartition(".")[2]: text for key, text in phrases(explorer).items()}
    found = list(filled(explorer._esm))
    assert len(found) > 2
    assert {name: words[name] for name, given in found if not placeholders(words[name]) <= given} == {}


def test_every_placeholder_of_an_exercise_is_filled():
    code = re.compile(r"\.(given|cell)$")  # there braces are Python's
    wrong = {
        key: asked for key, asked in OWN.items() if not code.search(key) and not placeholders(ENGLISH[key]) <= asked
    }
    assert wrong == {}


def test_every_other_placeholder_is_filled():
    found = [(key, call) for tree in TREES for call in calls(tree, "say") for key in strings(call.args[0]) & IN_FULL]
    assert len(found) > 20
    wrong = {
        key: ENGLISH[key]
        for key, call in found
        if not placeholders(ENGLISH[key]) <= {each.arg for each in call.keywords}
    }
    assert wrong == {}


@pytest.mark.parametrize("language", texts._languages())
def test_another_language_says_nothing_that_english_does_not(language, monkeypatch):
    monkeypatch.setenv(texts.SETTING, language)
    spoken = {f"{file}.{key}": text for file in FILES for key, text in texts.below(file).items()}
    assert set(spoken) == set(ENGLISH)
    code = re.compile(r"\.(given|cell)$")
    assert [
        key for key in spoken if not code.search(key) and placeholders(spoken[key]) != placeholders(ENGLISH[key])
    ] == []


@pytest.fixture
def two_languages(tmp_path, monkeypatch):
    """English and a little of another language, in the place of the real folder."""
    for name, content in {"en": 'yes = "yes"\nno = "no, {name}"\n[a.b]\nc = "deep"', "xx": 'yes = "ano"'}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "words.toml").write_text(content, encoding="utf-8")
    (tmp_path / "en" / "more.toml").write_text('one = "1 {"', encoding="utf-8")
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    monkeypatch.setenv(texts.SETTING, "en")
    for cached in (texts._languages, texts._texts):
        cached.cache_clear()
    yield
    for cached in (texts._languages, texts._texts):
        cached.cache_clear()


def test_a_text_is_found_by_its_file_and_its_place(two_languages):
    assert texts.say("words.yes") == "yes"
    assert texts.say("words.no", name="Ada {x}") == "no, Ada {x}"
    assert texts.say("words.a.b.c") == "deep"
    assert texts.say("more.one") == "1 {"
    assert texts.below("words.a") == {"b.c": "deep"}
    for unknown in ("words.maybe", "words.a"):
        with pytest.raises(KeyError, match=unknown):
            texts.say(unknown)


def test_what_another_language_lacks_is_said_in_english(two_languages):
    assert texts._languages() == ["en", "xx"]
    texts.use("xx")
    assert texts.language() == "xx"
    assert texts.say("words.yes") == "ano"
    assert texts.say("words.no", name="Ada") == "no, Ada"
    assert texts.say("more.one") == "1 {"
    assert texts.below("words") == {"yes": "ano", "no": "no, {name}", "a.b.c": "deep"}
    texts.use("en")
    assert texts.say("words.yes") == "yes"


def test_an_unknown_language_is_refused_in_one_sentence(two_languages, monkeypatch):
    sentence = "^there are no texts in the language 'yy'; there are in en, xx$"
    with pytest.raises(ValueError, match=sentence):
        texts.use("yy")
    assert texts.language() == "en"
    monkeypatch.setenv(texts.SETTING, "yy")
    with pytest.raises(ValueError, match=sentence):
        texts.say("words.yes")
    monkeypatch.setenv(texts.SETTING, "")
    assert texts.language() == "en"


def test_an_exercise_speaks_the_language_in_use(two_languages):
    (texts.FOLDER / "en" / "notebook_01.toml").write_text('[wordpiece]\ntask = "Cut."', encoding="utf-8")
    (texts.FOLDER / "xx" / "notebook_01.toml").write_text('[wordpiece]\ntask = "Krájej."', encoding="utf-8")
    [wordpiece] = [exercise for exercise in NOTEBOOKS["01"] if exercise.name == "wordpiece"]
    assert wordpiece.task == "Cut."
    texts.use("xx")
    assert wordpiece.task == "Krájej."
