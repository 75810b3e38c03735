"""What `QuestionAnsweringPipeline` of `transformers` 4.57.6 answers; `make oracle` runs this in its own environment.

It knows nothing of `encoder_lab`. Two models are asked, in float64 and on one thread, so that near-ties cannot flip:
the bundled checkpoint, and a tiny random RoBERTa that both sides build from the same integers.
"""

import hashlib
import json
import time
from collections import Counter
from pathlib import Path

import torch
import transformers

from tests.oracles import question_cases
from tests.oracles.bundled import FOLDERS, HERE, hashes
from tests.oracles.question_cases import SEED, WRONG, Case, hash_of_inputs, make_cases

FOLDER = FOLDERS / "question-answering"
FIXTURE = HERE / "question_answering.json"


def tiny_model() -> transformers.RobertaForQuestionAnswering:
    """Build a random float32 RoBERTa for the bundled tokenizer, from integers: they are the same on every system."""
    config = transformers.RobertaConfig(
        vocab_size=11600, hidden_size=20, num_hidden_layers=2, num_attention_heads=4, intermediate_size=28,
        max_position_embeddings=514, type_vocab_size=1, num_labels=2, bos_token_id=0, pad_token_id=1, eos_token_id=2,
    )  # fmt: skip
    model = transformers.RobertaForQuestionAnswering(config).eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(SEED)
    for name, parameter in sorted(model.named_parameters()):
        parameter.copy_(torch.randint(-512, 513, parameter.shape, generator=generator) / 1024)
        if "LayerNorm.weight" in name:
            parameter.add_(1)
        if name == "qa_outputs.weight":
            parameter.mul_(6)  # a few spans stand out, as in a trained model
    return model


def hash_of_weights(model: torch.nn.Module) -> str:
    """Give the SHA-256 of every weight and its name."""
    found = hashlib.sha256()
    for name, parameter in sorted(model.named_parameters()):
        found.update(name.encode() + parameter.numpy().tobytes())
    return found.hexdigest()


def hash_of_script() -> str:
    """Give the SHA-256 of this file and of the one that makes the cases."""
    files = (Path(__file__), Path(question_cases.__file__))
    return hashlib.sha256("".join(file.read_text(encoding="utf-8") for file in files).encode()).hexdigest()


def ask(pipeline: "transformers.QuestionAnsweringPipeline", case: Case) -> list[dict]:
    """Ask one question; always a list, each text the context's own at that place."""
    answers = pipeline(question=case.question, context=case.context, **case.options)
    answers = [answers] if isinstance(answers, dict) else answers
    assert all(answer["answer"] == case.context[answer["start"] : answer["end"]] for answer in answers), case
    return answers


def shorten(answers: list[dict]) -> list:
    """Give [[start, end, score], …] with 13 digits; the text is the context's own."""
    return [[answer["start"], answer["end"], float(f"{answer['score']:.13g}")] for answer in answers]


def count_windows(pipeline: "transformers.QuestionAnsweringPipeline", case: Case) -> int:
    """Count the windows that the pipeline cuts."""
    lengths = {name: case.options[name] for name in ("max_seq_len", "doc_stride") if name in case.options}
    return sum(1 for _ in pipeline.preprocess(pipeline.create_sample(case.question, case.context), **lengths))


def run(pipeline: "transformers.QuestionAnsweringPipeline", case: Case) -> list:
    """Give [windows, how many answers of probability 0 are left out, the other answers]."""
    answers = ask(pipeline, case)
    kept = [answer for answer in answers if answer["score"] > 0]
    return [count_windows(pipeline, case), len(answers) - len(kept), shorten(kept)]


def go_wrong(pipeline: "transformers.QuestionAnsweringPipeline", case: Case) -> list | str:
    """Give all answers, or what the error says."""
    try:
        return shorten(ask(pipeline, case))
    except ValueError as error:
        return str(error)


def main() -> None:
    """Write the fixture."""
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()  # the pipelines name their device
    began = time.perf_counter()
    tokenizer = transformers.AutoTokenizer.from_pretrained(FOLDER)
    models = {
        "bundled": transformers.RobertaForQuestionAnswering.from_pretrained(FOLDER).eval(),
        "tiny": tiny_model(),
    }
    weights = {"bundled": hashes(FOLDER), "tiny": hash_of_weights(models["tiny"])}
    pipelines = {
        name: transformers.QuestionAnsweringPipeline(model=model.double(), tokenizer=tokenizer, device="cpu")
        for name, model in models.items()
    }
    answers = [run(pipelines[case.model], case) for case in make_cases()]
    written = {
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__.split("+")[0]},
        "script": hash_of_script(),
        "inputs": hash_of_inputs(),
        "weights": weights,
        "wrong": {what: go_wrong(pipelines[case.model], case) for what, case in WRONG.items()},
        "answers": answers,
    }
    FIXTURE.write_text(json.dumps(written, separators=(",", ":")) + "\n", encoding="utf-8")
    windows = Counter(count for count, _, _ in answers)
    print(
        f"{FIXTURE.name}: {len(answers)} questions, {min(windows)} to {max(windows)} windows each, answered by "
        f"transformers {transformers.__version__} in {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
