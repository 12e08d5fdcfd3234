#!/usr/bin/env python3
"""Draws the learning curves of one or several runs, from their train.jsonl, by gnuplot (Debian: gnuplot-nox).

    learning_curves.py run/train.jsonl other/train.jsonl --output curves.svg --keys loss,valid_loss,valid_bleu

Each key has a panel and each run a line; keys that no run has are left out. Runs are named after their folders.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

DEFAULT_KEYS = "loss,valid_loss,valid_bleu,learning_rate,grad_norm,tokens_per_second"


def read(path):
    """The reports of a run, the broken last line of a running one left out."""
    reports = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        try:
            reports.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return [report for report in reports if isinstance(report, dict) and "update" in report]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def script(runs, keys, output):
    """What gnuplot is told: the points of each run and key inline, then a panel a key."""
    lines, panels = [], []
    for key in keys:
        curves = []
        for number, (name, reports) in enumerate(runs.items()):
            points = [(report["update"], report[key]) for report in reports if isinstance(report.get(key), (int, float))]
            if not points:
                continue
            block = f"$points_{len(panels)}_{number}"
            lines += [f"{block} << EOD", *(f"{x} {y!r}" for x, y in points), "EOD"]
            curves.append(f"{block} with lines linewidth 1.5 title {quoted(name)}")
        if curves:
            panels.append((key, curves))
    if not panels:
        sys.exit(f"learning_curves.py: expected reports with one of {', '.join(keys)}, found none")
    lines += [
        f"set terminal svg noenhanced size 640,{260 * len(panels)} background rgb 'white' font 'sans,11'",
        f"set output {quoted(str(output))}",
        f"set multiplot layout {len(panels)},1",
        "set grid",
        "set key outside right",
    ]
    for key, curves in panels:
        lines += [f"set ylabel {quoted(key)}", "plot " + ", ".join(curves)]
    return "\n".join(lines + ["unset multiplot", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path, help="train.jsonl of each run")
    parser.add_argument("--output", type=Path, default=Path("learning_curves.svg"))
    parser.add_argument("--keys", default=DEFAULT_KEYS, help=f"of the reports, with commas; default {DEFAULT_KEYS}")
    arguments = parser.parse_args()
    runs = {str(path.parent if path.parent.name else path): read(path) for path in arguments.reports}
    subprocess.run(["gnuplot"], input=script(runs, arguments.keys.split(","), arguments.output), text=True, check=True)


main()
