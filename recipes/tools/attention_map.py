#!/usr/bin/env python3
"""Draws the attention of a translation as a heat map, by gnuplot (the package gnuplot-nox), as SVG or PNG.

    rotor-generate model.safetensors --attention-output attention.safetensors < source > translation
    recipes/tools/attention_map.py attention.safetensors 0 map.svg         # line 0, its best hypothesis
    recipes/tools/attention_map.py attention.safetensors 3.1 map.png       # line 3, its second

Source tokens are below, target tokens on the left, from top to bottom; darker squares show more attention.
"""

import json
import pathlib
import struct
import subprocess
import sys


def read(path, name):
    """The pieces of source and target, and the weights as a list of rows."""
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    pieces = header["__metadata__"]
    if pieces.get("format") != "rotor-attention":
        sys.exit(f"{path}: expected a file of rotor-generate --attention-output")
    if name not in header:
        names = [key for key in header if key != "__metadata__"]
        sys.exit(f"{path}: no hypothesis '{name}'; it has {len(names)}: {', '.join(names[:10])} …")
    rows, columns = header[name]["shape"]
    begin, end = header[name]["data_offsets"]
    numbers = struct.unpack(f"<{rows * columns}f", data[8 + length + begin:8 + length + end])
    weights = [numbers[row * columns:(row + 1) * columns] for row in range(rows)]
    return pieces["source." + name.split(".")[0]].split(" "), pieces["target." + name].split(" "), weights


def quoted(text):
    """A gnuplot string that nothing inside can end or expand."""
    return "'" + text.replace("'", "''") + "'"


def script(source, target, weights, output):
    terminal = "pngcairo" if output.endswith(".png") else "svg"
    size = f"{120 + 26 * len(source)},{120 + 24 * len(target)}"
    ticks = [", ".join(f"{quoted(piece)} {i}" for i, piece in enumerate(side)) for side in (source, target)]
    rows = "\n".join(" ".join(f"{weight:.6g}" for weight in row) for row in weights)
    return f"""$weights << EOD
{rows}
EOD
set terminal {terminal} size {size} noenhanced
set output {quoted(output)}
set palette defined (0 'white', 1 'dark-blue')
set cbrange [0:1]
set xrange [-0.5:{len(source) - 0.5}]
set yrange [{len(target) - 0.5}:-0.5]
set xtics rotate by 90 right ({ticks[0]}) noenhanced
set ytics ({ticks[1]}) noenhanced
set tics out nomirror
unset key
plot $weights matrix with image pixels
"""


def main():
    if len(sys.argv) != 4 or not sys.argv[3].endswith((".svg", ".png")):
        sys.exit("usage: attention_map.py ATTENTION.safetensors LINE[.RANK] OUTPUT.svg|OUTPUT.png")
    path, name, output = sys.argv[1:]
    name = name if "." in name else name + ".0"
    drawn = subprocess.run(["gnuplot"], input=script(*read(path, name), output), text=True)
    sys.exit(drawn.returncode)


if __name__ == "__main__":
    main()
