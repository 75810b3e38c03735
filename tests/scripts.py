"""Tiny tokenizers of every kind, and texts in scripts that they know well, hardly or not at all."""

import unicodedata

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from tests.families import byte_pairs

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
KOREAN, ENGLISH = "안녕 세계", "hello the cat"
TEXTS = {
    "Hangul": "안녕, 세계!",
    "Hangul taken apart": unicodedata.normalize("NFD", "안녕, 세!"),
    "Thai with marks": "กำลัง น้ำ",
    "Devanagari conjuncts": "क्षत्रिय",
    "Arabic": "السلام عليكم",
    "Chinese": "北京很大",
    "emoji": "👩‍🔬 👍🏽 hello",
    "accents": "Café cafe\u0301 É",
}


def _fast(tokenizer: Tokenizer) -> PreTrainedTokenizerBase:
    """Put `[CLS]` before and `[SEP]` behind, and name the special tokens."""
    ends = [(sign, tokenizer.token_to_id(sign)) for sign in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=64, **dict(zip(names, SPECIAL, strict=True))
    )


def wordpiece(*words: str, strip_accents: bool) -> PreTrainedTokenizerBase:
    """Make a lower-casing WordPiece; where accents are stripped, Hangul is taken apart into letters on the way."""
    form = "NFD" if strip_accents else "NFC"
    pieces = dict.fromkeys([*SPECIAL, *(unicodedata.normalize(form, word) for word in words)])
    model = models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]")
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=strip_accents)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return _fast(tokenizer)


def unigram(*pieces: str, byte_fallback: bool = False) -> PreTrainedTokenizerBase:
    """Make SentencePiece's Unigram: the fewer pieces, the likelier."""
    scored = [(sign, 0.0) for sign in SPECIAL]
    scored += [(sign, -9.0) for sign in (BYTES if byte_fallback else [])] + [(sign, -3.0) for sign in ("▁", *pieces)]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=1, byte_fallback=byte_fallback))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return _fast(tokenizer)


def bpe(*words: str) -> PreTrainedTokenizerBase:
    """Make SentencePiece's BPE with byte fallback, as in Llama's tokenizer: words are merged letter by letter."""
    letters = dict.fromkeys("▁" + "".join(words))
    merges = dict.fromkeys((word[:n], word[n]) for word in words for n in range(1, len(word)))
    pieces = dict.fromkeys([*SPECIAL, *BYTES, *letters, *(one + other for one, other in merges)])
    model = models.BPE({p: i for i, p in enumerate(pieces)}, list(merges), unk_token="[UNK]", byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return _fast(tokenizer)


TOKENIZERS = {  # each knows English; the second of each kind Korean too
    "byte BPE": byte_pairs,
    "WordPiece": lambda: wordpiece("hello", "the", "cat", strip_accents=True),
    "WordPiece, Korean, accents stripped": lambda: wordpiece("hello", "안녕", "세계", "하", "##ᆫ", strip_accents=True),
    "WordPiece, Korean, as KLUE's": lambda: wordpiece("hello", "안녕", "세계", strip_accents=False),
    "Unigram": lambda: unigram("▁hello", "▁the", "▁cat"),
    "Unigram, Korean": lambda: unigram("▁hello", "▁안녕", "▁세계"),
    "Unigram with byte fallback": lambda: unigram("▁hello", "▁the", "▁cat", byte_fallback=True),
    "BPE with byte fallback": lambda: bpe("▁hello", "▁the", "▁cat"),
    "BPE with byte fallback, Korean": lambda: bpe("▁hello", "▁안녕", "▁세계"),
}
