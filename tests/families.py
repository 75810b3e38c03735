"""Tiny random models and tokenizers of every family, in float64: what the stages are compared with."""

import json
from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from torch import Tensor, nn
from transformers import (
    AlbertConfig,
    AutoModelForMaskedLM,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    BartConfig,
    BartForConditionalGeneration,
    BartForSequenceClassification,
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    CamembertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    MBartConfig,
    MBartForConditionalGeneration,
    ModernBertConfig,
    MPNetConfig,
    PreTrainedTokenizerBase,
    RobertaConfig,
    RobertaForQuestionAnswering,
    RobertaForSequenceClassification,
    RobertaTokenizer,
    XLMRobertaConfig,
    XLMRobertaXLConfig,
)

# Different primes, so that a transposition cannot pass: H * K = D.
HEADS, WIDTH, FORWARD, VOCABULARY, DEPTH, LABELS = 3, 15, 23, 41, 3, 5
TEXTS, LONGEST = 2, 7
REAL = (7, 4)  # real tokens in each text; the rest is padding

# What every configuration is given; a family's line below says what it calls otherwise, and what it chooses.
ENCODER = {
    "hidden_size": 18, "num_hidden_layers": DEPTH, "num_attention_heads": HEADS, "intermediate_size": FORWARD,
    "max_position_embeddings": 64,
}  # fmt: skip
BOTH_SIDES = {
    "d_model": 18, "encoder_layers": DEPTH, "decoder_layers": 2, "encoder_attention_heads": HEADS,
    "decoder_attention_heads": HEADS, "encoder_ffn_dim": FORWARD, "decoder_ffn_dim": FORWARD + 6,
    "max_position_embeddings": 64, "scale_embedding": True,
}  # fmt: skip
DEBERTA = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 4}
MODERN = {"local_attention": 4, "global_attn_every_n_layers": 2, "norm_bias": True, "pad_token_id": 0,
          "eos_token_id": 2, "bos_token_id": 1, "cls_token_id": 1, "sep_token_id": 2}  # fmt: skip

# Every family in each of its choices; a new family is a new line.
FAMILIES = {
    "BERT": (BertConfig, ENCODER),
    "RoBERTa": (RobertaConfig, ENCODER),
    "CamemBERT": (CamembertConfig, ENCODER),
    "XLM-R": (XLMRobertaConfig, ENCODER),
    "XLM-R XL": (XLMRobertaXLConfig, ENCODER),
    "DistilBERT": (DistilBertConfig, {"dim": 18, "n_layers": DEPTH, "n_heads": HEADS, "hidden_dim": FORWARD,
                                      "max_position_embeddings": 64}),
    "ELECTRA": (ElectraConfig, ENCODER | {"embedding_size": 14}),
    "ELECTRA as wide": (ElectraConfig, ENCODER | {"embedding_size": 18}),
    "ALBERT": (AlbertConfig, ENCODER | {"embedding_size": 14}),
    "ALBERT in groups": (AlbertConfig, ENCODER | {"embedding_size": 14, "num_hidden_groups": 2, "inner_group_num": 2}),
    "MPNet": (MPNetConfig, ENCODER),
    "DeBERTa-v2": (DebertaV2Config, ENCODER | DEBERTA | {"conv_kernel_size": 3, "norm_rel_ebd": "layer_norm",
                                                         "type_vocab_size": 2, "embedding_size": 14}),
    "DeBERTa-v3": (DebertaV2Config, ENCODER | DEBERTA | {"share_att_key": True, "norm_rel_ebd": "layer_norm",
                                                         "position_biased_input": False, "legacy": False}),
    "DeBERTa without buckets": (DebertaV2Config, ENCODER | {"relative_attention": True, "pos_att_type": ["c2p"]}),
    "DeBERTa without distances": (DebertaV2Config, ENCODER),
    "ModernBERT": (ModernBertConfig, ENCODER | MODERN),
    "ModernBERT by its mean": (ModernBertConfig, ENCODER | MODERN | {"classifier_pooling": "mean", "norm_bias": False}),
    "BART": (BartConfig, BOTH_SIDES),
    "mBART": (MBartConfig, BOTH_SIDES),
}  # fmt: skip
OFTEN = ["ALBERT in groups", "DeBERTa-v2", "ModernBERT", "mBART"]  # stand for all where every family would take minutes
HEADS_OF = {
    "fill-mask": AutoModelForMaskedLM,
    "question-answering": AutoModelForQuestionAnswering,
    "text-classification": AutoModelForSequenceClassification,
}


