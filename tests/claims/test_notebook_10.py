"""What notebook 10 says of the changes since BERT; each docstring names the cell that says it."""

import math
from dataclasses import replace

import pytest
import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

from encoder_lab import Checkpoint, embed, encoder_layer, fill_mask, layer_parts, load, masked_lm_head, tokenize, trace
from encoder_lab.families import family_of
from encoder_lab.layers import Stack, relative_bias
from tests.families import word_pieces

SIZES = {
    "vocab_size": 41, "hidden_size": 24, "num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 36,
    "max_position_embeddings": 64, "initializer_range": 0.3, "pad_token_id": 0,
}  # fmt: skip
SPECIAL = {"bos_token_id": 2, "cls_token_id": 2, "eos_token_id": 3, "sep_token_id": 3}
APART = {
    "relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_buckets": 8, "share_att_key": True,
    "norm_rel_ebd": "layer_norm", "position_biased_input": False, "type_vocab_size": 0,
}  # fmt: skip
IDS = torch.arange(5, 29)[None]


def made(kind, **options):
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(**SIZES | options)
    model = transformers.AutoModel.from_config(config, attn_implementation="eager")
    return model.eval().requires_grad_(False)


def multiplications(model, ids=IDS):
    with FlopCounterMode(display=False) as counted:
        model(ids)
    return counted.get_total_flops() // 2


def weights(model):
    return sum(p.numel() for p in model.parameters())


@pytest.fixture(scope="module")
def ck():
    return load("fill-mask", "bundled")


@pytest.mark.parametrize("depth", [2, 4, 7])
def test_a_shared_layer_saves_weights_and_no_work(depth):
    """10-14: "None: it even adds a few", those that make narrow words wide; 10-12: the lower line is flat."""
    bert, albert = made("Bert", num_hidden_layers=depth), made("Albert", embedding_size=10, num_hidden_layers=depth)
    assert multiplications(albert) - multiplications(bert) == IDS.numel() * 10 * 24
    assert weights(albert) == weights(made("Albert", embedding_size=10, num_hidden_layers=1))


def test_narrow_words_spread_in_few_directions():
    """10-18: both are one less than the numbers a word has, since LayerNorm takes the mean away."""
    for kind, width in (("Bert", 24), ("Albert", 10)):
        model = made(kind, embedding_size=10)
        words = embed(model, torch.arange(41)[:, None], torch.zeros(41, 1, dtype=torch.long)).output[:, 0]
        assert words.shape[-1] == 24
        assert torch.linalg.matrix_rank(words - words.mean(dim=0), rtol=1e-4) == width - 1


def test_half_a_model_that_was_not_trained_anew_loses_most_first_choices(ck):
    """10-22: layers that were trained with others between them do not fit together without them."""
    texts = [
        "Paris is the capital of [MASK].", "The dogs in the garden [MASK] very old.", "One, two, [MASK], four.",
        "Hello, Mr. Bert! How is it going [MASK]", "The cat sat on the [MASK].", "She drank a cup of [MASK].",
        "I have never [MASK] to London.", "My brother and my sister [MASK] here.", "It is cold in [MASK].",
        "He opened the door and went into the [MASK].", "Thank you very [MASK].", "What is your [MASK]?",
    ]  # fmt: skip
    kept = 0
    for found in fill_mask(ck, texts, top_k=1):
        stack, x = Stack(ck.model, "encoder", found.trace.tokens.mask), found.trace.embeddings.output
        for number in range(0, len(stack), 2):
            x = stack.layer(number, x).output
        best = masked_lm_head(x[0, found.positions[0]], ck.model).logits.argmax().item()
        kept += best == found.choices[0][0].token_id
    assert kept <= len(texts) / 3


def test_an_electra_is_a_bert_without_pooler():
    """10-36: "Only BERT's pooler"."""
    bert, electra = made("Bert"), made("Electra", embedding_size=24)
    assert set(bert.state_dict()) - set(electra.state_dict()) == {"pooler.dense.weight", "pooler.dense.bias"}
    assert set(electra.state_dict()) <= set(bert.state_dict())
    electra.load_state_dict(bert.state_dict(), strict=False)
    torch.testing.assert_close(electra(IDS).last_hidden_state, bert(IDS).last_hidden_state)


def test_this_vocabulary_does_not_know_other_scripts(ck):
    """10-38: "[UNK] is where reading ends"."""
    for text in ("Я люблю кошек", "私は猫が好きです", "나는 고양이를 좋아해요"):
        assert set(tokenize(ck.tokenizer, text).strings[0]) == {"[CLS]", "[UNK]", "[SEP]"}


def test_distances_share_a_number_from_eight_on_and_all_from_91():
    """10-48: up to 8 places each distance has its own number, and everything from 91 on is far away."""
    added = relative_bias(1001, torch.arange(32.0)[:, None])[0, 0, 500].tolist()
    for side in (added[500:], added[500::-1]):  # to the right, to the left
        assert len(set(side[:9])) == 9 and len(set(side[91:])) == 1 and side[90] != side[91]


def test_one_table_of_biases_serves_all_layers_and_matters():
    """10-48: "Each layer of MPNet uses the same table"; 10-02: a wrong formula would show."""
    mpnet = made("MPNet")
    tables = [name for name in mpnet.state_dict() if "relative" in name]
    before = mpnet(IDS).last_hidden_state
    mpnet.encoder.relative_attention_bias.weight.zero_()
    assert len(tables) == 1
    assert (mpnet(IDS).last_hidden_state - before).abs().max() > 0.01  # `beside` allows 1e-5


