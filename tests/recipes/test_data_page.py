"""DATA.md and the registry of files say the same, and its commands make what they say."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from recipes import corpus, files

PAGE = (Path(files.__file__).parent / "DATA.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\S+)` \| (.+) \| (.+) \| (fetched|made|kept) \| `([0-9a-f]{64})` \|$", re.M)
ROWS = {name: (how, files.File(sha256, origin, licence)) for name, origin, licence, how, sha256 in ROW.findall(PAGE)}
SCRIPTS = re.findall(r"^python - <<'END'\n(.*?)^END$", PAGE, re.M | re.S)


def test_the_page_has_each_file_s_origin_licence_and_hash():
    assert PAGE.count("\n| `") == len(ROWS)
    assert {name: file for name, (_, file) in ROWS.items()} == files.FILES


def test_every_source_of_plain_text_is_a_file_and_every_text_is_read():
    texts = {name for name in files.FILES if name.startswith("text/")}
    assert texts == {f"text/{source.name}.txt" for source in corpus.SOURCES}


@pytest.mark.parametrize("name", ROWS)
def test_each_file_stands_in_its_section(name):
    """A file that is fetched or made is written by a command; of one that is kept, the page says what is known."""
    how, _ = ROWS[name]
    section = re.search(rf"^## {how.title()}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)[1]
    commands = "".join(re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S))
    if how == "kept":
        assert f"`{name}`" in section
    else:
        assert re.search(rf'(cp \S+ {re.escape(name)}$|open\("{re.escape(name)}", "w")', commands, re.M)


SMALL = {
    "package/encoder.json": json.dumps({"a": 0, "Ġé": 1, "ab": 2}),
    "roberta_bpe/dict.txt": "1 90\n0 80\nmadeupword0000 0\n",
    "wordnet/package/dict/data.adj": "  1 Licence | of three words\n"
    '0 00 a | not  any other; "two words"; "it can\'t swim"  \n',
    "wordnet/package/dict/data.adv": "0 00 r | in a way; not any other\n",
    "wordnet/package/dict/data.noun": "0 00 n | a thing\n",
    "wordnet/package/dict/data.verb": "0 00 v | have a rest\n",
    "qa/squad_sample.json": json.dumps(
        {"data": [{"paragraphs": [{"context": " One\n two."}, {"context": "One two."}]}]}
    ),
    "conjnli/data/NLI/adversarial_train_15k.tsv": 'Premise\tHypothesis\tLabel\nSay "a", b.\tSay b.\tentailment\n',
    "oos-eval/data/data_full.json": json.dumps({"test": [["x", "y"]], "val": [["a", "b"]], "train": [["c", "d"]]}),
}
MADE = {
    "roberta_bpe/vocab.json": '{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "Ġé": 4, "a": 5, '
    '"madeupword0000": 6, "<mask>": 7}',
    "text/wordnet_glosses.txt": "not any other\nit can't swim\nin a way\nhave a rest\n",
    "text/squad_paragraphs.txt": "One two.\n",
    "nli/conjunctions.csv": 'source,premise,hypothesis,label\nconjnli_adversarial,"Say ""a"", b.",Say b.,entailment\n',
    "topics/clinc150.json": '{"train": [["c", "d"]], "val": [["a", "b"]]}',
}


def test_the_commands_make_what_they_say(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for folder in ("nli", "text", "topics"):
        (tmp_path / folder).mkdir()
    for script in SCRIPTS:
        subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    assert {name for name, (how, _) in ROWS.items() if how == "made"} == set(MADE)
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in MADE} == MADE