def tiny_of(family: str, task: str, vocabulary: int = VOCABULARY, labels: int = LABELS, **options) -> nn.Module:
    """Make a random float64 model of a family, as `tiny` does."""
    torch.manual_seed(7)
    kind, sizes = FAMILIES[family]
    labels = 2 if task == "question-answering" else labels
    config = kind(**sizes | {"vocab_size": vocabulary, "num_labels": labels, "attn_implementation": "eager"} | options)
    whole = {BartConfig: BartForConditionalGeneration, MBartConfig: MBartForConditionalGeneration}
    if task == "fill-mask" and kind in whole:
        model = whole[kind](config)
    else:
        model = HEADS_OF["text-classification" if "zero" in task else task].from_config(
            config, attn_implementation="eager"
        )
    return _noisy(model)


def _noisy(model: nn.Module) -> nn.Module:
    """Put noise on every weight, on norms and biases too: an unused one must show."""
    model = model.double().eval().requires_grad_(False)
    for parameter in model.parameters():
        parameter.add_(0.3 * torch.randn_like(parameter))
    return model


def tiny(
    architecture: type[nn.Module], vocabulary: int = VOCABULARY, attention: str = "eager", labels: int = LABELS
) -> nn.Module:
    """Make a random float64 model with norms, biases and embeddings that are far from their tidy defaults."""
    torch.manual_seed(7)
    shared = {"vocab_size": vocabulary, "num_labels": labels, "attn_implementation": attention}
    if architecture is BartForSequenceClassification:
        config = BartConfig(
            d_model=WIDTH, encoder_layers=DEPTH, decoder_layers=2, encoder_attention_heads=HEADS,
            decoder_attention_heads=HEADS, encoder_ffn_dim=FORWARD, decoder_ffn_dim=FORWARD + 6,
            max_position_embeddings=64, scale_embedding=True, **shared,
        )  # fmt: skip
    else:
        kind = BertConfig if architecture is BertForMaskedLM else RobertaConfig
        config = kind(
            hidden_size=WIDTH, num_hidden_layers=DEPTH, num_attention_heads=HEADS, intermediate_size=FORWARD,
            max_position_embeddings=64, layer_norm_eps=1e-3, **shared,
        )  # fmt: skip
        if architecture is RobertaForQuestionAnswering:
            config.num_labels = 2
    return _noisy(architecture(config))


def batch(model: nn.Module) -> tuple[Tensor, Tensor]:
    """Make token ids and their mask, (B, T) each, with padding in the second text and one `</s>` at the end."""
    config = model.config
    ids = torch.randint(5, VOCABULARY, (TEXTS, LONGEST), generator=torch.Generator().manual_seed(3))
    mask = torch.tensor([[1] * n + [0] * (LONGEST - n) for n in REAL])
    ids[mask == 0] = config.pad_token_id
    if config.eos_token_id is not None:
        ids[range(TEXTS), torch.tensor(REAL) - 1] = config.eos_token_id
    return ids, mask


HEADED = {
    "fill-mask": BertForMaskedLM,
    "question-answering": RobertaForQuestionAnswering,
    "text-classification": RobertaForSequenceClassification,
    "zero-shot-classification": BartForSequenceClassification,
}


def word_pieces(folder: Path) -> PreTrainedTokenizerBase:
    """Make a WordPiece tokenizer of 41 pieces."""
    words = "the a cat dog bank river sat on by say hello ? ! . ,".split()
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *"bcdehlort", *(f"##{c}" for c in "abcdeilnorst")]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    assert len(pieces) == VOCABULARY
    return BertTokenizer(str(folder / "vocab.txt"), model_max_length=32)


def byte_pairs() -> PreTrainedTokenizerBase:
    """Make a byte-level BPE tokenizer of RoBERTa's kind, with all 256 bytes."""
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(
        ["the cat sat by the river bank, hello hello the dog"] * 3, 300, min_frequency=2, show_progress=False,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
    )  # fmt: skip
    parts = json.loads(bpe.to_str())["model"]
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in parts["merges"]]
    return RobertaTokenizer(vocab=parts["vocab"], merges=merges, model_max_length=32)


def save_tiny(folder: Path, task: str) -> Path:
    """Write a tiny checkpoint of `task` as an ordinary `transformers` folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = word_pieces(folder) if task == "fill-mask" else byte_pairs()
    tokenizer.save_pretrained(folder)
    tiny(HEADED[task], len(tokenizer)).float().save_pretrained(folder)
    return folder
