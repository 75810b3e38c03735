"""A tokenizer that is a SentencePiece file alone: read with the extra `sentencepiece`, without it refused."""

import json

import pytest
import transformers

from encoder_lab import fill_mask, load
from tests.families import tiny_of
from tests.vocabularies import TEXTS

spm = pytest.importorskip("sentencepiece", reason="the extra `sentencepiece` is not installed")
ALBERTS = {"bos_id": -1, "eos_id": -1, "pad_id": 0, "unk_id": 1, "user_defined_symbols": ["[CLS]", "[SEP]", "[MASK]"]}
KINDS = {
    "XLM-R": ("XLMRobertaTokenizer", "sentencepiece.bpe.model", {}),
    "CamemBERT": ("CamembertTokenizer", "sentencepiece.bpe.model", {}),
    "mBART": ("MBartTokenizer", "sentencepiece.bpe.model", {}),
    "ALBERT": ("AlbertTokenizer", "spiece.model", ALBERTS),
    "DeBERTa-v3": ("DebertaV2Tokenizer", "spm.model", ALBERTS),
}
SIZES = {"unigram": 62, "bpe": 90}


def written(folder, family, model_type):
    """A folder whose tokenizer is what SentencePiece itself trained."""
    name, file, options = KINDS[family]
    text = folder / "text.txt"
    text.write_text("\n".join(TEXTS * 3), encoding="utf-8")
    spm.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "trained"), vocab_size=SIZES[model_type], model_type=model_type,
        character_coverage=1.0, minloglevel=2, **options,
    )  # fmt: skip
    (folder / "trained.model").rename(folder / file)
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": name, "model_max_length": 60}))
    tiny_of(family, "fill-mask", vocabulary=130).float().save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("family", "model_type"), [*((family, "unigram") for family in KINDS), ("XLM-R", "bpe"), ("mBART", "bpe")]
)
def test_it_is_read_as_transformers_reads_it(family, model_type, tmp_path):
    checkpoint = load("fill-mask", written(tmp_path, family, model_type))
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path)
    for pair in (("The cat sat.",), ("Who sat on the bank?", "The dog, über Straße 日本")):
        assert checkpoint.tokenizer(*pair)["input_ids"] == theirs(*pair)["input_ids"]
    text = f"The cat sat by the {theirs.mask_token}."
    asked = transformers.FillMaskPipeline(model=checkpoint.model, tokenizer=theirs, device="cpu")
    ours, expected = fill_mask(checkpoint, text).as_pipeline(), asked(text)
    assert [each["token"] for each in ours] == [each["token"] for each in expected]
    assert [each["sequence"] for each in ours] == [each["sequence"] for each in expected]
    strings = fill_mask(checkpoint, text).trace.tokens.strings[0]
    assert any(string.startswith("·") for string in strings) and "▁" not in "".join(strings)


def test_without_the_extra_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    folder = written(tmp_path, "XLM-R", "unigram")
    monkeypatch.setattr("encoder_lab.folders.is_sentencepiece_available", lambda: False)
    with pytest.raises(OSError, match=r"as a SentencePiece file alone, .* pip install 'encoder_lab\[sentencepiece\]'"):
        load("fill-mask", folder)