def test_the_content_term_knows_nothing_of_order(tmp_path):
    """10-54: "the content term is the same, wherever the two words stand", and the whole score is not."""
    deberta = Checkpoint.of(None, made("DebertaV2", **APART), word_pieces(tmp_path))
    found = []
    for text in ("the cat sat by the river", "the river sat by the cat"):
        seen = trace(deberta, text)
        cat, river = (seen.tokens.strings[0].index(word) for word in ("cat", "river"))
        layer = seen.layers[0].attention
        found.append((layer.query[0, :, cat] * layer.key[0, :, river], layer.scores[0, :, cat, river]))
    (content, score), (other_content, other_score) = found
    torch.testing.assert_close(content, other_content)
    assert (score - other_score).abs().max() > 0.01


def test_two_more_terms_are_few_weights_and_not_little_work():
    """10-56: "Few weights, but not little work"."""
    bert, deberta = made("Bert"), made("DebertaV2", **APART)
    assert weights(deberta) < weights(bert)  # no position vectors, no segments, no pooler
    assert multiplications(deberta) > 1.1 * multiplications(bert)


@pytest.mark.parametrize("kind", ["ModernBert", "Bert", "MPNet"])
def test_words_in_front_leave_rotary_scores_as_they_are(kind):
    """10-112: with rotary positions alone the first layer's scores know nothing of what is in front."""
    options = SPECIAL | {"global_attn_every_n_layers": 1} if kind == "ModernBert" else {}
    model, states = made(kind, **options), []
    for ids in (IDS[:, 5:], IDS):
        x, mask = embed(model, ids, torch.zeros_like(ids)).output, torch.ones_like(ids)
        states.append(Stack(model, "encoder", mask).layer(0, x).attention.scores[..., -19:, -19:])
    same = torch.allclose(*states, atol=1e-5)
    assert same == (kind == "ModernBert")


@pytest.mark.parametrize("seed", range(3))
def test_pre_norm_states_grow_and_post_norm_states_do_not(seed):
    """10-70: post-norm cuts every hidden state back to the root of its width; with pre-norm it grows."""
    for first in (False, True):
        *states, _ = through(20, seed, first)
        lengths = [state.norm(dim=-1).mean().item() for state in states]
        if first:
            assert all(b > a for a, b in zip(lengths, lengths[5:], strict=False)) and lengths[-1] > 2 * lengths[0]
        else:
            assert all(math.isclose(length, 8, rel_tol=1e-3) for length in lengths)


def test_the_last_layers_gradient_shrinks_with_depth_in_pre_norm_alone():
    """10-72: the first column stays about the same, the second falls like 1 over the root of the layers."""
    found = {first: [] for first in (False, True)}
    for depth in (2, 8, 32):
        for first, sizes in found.items():
            sizes.append(sum(through(depth, seed, first)[-1] for seed in range(2)) / 2)
    for a, b in zip(found[False], found[False][1:], strict=False):
        assert 0.8 < a / b < 1.25
    for a, b in zip(found[True], found[True][1:], strict=False):
        assert 1.7 < a / b < 2.4  # four times as deep


def through(depth, seed, first):
    """Give every hidden state of a random BERT, and how large the gradient of its last layer is."""
    torch.manual_seed(seed)
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=64, num_hidden_layers=depth, num_attention_heads=4, intermediate_size=256,
        initializer_range=64**-0.5,
    )  # fmt: skip
    model = transformers.BertModel(config).eval()
    x, aim = torch.nn.functional.layer_norm(torch.randn(2, 1, 16, 64), (64,))
    states = []
    for number in range(depth):
        parts = replace(layer_parts(model, number), norm_first=first)
        x = encoder_layer(x, parts, bias=torch.zeros(1)).output
        states.append(x.detach())
    x = torch.nn.functional.layer_norm(x, (64,)) if first else x
    (x - aim).square().mean().backward()
    return *states, layer_parts(model, depth - 1).narrow.weight.grad.norm().item()


def test_which_families_are_pre_norm():
    """10-72: "XLM-R's large successors, mBART and ModernBERT are pre-norm; all other encoders are post-norm"."""
    first = {"XLMRobertaXL", "MBart", "ModernBert"}
    for kind in first | {"Bert", "Albert", "DistilBert", "Electra", "XLMRoberta", "MPNet", "DebertaV2"}:
        config = getattr(transformers, f"{kind}Config")()
        assert family_of(config).encoder.norm_first == (kind in first), kind


def test_windows_save_no_work_here():
    """10-82: every score is worked out first and shut afterwards."""
    options = SPECIAL | {"local_attention": 4}
    local, everywhere = (made("ModernBert", **options, global_attn_every_n_layers=n) for n in (4, 1))
    assert multiplications(local) == multiplications(everywhere)
    assert not torch.allclose(local(IDS).last_hidden_state, everywhere(IDS).last_hidden_state, atol=1e-2)


def test_modernberts_own_sizes():
    """10-78: 22 layers, every third one global, the others with a reach of 64; 8,192 tokens."""
    config = transformers.ModernBertConfig()
    windows = family_of(config).encoder.windows
    assert len(windows) == 22 and config.max_position_embeddings == 8192
    assert all(window == (None if number % 3 == 0 else 64) for number, window in enumerate(windows))


def test_what_training_keeps_is_not_shared():
    """10-108: ALBERT has the smallest file, and the memory for training does not follow."""
    kept = {}
    for kind in ("Bert", "Albert"):
        model, seen = made(kind, embedding_size=24, hidden_act="gelu").requires_grad_(True), {}
        own = {p.untyped_storage().data_ptr() for p in model.parameters()}
        keep = lambda x, seen=seen: seen.setdefault(x.untyped_storage().data_ptr(), x)  # noqa: E731
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
            model(IDS)
        kept[kind] = sum(x.untyped_storage().nbytes() for at, x in seen.items() if at not in own)
    assert 0.95 < kept["Albert"] / kept["Bert"] < 1.05
