"""Tiny random models and tokenizers of every family, in float64: what the stages are compared with."""

import json
from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from torch import Tensor, nn
from transformers import (
    BartConfig,
    BartForSequenceClassification,
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    PreTrainedTokenizerBase,
    RobertaConfig,
    RobertaForQuestionAnswering,
    RobertaForSequenceClassification,
    RobertaTokenizer,
)

# Different primes, so that a transposition cannot pass: H * K = D.
HEADS, WIDTH, FORWARD, VOCABULARY, DEPTH, LABELS = 3, 15, 23, 41, 3, 5
TEXTS, LONGEST = 2, 7
REAL = (7, 4)  # real tokens in each text; the rest is padding


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
    model = architecture(config).double().eval().requires_grad_(False)
    for parameter in model.parameters():  # noise on norms and biases too: an unused one must show
        parameter.add_(0.3 * torch.randn_like(parameter))
    return model


def batch(model: nn.Module) -> tuple[Tensor, Tensor]:
    """Make token ids and their mask, (B, T) each, with padding in the second text and one `</s>` at the end."""
    config = model.config
    ids = torch.randint(5, VOCABULARY, (TEXTS, LONGEST), generator=torch.Generator().manual_seed(3))
    mask = torch.tensor([[1] * n + [0] * (LONGEST - n) for n in REAL])
    ids[mask == 0] = config.pad_token_id
    if config.eos_token_id is not None:
        ids[range(TEXTS), torch.tensor(REAL) - 1] = config.eos_token_id
    return ids, mask


ENCODERS = {
    "BERT": BertForMaskedLM,
    "RoBERTa": RobertaForSequenceClassification,
    "BART": BartForSequenceClassification,
}
HEADED = {
    "fill-mask": BertForMaskedLM,
    "question-answering": RobertaForQuestionAnswering,
    "text-classification": RobertaForSequenceClassification,
    "zero-shot-classification": BartForSequenceClassification,
}


def encoder_modules(model: nn.Module) -> tuple[nn.Module, nn.ModuleList]:
    """Return a model's encoder (the part that takes ids) and its layers."""
    base = model.base_model
    return (base.encoder, base.encoder.layers) if model.config.is_encoder_decoder else (base, base.encoder.layer)


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
