"""The command line that the recipes share."""

import argparse
from pathlib import Path

import torch

from encoder_lab.checkpoints import BUNDLED


def work_parser(doc: str) -> argparse.ArgumentParser:
    """Make the parser of a command that prepares what a recipe starts from.

    Args:
        doc: the command's docstring; its first line says what it does.
    """
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the data files")
    parser.add_argument("--work", type=Path, required=True, help="folder for warm start, progress, result")
    parser.add_argument("--evaluate", action="store_true", help="only print the figures of what is in --work")
    _add_rest(parser)
    return parser


def recipe_parser(doc: str, task: str) -> argparse.ArgumentParser:
    """Make the parser of `python -m recipes.<recipe>`.

    Args:
        doc: the recipe's docstring; its first line says what the command does.
        task: whose bundled folder is written unless `--out` says otherwise.
    """
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the data files")
    parser.add_argument("--work", type=Path, help="folder for the warm start and the progress; the same one goes on")
    parser.add_argument("--out", type=Path, default=BUNDLED / task, help="folder of the checkpoint")
    parser.add_argument("--evaluate", action="store_true", help="only print the figures of what is in --out")
    _add_rest(parser)
    return parser


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line; training without a folder to work in is refused."""
    arguments = parser.parse_args()
    if not (arguments.evaluate or arguments.work):
        parser.error("training needs --work, a folder for the progress; --evaluate alone needs none")
    return arguments


def _add_rest(parser: argparse.ArgumentParser) -> None:
    """Let the caller choose where to train (`auto` takes a GPU where there is one), or stop before it."""
    parser.add_argument("--device", type=choose_device, default="auto", help="cpu, cuda or auto, which is the default")
    parser.add_argument("--prepare", action="store_true", help="only fill --work with what the training reads")


def choose_device(name: str) -> torch.device:
    """Turn `auto` into the GPU where there is one and the CPU elsewhere."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else torch.device(name)
