"""The recipe of the bundled fill-mask checkpoint: MiniLM, a trimmed vocabulary, masked-language modelling.

    python -m recipes.fill_mask --data FOLDER --work FOLDER

Cut off at any moment, the same command goes on from the last save. The card's figures come from `--evaluate`.
"""

import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertConfig, BertForMaskedLM, BertModel, BertTokenizerFast

from encoder_lab.checkpoints import load
from encoder_lab.grow import masked_lm
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import save
from encoder_lab.tokens import pad
from recipes import corpus
from recipes.command import parse, recipe_parser
from recipes.loop import train
from recipes.originals import beside_original
from recipes.vocabulary import SPECIAL, count_pieces, trim_vocabulary
from recipes.warm_start import MINILM, fetch

SEED = 20
VOCABULARY = 13_400  # pieces kept of 30,522: as many as fit in 32 MiB beside six layers of 384
LONGEST = 128  # ids in a training example, [CLS] and [SEP] included
BATCH_TOKENS = 2_048  # ids in a batch, padding included
STEPS = 4_800
RATE = 4e-4


def build_tokenizer(minilm: Path, lines: list[str], folder: Path) -> BertTokenizerFast:
    """Trim MiniLM's vocabulary to the pieces that `lines` use most and save the tokenizer in `folder`."""
    full = BertTokenizerFast(str(minilm / "vocab.txt"), do_lower_case=True)
    pieces = trim_vocabulary(full.get_vocab(), count_pieces(full, lines), VOCABULARY)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True, model_max_length=512)
    tokenizer.save_pretrained(folder)
    return tokenizer


def build_model(minilm: Path, tokenizer: BertTokenizerFast, use: Tensor) -> BertForMaskedLM:
    """Give MiniLM a masked-LM head and the trimmed vocabulary.

    Args:
        minilm: the folder of the warm start.
        tokenizer: the trimmed one; a piece keeps the vector it had under its old id.
        use: (V,) how often each piece occurs in our text; the head's bias starts at its log-frequency.
    """
    old = BertModel.from_pretrained(minilm, add_pooling_layer=False)
    old_ids = (minilm / "vocab.txt").read_text(encoding="utf-8").splitlines()
    where = {piece: i for i, piece in enumerate(old_ids)}
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    config = BertConfig.from_pretrained(minilm, vocab_size=len(pieces), attn_implementation="eager")
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0  # hardly a text is read twice
    torch.manual_seed(SEED)
    model = BertForMaskedLM(config)
    weights = old.state_dict()
    words = "embeddings.word_embeddings.weight"
    weights[words] = weights[words][[where[piece] for piece in pieces]]
    model.bert.load_state_dict(weights)
    with torch.no_grad():
        model.cls.predictions.bias.copy_(((use + 1) / (use + 1).sum()).log())
    return model


def prepare(tokenizer: BertTokenizerFast, lines: dict[str, list[str]]) -> dict[str, list[list[int]]]:
    """Tokenize each source and cut it into examples with [CLS] and [SEP] around them."""
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    examples = {}
    for source in corpus.SOURCES:
        ids = tokenizer(lines[source.name], add_special_tokens=False, verbose=False)["input_ids"]
        packed = masked_lm.pack(ids, LONGEST - 2, source.running)
        examples[source.name] = [[first, *x, last] for x in packed]
    return examples


def make_loss(
    model: BertForMaskedLM, tokenizer: BertTokenizerFast, examples: list[list[int]]
) -> Callable[[int], Tensor]:
    """Return step -> loss: batches in an order, and masks, that depend on the step alone."""
    lengths = [len(x) for x in examples]
    epochs: dict[int, list[list[int]]] = {}
    per_epoch = len(plan_batches(lengths, BATCH_TOKENS, SEED))

    def loss_at(step: int) -> Tensor:
        epoch, at = divmod(step, per_epoch)
        if epoch not in epochs:
            epochs.clear()
            epochs[epoch] = plan_batches(lengths, BATCH_TOKENS, SEED + epoch)
        numbers = epochs[epoch][at % len(epochs[epoch])]
        ids, mask = pad([examples[i] for i in numbers], tokenizer.pad_token_id)
        special = ids < len(SPECIAL)
        draw = torch.Generator().manual_seed(SEED * 1_000_003 + step)
        inputs, labels = masked_lm.hide(ids, special, tokenizer.mask_token_id, len(tokenizer), draw)
        guessed = labels != masked_lm.IGNORED
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.bert(inputs, attention_mask=mask).last_hidden_state
            logits = model.cls(hidden[guessed])  # the head only where it is asked
        return torch.nn.functional.cross_entropy(logits.float(), labels[guessed])

    return loss_at


