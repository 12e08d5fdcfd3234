#!/usr/bin/env python3
"""Draws the attention of a translation as a heat map, by gnuplot (the package gnuplot-nox), as SVG, PNG or PDF.

    rotor-generate model.safetensors --attention-output attention.safetensors < source > translation
    recipes/tools/attention_map.py attention.safetensors 0 map.svg         # line 0, its best hypothesis
    recipes/tools/attention_map.py attention.safetensors 3.1 map.png       # line 3, its second

Source tokens are below, target tokens on the left, from top to bottom; darker squares show more attention.
"""

import json
import struct
import sys
from pathlib import Path

from common import draw, fail, quoted, reason, terminal


def read_header(path):
    """The header of a safetensors file and the bytes after it."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        fail(f"cannot read {path}: {reason(error)}")
    try:
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8:8 + length])
    except (struct.error, ValueError):
        fail(f"{path}: expected a file of rotor-generate --attention-output, got no safetensors file")
    return header, data[8 + length:]


def read(path, name):
    """The pieces of source and target, and the weights as a list of rows."""
    header, data = read_header(path)
    pieces = header.get("__metadata__", {})
    if pieces.get("format") != "rotor-attention":
        fail(f"{path}: expected a file of rotor-generate --attention-output, got another safetensors file")
    if name not in header:
        names = [key for key in header if key != "__metadata__"]
        fail(f"{path}: no hypothesis '{name}'; it has {len(names)}: {', '.join(names[:10])} …")
    rows, columns = header[name]["shape"]
    begin, end = header[name]["data_offsets"]
    if end > len(data):
        fail(f"{path}: expected {end} bytes of numbers, got {len(data)}; the file seems truncated")
    numbers = struct.unpack(f"<{rows * columns}f", data[begin:end])
    weights = [numbers[row * columns:(row + 1) * columns] for row in range(rows)]
    return pieces["source." + name.split(".")[0]].split(" "), pieces["target." + name].split(" "), weights


def script(source, target, weights, output):
    ticks = [", ".join(f"{quoted(piece)} {i}" for i, piece in enumerate(side)) for side in (source, target)]
    rows = "\n".join(" ".join(f"{weight:.6g}" for weight in row) for row in weights)
    return f"""$weights << EOD
{rows}
EOD
{terminal(output, 150 + 26 * len(source), 140 + 24 * len(target))}
set palette defined (0 'white', 1 'dark-blue')
set cbrange [0:1]
set cblabel 'attention'
set xlabel 'source token'
set ylabel 'target token'
set xrange [-0.5:{len(source) - 0.5}]
set yrange [{len(target) - 0.5}:-0.5]
set xtics rotate by 90 right ({ticks[0]}) noenhanced
set ytics ({ticks[1]}) noenhanced
set tics out nomirror
unset key
plot $weights matrix with image pixels
"""


def main():
    if len(sys.argv) != 4:
        print("usage: attention_map.py ATTENTION.safetensors LINE[.RANK] OUTPUT.svg|OUTPUT.png|OUTPUT.pdf", file=sys.stderr)
        sys.exit(2)
    path, name, output = sys.argv[1:]
    name = name if "." in name else name + ".0"
    draw(script(*read(path, name), output), output)


if __name__ == "__main__":
    main()
