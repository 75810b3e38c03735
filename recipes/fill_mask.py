"""The recipe of the bundled fill-mask checkpoint: MiniLM, a trimmed vocabulary, masked-language modelling.

    python -m recipes.fill_mask --data FOLDER --work FOLDER

First MiniLM learns alone, then MPNet learns the same task, then MiniLM learns from the text and from what MPNet would
put. Cut off at any moment, the same command goes on from the last save; `--prepare` stops before the training, so that
this can go on elsewhere with the work folder alone. The card's figures come from `--evaluate`.
"""

import copy
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cosine_similarity, cross_entropy, kl_div
from transformers import BertConfig, BertForMaskedLM, BertModel, BertTokenizerFast, MPNetForMaskedLM

from encoder_lab.checkpoints import BUNDLED, load
from encoder_lab.grow import masked_lm
from encoder_lab.grow.batches import plan_batches
from encoder_lab.grow.saving import save
from recipes import corpus, teacher
from recipes.command import parse, recipe_parser
from recipes.loop import train
from recipes.nli_data import load_nli
from recipes.originals import beside_original
from recipes.qa_data import load_squad
from recipes.rows import Rows, load_rows, save_rows
from recipes.vocabulary import SPECIAL
from recipes.warm_start import MINILM, fetch

SEED = 20
LONGEST = 128  # ids in a training example, [CLS] and [SEP] included
BATCH_TOKENS = 32_768  # ids in a batch, padding included
ALONE, TAUGHT, TEACHERS = 2_500, 5_000, 1_000  # steps: of the student alone and taught, and of the teacher
RATE, TEACHER_RATE = 6e-4, 1e-4
TEACHER_SHARE = 0.7  # of the loss over hidden words; the rest is the text's own word
KEPT_SHARE = 0.5  # weight of the angle between the text's vector and the one that MiniLM gives it
PASSES = {"nli": 1} | {source.name: source.passes for source in corpus.SOURCES}
WARM, TAUGHT_FOLDER, ROWS = "minilm.safetensors", "fill_mask", "fill_mask.npz"


def load_tokenizer() -> BertTokenizerFast:
    """Read the trimmed vocabulary, which `recipes.vocabulary` once made, from the bundled folder."""
    return BertTokenizerFast.from_pretrained(BUNDLED / "fill-mask")


def prepare(data: Path, work: Path) -> None:
    """Write what training needs into `work`: the examples, MiniLM with the trimmed vocabulary, MPNet."""
    tokenizer = load_tokenizer()
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    teacher.pack(work, pieces)
    if not (work / WARM).is_file():
        folder = fetch(MINILM, work / "minilm")
        weights = load_file(folder / "model.safetensors")
        old = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        where = {piece: i for i, piece in enumerate(old)}
        table = "embeddings.word_embeddings.weight"
        weights[table] = weights[table][[where[piece] for piece in pieces]]
        kept = {n: v.half() for n, v in weights.items() if not n.startswith("pooler.") and "position_ids" not in n}
        save_file(kept, work / WARM)
    if (work / ROWS).is_file():
        return
    parts = dict(zip(("training", "choice", "test"), corpus.load_corpus(data), strict=True))
    articles, choice, test = load_squad(data)
    kept_out = {" ".join(q.context.split()) for q in (*choice, *test)}
    parts["training"]["squad_paragraphs"] = [x for x in parts["training"]["squad_paragraphs"] if x not in kept_out]
    pairs, _, _ = load_nli(data)
    parts["training"]["nli"] = list(dict.fromkeys(text for pair in pairs for text in (pair.premise, pair.hypothesis)))
    running = {source.name for source in corpus.SOURCES if source.running}
    rows = {}
    for part, sources in parts.items():
        for name, lines in sources.items():
            ids = tokenizer(lines, add_special_tokens=False, verbose=False)["input_ids"]
            packed = masked_lm.pack(ids, LONGEST - 2, name in running)
            rows[f"{part}.{name}"] = Rows.of([[tokenizer.cls_token_id, *x, tokenizer.sep_token_id] for x in packed])
    save_rows(work / ROWS, **rows)


def load_examples(work: Path, part: str) -> dict[str, Rows]:
    """Read the examples of a part, by source."""
    rows = load_rows(work / ROWS)
    return {name.partition(".")[2]: each for name, each in rows.items() if name.startswith(f"{part}.")}


