"""The recipe of the bundled fill-mask checkpoint: MiniLM, a trimmed vocabulary, masked-language modelling.

First MiniLM learns alone, then MPNet learns the same task, then MiniLM learns from the text and from what MPNet would
put.

Source: Devlin et al. 2019, section 3.1 (arXiv:1810.04805); Hinton et al. 2015 (arXiv:1503.02531).
"""

import copy
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cosine_similarity, cross_entropy, kl_div
from transformers import BertConfig, BertForMaskedLM, BertModel, BertTokenizerFast, MPNetForMaskedLM

from encoder_lab.checkpoints import BUNDLED
from encoder_lab.grow import masked_lm
from encoder_lab.grow.saving import save
from recipes import corpus, teacher
from recipes.loop import half, plan_steps, train
from recipes.nli_data import load_nli
from recipes.qa_data import load_squad
from recipes.rows import Rows, load_rows, save_rows
from recipes.vocabulary import SPECIAL
from recipes.warm_start import MINILM, fetch

SEED = 20
LONGEST = 128  # ids in a training example, [CLS] and [SEP] included
BATCH_TOKENS = 32_768  # ids in a batch, padding included
ALONE_STEPS, TEACHERS_STEPS, STEPS = 166, 1_000, 2_720  # a reading of all texts is 415
RATE, TEACHER_RATE = 6e-4, 1e-4
TEACHER_SHARE = 0.7  # of the loss over hidden words; the rest is the text's own word
KEPT_SHARE = 0.5  # weight of the angle between the text's vector and the one that MiniLM gives it
PASSES = {"nli": 1} | {source.name: source.passes for source in corpus.SOURCES}
WARM, ROWS = "minilm.safetensors", "fill_mask.npz"


def load_tokenizer() -> BertTokenizerFast:
    """Read the trimmed vocabulary, which `recipes.vocabulary` once made, from the bundled folder."""
    return BertTokenizerFast.from_pretrained(BUNDLED / "fill-mask")


def pack_warm_start(work: Path) -> None:
    """Fetch MiniLM, keep the vectors of the trimmed vocabulary and write it to `work`, unless it is there."""
    if (work / WARM).is_file():
        return
    folder = fetch(MINILM, work / "minilm")
    weights = load_file(folder / "model.safetensors")
    where = {piece: i for i, piece in enumerate((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())}
    table = "embeddings.word_embeddings.weight"
    weights[table] = weights[table][[where[piece] for piece in pieces()]]
    kept = {n: v.half() for n, v in weights.items() if not n.startswith("pooler.") and "position_ids" not in n}
    part = work / f"{WARM}.new"
    save_file(kept, part)
    part.replace(work / WARM)


def pieces() -> list[str]:
    """List the trimmed vocabulary in the order of its ids."""
    tokenizer = load_tokenizer()
    return tokenizer.convert_ids_to_tokens(range(len(tokenizer)))


def prepare(data: Path, work: Path) -> None:
    """Write the examples of the training text into `work`, by source."""
    training, _, _ = corpus.load_corpus(data)
    _, choice, test = load_squad(data)
    kept_out = {" ".join(q.context.split()) for q in (*choice, *test)}
    training["squad_paragraphs"] = [x for x in training["squad_paragraphs"] if x not in kept_out]
    pairs, _, _ = load_nli(data)
    training["nli"] = list(dict.fromkeys(text for pair in pairs for text in (pair.premise, pair.hypothesis)))
    save_rows(work / ROWS, **make_examples(training))


def make_examples(texts: dict[str, list[str]]) -> dict[str, Rows]:
    """Cut the lines of each source into examples of at most `LONGEST` ids."""
    tokenizer = load_tokenizer()
    running = {source.name for source in corpus.SOURCES if source.running}
    examples = {}
    for name, lines in texts.items():
        ids = tokenizer(lines, add_special_tokens=False, verbose=False)["input_ids"]
        packed = corpus.pack(ids, LONGEST - 2, name in running)
        examples[name] = Rows.of([[tokenizer.cls_token_id, *x, tokenizer.sep_token_id] for x in packed])
    return examples


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
    examples: dict[str, Rows],
    device: torch.device,
    steps: int,
    taught_by: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]] | None = None,
    like: BertModel | None = None,
) -> Callable[[int], Tensor]:
    """Return step -> loss: batches in an order, and masks, that depend on the step alone.

    Args:
        reads: (ids, mask, where) -> the learner's logits where something is hidden, and the texts' vectors.
        examples: by source; `PASSES` says how often an epoch reads each.
        device: where the learner is.
        steps: how many there will be.
        taught_by: the same of a teacher; its probabilities make up `TEACHER_SHARE` of the loss over hidden words.
        like: gives the vectors that the texts should keep, with nothing hidden.
    """
    tokenizer = load_tokenizer()
    flat = torch.cat([examples[name].flat for name in examples for _ in range(PASSES[name])])
    lengths = torch.cat([examples[name].lengths for name in examples for _ in range(PASSES[name])])
    every, sizes = Rows(flat, lengths).to(device), lengths.tolist()
    continues = torch.tensor([piece.startswith("##") for piece in pieces()], device=device)
    plan = plan_steps(sizes, BATCH_TOKENS, SEED, steps)

    def loss_at(step: int) -> Tensor:
        ids, mask = every.batch(plan[step], tokenizer.pad_token_id)
        draw = torch.Generator(device).manual_seed(SEED * 1_000_003 + step)
        special = ids < len(SPECIAL)
        chosen = whole_words(masked_lm.choose(ids, special, draw), continues[ids]) & ~special
        inputs = masked_lm.disguise(ids, chosen, tokenizer.mask_token_id, len(tokenizer), draw)
        torch.manual_seed(SEED * 1_000_003 + step)  # the teacher's dropout
        with half(device):
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


