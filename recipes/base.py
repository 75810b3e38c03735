"""A BERT encoder in RoBERTa's and BART's clothes: its layers, with a vector for each byte-level BPE piece."""

import torch
from torch import Tensor
from transformers import (
    BartConfig,
    BartForSequenceClassification,
    BertModel,
    BertTokenizerFast,
    RobertaConfig,
    RobertaModel,
    RobertaTokenizer,
)

from encoder_lab.grow.saving import DROPOUT

LONGEST = 512  # tokens that MiniLM has positions for
UNUSED = 2  # rows of RoBERTa's and BART's position tables before the first: they count from behind the padding id
SPECIAL = {"<s>": "[CLS]", "<pad>": "[PAD]", "</s>": "[SEP]", "<unk>": "[UNK]", "<mask>": "[MASK]"}
DECODER_LAYERS = 2


def piece_vectors(table: Tensor, word_pieces: BertTokenizerFast, tokenizer: RobertaTokenizer) -> Tensor:
    """Give each BPE piece the mean of the WordPiece vectors that spell its string.

    Args:
        table: (V, D) the WordPiece embeddings.
        word_pieces: their tokenizer.
        tokenizer: the byte-level BPE.

    Returns:
        (V', D). A piece that does not begin a word takes continuation pieces too; a byte that is no text of its
        own takes the mean of the whole table.
    """
    known = word_pieces.get_vocab()
    rows = []
    for i, piece in enumerate(tokenizer.convert_ids_to_tokens(range(len(tokenizer)))):
        if piece in SPECIAL:
            ids = [known[SPECIAL[piece]]]
        else:
            text = tokenizer.decode([i])
            bare = text.strip().lower()
            ids = word_pieces(bare, add_special_tokens=False)["input_ids"]
            if not text.startswith(" ") and f"##{bare}" in known:
                ids = [known[f"##{bare}"], *ids]
            ids = [x for x in ids if x != word_pieces.unk_token_id]
        rows.append(table[ids].mean(0) if ids else table.mean(0))
    return torch.stack(rows)


def to_roberta(old: BertModel, word_pieces: BertTokenizerFast, tokenizer: RobertaTokenizer) -> RobertaModel:
    """Make a RoBERTa encoder that computes what a BERT encoder does, but for the pieces.

    Segment vector 0 is added to the positions (RoBERTa has no segments), and these move up by two rows.
    """
    parts = old.embeddings
    positions = parts.position_embeddings.weight + parts.token_type_embeddings.weight[0]  # (512, D)
    config = RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=old.config.hidden_size, type_vocab_size=1,
        num_hidden_layers=old.config.num_hidden_layers, num_attention_heads=old.config.num_attention_heads,
        intermediate_size=old.config.intermediate_size, max_position_embeddings=len(positions) + UNUSED,
        layer_norm_eps=1e-5, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    model = RobertaModel(config, add_pooling_layer=False)
    model.encoder.load_state_dict(old.encoder.state_dict())
    model.embeddings.LayerNorm.load_state_dict(parts.LayerNorm.state_dict())
    with torch.no_grad():
        words = piece_vectors(parts.word_embeddings.weight, word_pieces, tokenizer)
        model.embeddings.word_embeddings.weight.copy_(words)
        model.embeddings.position_embeddings.weight.zero_()
        model.embeddings.position_embeddings.weight[UNUSED:] = positions
        model.embeddings.token_type_embeddings.weight.zero_()
    return model


def to_bart(base: RobertaModel, labels: tuple[str, ...]) -> BartForSequenceClassification:
    """Make a BART classifier: the same encoder, and a decoder of its last layers with cross-attention copied in.

    The decoder's cross-attention starts as a copy of the layer's self-attention, its embeddings as the encoder's.
    """
    old = base.config
    config = BartConfig(
        vocab_size=old.vocab_size, d_model=old.hidden_size, encoder_layers=old.num_hidden_layers,
        decoder_layers=DECODER_LAYERS, encoder_attention_heads=old.num_attention_heads,
        decoder_attention_heads=old.num_attention_heads, encoder_ffn_dim=old.intermediate_size,
        decoder_ffn_dim=old.intermediate_size, max_position_embeddings=old.max_position_embeddings - UNUSED,
        num_labels=len(labels), id2label=dict(enumerate(labels)),
        label2id={name: i for i, name in enumerate(labels)}, dropout=DROPOUT,
    )  # fmt: skip
    model = BartForSequenceClassification(config)
    with torch.no_grad():
        model.model.shared.weight.copy_(base.embeddings.word_embeddings.weight)
        for half in (model.model.encoder, model.model.decoder):
            half.embed_positions.weight.copy_(base.embeddings.position_embeddings.weight)
            half.layernorm_embedding.load_state_dict(base.embeddings.LayerNorm.state_dict())
    first = old.num_hidden_layers - DECODER_LAYERS
    for new, layer in zip(model.model.encoder.layers, base.encoder.layer, strict=True):
        _copy_layer(new, layer)
    for new, layer in zip(model.model.decoder.layers, base.encoder.layer[first:], strict=True):
        _copy_layer(new, layer)
        new.encoder_attn.load_state_dict(new.self_attn.state_dict())
        new.encoder_attn_layer_norm.load_state_dict(new.self_attn_layer_norm.state_dict())
    return model


def _copy_layer(new: torch.nn.Module, old: torch.nn.Module) -> None:
    """Copy a RoBERTa layer's weights into BART's names for the same parts."""
    inner, outer = old.attention.self, old.attention.output
    for ours, theirs in (
        (new.self_attn.q_proj, inner.query), (new.self_attn.k_proj, inner.key), (new.self_attn.v_proj, inner.value),
        (new.self_attn.out_proj, outer.dense), (new.self_attn_layer_norm, outer.LayerNorm),
        (new.fc1, old.intermediate.dense), (new.fc2, old.output.dense), (new.final_layer_norm, old.output.LayerNorm),
    ):  # fmt: skip
        ours.load_state_dict(theirs.state_dict())