def build_student(work: Path, use: Tensor) -> BertForMaskedLM:
    """Give MiniLM a masked-LM head.

    Args:
        work: holds MiniLM with the trimmed vocabulary.
        use: (V,) how often each piece occurs in the training text; the head's bias starts at its log-frequency.
    """
    config = BertConfig(
        vocab_size=len(use), hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    torch.manual_seed(SEED)
    model = BertForMaskedLM(config)
    model.bert.load_state_dict({name: value.float() for name, value in load_file(work / WARM).items()})
    with torch.no_grad():
        model.cls.predictions.bias.copy_(log_frequency(use))
    return model


def build_teacher(work: Path, use: Tensor) -> MPNetForMaskedLM:
    """Give MPNet a masked-LM head; the bias as in `build_student`."""
    base = teacher.unpack(work)
    torch.manual_seed(SEED)
    model = MPNetForMaskedLM(base.config)
    model.mpnet.load_state_dict(base.state_dict())
    with torch.no_grad():
        model.lm_head.bias.copy_(log_frequency(use))
        model.lm_head.decoder.bias = model.lm_head.bias
    return model


def log_frequency(use: Tensor) -> Tensor:
    """Give each piece the logarithm of its share of the text, (V,)."""
    return ((use + 1) / (use + 1).sum()).log()


def student_reads(model: BertForMaskedLM, ids: Tensor, mask: Tensor, at: Tensor) -> tuple[Tensor, Tensor]:
    """Read a batch.

    Returns:
        ((N, V) the logits where `at`, (B, T) of bool, asks for them; (B, D) the mean of each text's states).
    """
    states = model.bert(ids, attention_mask=mask).last_hidden_state
    return model.cls(states[at]), teacher.mean(states, mask)


def teacher_reads(model: MPNetForMaskedLM, ids: Tensor, mask: Tensor, at: Tensor) -> tuple[Tensor, Tensor]:
    """Read a batch with the teacher; returns as `student_reads`."""
    states = teacher.read(model.mpnet, ids, mask)
    return model.lm_head(states[at]), teacher.mean(states, mask)


def whole_words(chosen: Tensor, goes_on: Tensor) -> Tensor:
    """Let every piece share the fate of its word's first one, in every second text.

    Args:
        chosen: (B, T) of bool, drawn for each piece.
        goes_on: (B, T) of bool, True for a piece that goes on with a word.
    """
    places = torch.arange(chosen.shape[1], device=chosen.device).expand_as(chosen)
    first = torch.where(goes_on, -1, places).cummax(1).values.clamp(min=0)
    spread = chosen.gather(1, first)
    return torch.where(torch.arange(len(chosen), device=chosen.device)[:, None] % 2 == 0, spread, chosen)


def make_loss(
    reads: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]],
    tokenizer: BertTokenizerFast,
    examples: dict[str, Rows],
    device: torch.device,
    taught_by: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    like: BertModel | None = None,
) -> Callable[[int], Tensor]:
    """Return step -> loss: batches in an order, and masks, that depend on the step alone.

    Args:
        reads: (ids, mask, where) -> the learner's logits where something is hidden, and the texts' vectors.
        tokenizer: tells which ids are special and which go on with a word.
        examples: by source; `PASSES` says how often an epoch reads each.
        device: where the learner is.
        taught_by: the same of a teacher; its probabilities make up `TEACHER_SHARE` of the loss over hidden words.
        like: gives the vectors that the texts should keep, with nothing hidden.
    """
    flat = torch.cat([examples[name].flat for name in examples for _ in range(PASSES[name])])
    lengths = torch.cat([examples[name].lengths for name in examples for _ in range(PASSES[name])])
    every, sizes = Rows(flat, lengths).to(device), lengths.tolist()
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    continues = torch.tensor([piece.startswith("##") for piece in pieces], device=device)
    plans: dict[int, list[list[int]]] = {0: plan_batches(sizes, BATCH_TOKENS, SEED)}
    per_epoch = len(plans[0])

    def loss_at(step: int) -> Tensor:
        epoch, at = divmod(step, per_epoch)
        if epoch not in plans:
            plans.clear()
            plans[epoch] = plan_batches(sizes, BATCH_TOKENS, SEED + epoch)
        ids, mask = every.batch(plans[epoch][at % len(plans[epoch])], tokenizer.pad_token_id)
        draw = torch.Generator(device).manual_seed(SEED * 1_000_003 + step)
        special = ids < len(SPECIAL)
        chosen = whole_words(masked_lm.choose(ids, special, draw), continues[ids]) & ~special
        inputs = masked_lm.disguise(ids, chosen, tokenizer.mask_token_id, len(tokenizer), draw)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits, vectors = reads(inputs, mask, chosen)
            with torch.no_grad():
                wanted = None if taught_by is None else taught_by(inputs, mask, chosen)[0].float().softmax(-1)
                kept = None if like is None else teacher.mean(like(ids, attention_mask=mask).last_hidden_state, mask)
        loss = cross_entropy(logits.float(), ids[chosen])
        if wanted is not None:
            taught = kl_div(logits.float().log_softmax(-1), wanted, reduction="batchmean")
            loss = TEACHER_SHARE * taught + (1 - TEACHER_SHARE) * loss
        if kept is not None:
            loss = loss + KEPT_SHARE * (1 - cosine_similarity(vectors.float(), kept.float(), dim=-1).mean())
        return loss

    return loss_at


def pieces_used(examples: dict[str, Rows], size: int) -> Tensor:
    """Count how often each piece occurs; the special ones, which are never guessed, count 0."""
    use = sum(torch.bincount(rows.flat.long(), minlength=size) for rows in examples.values())
    use[: len(SPECIAL)] = 0
    return use


