"""Tiny tokenizers of each kind, made here: WordPiece, byte-level BPE, SentencePiece's Unigram and BPE."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from tests.families import byte_pairs, word_pieces

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TEXTS = (
    "The cat sat by the river bank and the dog said hello .", "Hello , hello ! A river is by the bank .",
    "Who sat on the bank ? The dog , not the cat .", "It is about animals , water or money .",
    "This example is about a cat .", "über Straße naïve café 2,850 km 日本語 한국어",
)  # fmt: skip


def sentence_pieces(model: models.Model, trainer: trainers.Trainer) -> PreTrainedTokenizerBase:
    """Train a tokenizer that marks the space before a word with "▁", as SentencePiece does."""
    made = Tokenizer(model)
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    made.train_from_iterator(TEXTS * 3, trainer)
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", cls_token="<s>", eos_token="</s>", sep_token="</s>", pad_token="<pad>",
        unk_token="<unk>", mask_token="<mask>", model_max_length=64,
    )  # fmt: skip


def unigram(folder: Path) -> PreTrainedTokenizerBase:
    """Make a SentencePiece Unigram tokenizer."""
    options = {"vocab_size": 120, "special_tokens": SPECIAL, "unk_token": "<unk>", "show_progress": False}
    return sentence_pieces(models.Unigram(), trainers.UnigramTrainer(**options))


def sentence_piece_bpe(folder: Path) -> PreTrainedTokenizerBase:
    """Make a SentencePiece BPE tokenizer that falls back to bytes."""
    bytewise = [f"<0x{number:02X}>" for number in range(256)]
    options = {"vocab_size": 450, "special_tokens": [*SPECIAL, *bytewise], "show_progress": False}
    return sentence_pieces(models.BPE(unk_token="<unk>", byte_fallback=True), trainers.BpeTrainer(**options))


TOKENIZERS: dict[str, Callable[[Path], PreTrainedTokenizerBase]] = {
    "WordPiece": word_pieces,
    "byte BPE": lambda folder: byte_pairs(),
    "Unigram": unigram,
    "SentencePiece BPE": sentence_piece_bpe,
}
# The kind that each family is trained with.
USUAL = {
    "BERT": "WordPiece", "RoBERTa": "byte BPE", "CamemBERT": "Unigram", "XLM-R": "Unigram", "XLM-R XL": "Unigram",
    "DistilBERT": "WordPiece", "ELECTRA": "WordPiece", "ELECTRA as wide": "WordPiece", "ALBERT": "Unigram",
    "ALBERT in groups": "Unigram", "MPNet": "WordPiece", "DeBERTa-v2": "SentencePiece BPE", "DeBERTa-v3": "Unigram",
    "DeBERTa without buckets": "Unigram", "DeBERTa without distances": "Unigram", "ModernBERT": "byte BPE",
    "ModernBERT by its mean": "byte BPE", "BART": "byte BPE", "mBART": "SentencePiece BPE",
}  # fmt: skip


def all_pairs() -> Iterator[tuple[str, str]]:
    """Every family with every kind of tokenizer."""
    return ((family, kind) for family in USUAL for kind in TOKENIZERS)