def pieces_used(examples: dict[str, Rows]) -> Tensor:
    """Count how often each piece occurs, (V,); the special ones, which are never guessed, count 0."""
    size = len(load_tokenizer())
    use = sum(torch.bincount(rows.flat.long(), minlength=size) for rows in examples.values())
    use[: len(SPECIAL)] = 0
    return use


def train_alone(work: Path, device: torch.device, seconds: float | None = None) -> tuple[BertForMaskedLM, BertModel]:
    """Train the student on the text alone.

    Returns:
        (the student, its encoder as it was before).
    """
    examples = load_rows(work / ROWS)
    student = build_student(work, pieces_used(examples)).to(device)
    like = copy.deepcopy(student.bert).eval()
    loss_at = make_loss(partial(student_reads, student), examples, device, ALONE_STEPS, like=like)
    train(student, loss_at, steps=ALONE_STEPS, rate=RATE, folder=work / "fill_mask_alone", seconds=seconds)
    return student, like


def train_teacher(work: Path, device: torch.device, seconds: float | None = None) -> MPNetForMaskedLM:
    """Teach MPNet to fill masks; it stays in `work`, for question answering to go on with."""
    examples = load_rows(work / ROWS)
    master = build_teacher(work, pieces_used(examples)).to(device)
    loss_at = make_loss(partial(teacher_reads, master), examples, device, TEACHERS_STEPS)
    train(
        master, loss_at, steps=TEACHERS_STEPS, rate=TEACHER_RATE, folder=work / teacher.MASKS_FOLDER,
        warmup=60, decay=0.6, seconds=seconds,
    )  # fmt: skip
    return master.bfloat16()


def train_student(work: Path, out: Path, device: torch.device, seconds: float | None = None) -> None:
    """Train the student on, on the text and what the teacher would put, and write the checkpoint to `out`."""
    (student, like), master = train_alone(work, device), train_teacher(work, device)
    reads, taught_by = partial(student_reads, student), partial(teacher_reads, master)
    loss_at = make_loss(reads, load_rows(work / ROWS), device, STEPS, taught_by, like)
    folder = work / "fill_mask_taught"
    train(student, loss_at, steps=STEPS, rate=RATE, folder=folder, decay=0.5, seconds=seconds)
    save(student.cpu(), load_tokenizer(), out)