def train_all(
    work: Path, out: Path, device: torch.device, seconds: Callable[[str], float | None] = lambda stage: None
) -> None:
    """Train student, teacher and student again; see the module's first lines.

    Args:
        work: what `prepare` has filled.
        out: where the checkpoint is written.
        device: where to train.
        seconds: stage -> the time it may take, where that is short.
    """
    tokenizer, examples = load_tokenizer(), load_examples(work, "training")
    use = pieces_used(examples, len(tokenizer))
    student = build_student(work, use).to(device)
    like = copy.deepcopy(student.bert).eval()
    reads = partial(student_reads, student)
    loss_at = make_loss(reads, tokenizer, examples, device, like=like)
    train(student, loss_at, steps=ALONE, rate=RATE, folder=work / "fill_mask_alone", seconds=seconds("alone"))
    master = train_teacher(work, device, seconds("fill-mask teacher"))
    loss_at = make_loss(reads, tokenizer, examples, device, partial(teacher_reads, master), like)
    folder = work / "fill_mask_taught"
    train(student, loss_at, steps=TAUGHT, rate=RATE, folder=folder, decay=0.5, seconds=seconds("taught"))
    save(student.cpu(), tokenizer, out)


def train_teacher(work: Path, device: torch.device, seconds: float | None) -> MPNetForMaskedLM:
    """Teach MPNet to fill masks; it stays in `work`, for the other recipes to go on with."""
    tokenizer, examples = load_tokenizer(), load_examples(work, "training")
    master = build_teacher(work, pieces_used(examples, len(tokenizer))).to(device)
    loss_at = make_loss(partial(teacher_reads, master), tokenizer, examples, device)
    folder = work / "fill_mask_teacher"
    train(master, loss_at, steps=TEACHERS, rate=TEACHER_RATE, folder=folder, warmup=60, decay=0.6, seconds=seconds)
    return copy.deepcopy(master).bfloat16()


@torch.inference_mode()
def evaluate(
    reads: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]],
    tokenizer: BertTokenizerFast,
    kept_out: dict[str, Rows],
    device: torch.device,
) -> dict[str, tuple[int, int, int, float]]:
    """Guess 15 % of the tokens of text kept out, each behind [MASK].

    Returns:
        source -> (tokens guessed, top-1 right, top-5 right, sum of -log probabilities).
    """
    figures = {}
    for name, rows in kept_out.items():
        draw = torch.Generator().manual_seed(SEED)
        count, first, five, cost = 0, 0, 0, 0.0
        for batch in plan_batches(rows.sizes, 2_048, SEED):
            ids, mask = rows.batch(batch, tokenizer.pad_token_id)
            chosen = masked_lm.choose(ids, ids < len(SPECIAL), draw)
            inputs = torch.where(chosen, tokenizer.mask_token_id, ids)
            right_ids = ids[chosen][:, None]
            logits, _ = reads(inputs.to(device), mask.to(device), chosen.to(device))
            log_probabilities = logits.float().cpu().log_softmax(-1)  # (N, V)
            right = log_probabilities.topk(5).indices == right_ids
            count += len(right)
            first += int(right[:, 0].sum())
            five += int(right.sum())
            cost -= float(log_probabilities.gather(1, right_ids).sum())
        figures[name] = (count, first, five, cost)
    return figures


def quick_look(work: Path, out: Path, device: torch.device) -> str:
    """Say how well the checkpoint and its teacher do on the text kept for choosing; for a look while others train."""
    tokenizer, kept_out = load_tokenizer(), load_examples(work, "choice")
    model = BertForMaskedLM.from_pretrained(out, dtype=torch.float32).to(device).eval()
    return report(evaluate(partial(student_reads, model), tokenizer, kept_out, device))


def report(figures: dict[str, tuple[int, int, int, float]]) -> str:
    """Lay the figures out as the model card's table."""
    modern = {s.name for s in corpus.SOURCES if s.modern}
    rows = dict(figures)
    rows["**all modern sources**"] = tuple(map(sum, zip(*(figures[n] for n in figures if n in modern), strict=True)))
    rows["**all sources**"] = tuple(map(sum, zip(*figures.values(), strict=True)))
    table = ["| text kept out | tokens guessed | top-1 | top-5 | perplexity |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, (count, first, five, cost) in rows.items():
        shares = f"{first / count:.3f} | {five / count:.3f} | {math.exp(cost / count):.1f}"
        table.append(f"| {name} | {count:,} | {shares} |")
    return "\n".join(table)


def main() -> None:
    """Prepare, train, save and evaluate; see the module's first lines."""
    arguments = parse(recipe_parser(__doc__, "fill-mask"))
    prepare(arguments.data, arguments.work)
    if arguments.prepare:
        return
    if not arguments.evaluate:
        train_all(arguments.work, arguments.out, arguments.device)
    checkpoint = load("fill-mask", arguments.out)
    for part in ("choice", "test"):
        figures = evaluate(
            partial(student_reads, checkpoint.model), checkpoint.tokenizer,
            load_examples(arguments.work, part), torch.device("cpu"),
        )  # fmt: skip
        print(f"{part}:", report(figures), "", sep="\n")
    print(beside_original(checkpoint))


if __name__ == "__main__":
    main()
