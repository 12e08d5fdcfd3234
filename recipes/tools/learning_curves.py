#!/usr/bin/env python3
"""Draws the learning curves of one or several runs, from their train.jsonl, by gnuplot (Debian: gnuplot-nox).

    learning_curves.py run other --output curves.svg --keys loss,valid_loss,valid_bleu
    learning_curves.py run/train.jsonl --output curves.pdf

Each key has a panel and each run a line; keys that no run has are left out. Runs are named after their folders.
"""

import argparse
from pathlib import Path

from common import draw, fail, is_number, quoted, read_reports, terminal

DEFAULT_KEYS = "loss,valid_loss,valid_bleu,learning_rate,grad_norm,tokens_per_second"

UNITS = {
    "loss": "training loss (bits a token)",
    "nll_loss": "training loss, not smoothed (bits a token)",
    "valid_loss": "validation loss (bits a token)",
    "valid_nll_loss": "validation loss, not smoothed (bits a token)",
    "ppl": "training perplexity",
    "valid_ppl": "validation perplexity",
    "valid_bleu": "validation BLEU",
    "learning_rate": "learning rate",
    "grad_norm": "gradient norm",
    "tokens_per_second": "target tokens per second",
    "memory_mb": "peak memory (MB)",
}


def name_of(path):
    """The folder of a run, for the key of the figure."""
    folder = path if path.is_dir() else path.parent
    return folder.name or str(folder.resolve().name)


def names_of(paths):
    """A name for each run: its folder's, or the whole path where two folders are called alike."""
    names = [name_of(path) for path in paths]
    return [str(path) if names.count(name) > 1 else name for name, path in zip(names, paths)]


def panels_of(runs, keys):
    """The data blocks of gnuplot, and for each key that some run has, its curves."""
    blocks, panels = [], []
    for key in keys:
        curves = []
        for number, (name, reports) in enumerate(runs):
            points = [(report["update"], report[key]) for report in reports if is_number(report.get(key))]
            if not points:
                continue
            block = f"$points_{len(panels)}_{number}"
            blocks += [f"{block} << EOD", *(f"{x} {y!r}" for x, y in points), "EOD"]
            curves.append(f"{block} with linespoints linewidth 1.5 pointtype 7 pointsize 0.3 title {quoted(name)}")
        if curves:
            panels.append((key, curves))
    return blocks, panels


def script(runs, keys, output):
    """What gnuplot is told: the points of each run and key inline, then a panel a key."""
    blocks, panels = panels_of(runs, keys)
    if not panels:
        known = sorted({key for _, reports in runs for report in reports for key, value in report.items() if is_number(value)})
        fail(f"expected reports with one of {', '.join(keys)}, found none; they have {', '.join(known)}")
    lines = blocks + [
        terminal(output, 760, 260 * len(panels), "background rgb 'white' font 'sans,11'"),
        f"set multiplot layout {len(panels)},1",
        "set grid",
        "set key outside right",
        "set lmargin 12",
        "set xlabel 'updates'",
    ]
    for key, curves in panels:
        lines += [f"set ylabel {quoted(UNITS.get(key, key))}", "plot " + ", ".join(curves)]
    return "\n".join(lines + ["unset multiplot", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path, help="train.jsonl of each run, or its folder")
    parser.add_argument("--output", type=Path, default=Path("learning_curves.svg"), help="a .svg, .png or .pdf")
    parser.add_argument("--keys", default=DEFAULT_KEYS, help=f"of the reports, with commas; default {DEFAULT_KEYS}")
    arguments = parser.parse_args()
    runs = [(name, read_reports(path)) for name, path in zip(names_of(arguments.reports), arguments.reports)]
    draw(script(runs, arguments.keys.split(","), arguments.output), arguments.output)


if __name__ == "__main__":
    main()