@torch.inference_mode()
def evaluate(
    model: BertForMaskedLM, tokenizer: BertTokenizerFast, held_out: dict[str, list[str]]
) -> dict[str, tuple[int, int, int, float]]:
    """Guess 15 % of the held-out tokens, each behind [MASK].

    Returns:
        source -> (tokens guessed, top-1 right, top-5 right, sum of -log probabilities).
    """
    figures = {}
    for name, examples in prepare(tokenizer, held_out).items():
        draw = torch.Generator().manual_seed(SEED)
        count, first, five, cost = 0, 0, 0, 0.0
        for batch in plan_batches([len(x) for x in examples], BATCH_TOKENS, SEED):
            ids, mask = pad([examples[i] for i in batch], tokenizer.pad_token_id)
            chosen = masked_lm.choose(ids, ids < len(SPECIAL), draw)
            inputs = torch.where(chosen, tokenizer.mask_token_id, ids)
            hidden = model.bert(inputs, attention_mask=mask).last_hidden_state
            log_probabilities = model.cls(hidden[chosen]).log_softmax(-1)  # (N, V)
            right = log_probabilities.topk(5).indices == ids[chosen][:, None]
            count += len(right)
            first += int(right[:, 0].sum())
            five += int(right.sum())
            cost -= float(log_probabilities.gather(1, ids[chosen][:, None]).sum())
        figures[name] = (count, first, five, cost)
    return figures


def report(figures: dict[str, tuple[int, int, int, float]]) -> str:
    """Lay the figures out as the model card's table."""
    modern = {s.name for s in corpus.SOURCES if s.modern}
    rows = dict(figures)
    rows["**all modern sources**"] = tuple(map(sum, zip(*(figures[n] for n in figures if n in modern), strict=True)))
    rows["**all sources**"] = tuple(map(sum, zip(*figures.values(), strict=True)))
    table = ["| held-out text | tokens guessed | top-1 | top-5 | perplexity |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, (count, first, five, cost) in rows.items():
        shares = f"{first / count:.3f} | {five / count:.3f} | {math.exp(cost / count):.1f}"
        table.append(f"| {name} | {count:,} | {shares} |")
    return "\n".join(table)


def main() -> None:
    """Train, save and evaluate; see the module's first lines."""
    parser = recipe_parser(__doc__, "fill-mask")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parse(parser)

    training, held_out = corpus.load_corpus(arguments.data)
    if not arguments.evaluate:
        minilm = fetch(MINILM, arguments.work / "minilm")
        tokenizer = build_tokenizer(minilm, [line for lines in training.values() for line in lines], arguments.out)
        examples = prepare(tokenizer, training)
        use = torch.zeros(len(tokenizer))
        for some in examples.values():
            use += torch.bincount(torch.tensor([i for x in some for i in x]), minlength=len(tokenizer))
        use[: len(SPECIAL)] = 0  # never guessed
        model = build_model(minilm, tokenizer, use)
        every = [x for s in corpus.SOURCES for x in examples[s.name] * s.passes]
        print(f"{len(every):,} examples, {sum(map(len, every)):,} ids in an epoch")
        loss_at = make_loss(model, tokenizer, every)
        train(model, loss_at, steps=arguments.steps, rate=RATE, folder=arguments.work / "fill_mask")
        save(model, tokenizer, arguments.out)
    checkpoint = load("fill-mask", arguments.out)
    print(report(evaluate(checkpoint.model, checkpoint.tokenizer, held_out)), "", beside_original(checkpoint), sep="\n")


if __name__ == "__main__":
    main()
