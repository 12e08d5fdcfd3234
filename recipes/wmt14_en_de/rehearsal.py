#!/usr/bin/env python3
r"""Rehearses a recipe at the size of WMT14 English-German without its text: makes archives of the true layout and size, serves them
to a command, and measures each stage that the command announces.

    rehearsal.py FOLDER [--text PREFIX...] [--news FOLDER] [--pairs 4520620] -- recipes/wmt14_en_de/run.sh WORK 37000 \
        --max-update 300 --save-interval-updates 60 --keep-interval-updates 5

FOLDER receives the archives (1.6 GB), archives.txt, which the command finds in $ROTOR_ARCHIVES, and stages.csv. Archives that are
there already are served again. Lines are made of PREFIX.en and PREFIX.de, such as those of recipes/mixed_en_de, and of the demo's
grammar (rehearsal_text.py). --news has newstest2013.en, newstest2013.de, newstest2014.en and newstest2014.de; without it the demo's
validation and test take their place. With fewer --pairs all is smaller in proportion. Exits as the command does.
"""

import argparse
import base64
import functools
import hashlib
import html
import http.server
import io
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path

import rehearsal_text

MIB = 1 << 20
# Archives of training text: its name, the path of a side, pairs and MiB of the real one. What real archives hold of other languages
# is random text here, of which the recipe reads nothing.
TRAINING = (
    ("training-parallel-europarl-v7", "training/europarl-v7.de-en", 1_920_209, 628),
    ("training-parallel-commoncrawl", "commoncrawl.de-en", 2_399_123, 876),
    ("training-parallel-nc-v9", "training/news-commentary-v9.de-en", 201_288, 77),
)
PAIRS = sum(pairs for _, _, pairs, _ in TRAINING)
TESTS = (("test", "test/newstest2013", "newstest2013", "valid"), ("test-full", "test-full/newstest2014-deen", "newstest2014", "test"))
GRAMMAR_PAIRS = 200_000


def add(archive, name, file):
    entry = tarfile.TarInfo(name)
    entry.size = file.seek(0, io.SEEK_END)
    file.seek(0)
    archive.addfile(entry, file)


def filler(size):
    """Random text of so many bytes, which gzip makes a quarter smaller."""
    file = tempfile.TemporaryFile()
    while (rest := size - file.tell()) > 0:
        file.write(base64.encodebytes(os.urandom(min(rest, 8 * MIB)))[:rest])
    return file


def write_training(path, member, pairs, size, text):
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        sides = [tempfile.TemporaryFile() for _ in rehearsal_text.LANGUAGES]
        for _ in range(pairs):
            for file, side in zip(sides, text.line()):
                file.write(side + b"\n")
        for file, language in zip(sides, rehearsal_text.LANGUAGES):
            add(archive, f"{member}.{language}", file)
        archive.fileobj.flush()
        missing = size - path.stat().st_size
        if missing > 0:
            add(archive, member.replace("de-en", "fr-en") + ".fr", filler(missing * 4 // 3))


def write_tests(path, member, sides):
    with tarfile.open(path, "w:gz") as archive:
        for language, kind, kind_of_set, lines in zip(rehearsal_text.LANGUAGES, ("src", "ref"), ("srcset", "refset"), sides):
            segments = "".join(f'<seg id="{i + 1}">{html.escape(line, quote=False)}</seg>\n' for i, line in enumerate(lines))
            sgml = f'<{kind_of_set} setid="{member}" srclang="any">\n<doc docid="1">\n<p>\n{segments}</p>\n</doc>\n</{kind_of_set}>\n'
            add(archive, f"{member}-{kind}.{language}.sgm", io.BytesIO(sgml.encode()))


def make_archives(options):
    """Writes the archives that are missing; each appears only when it is whole."""
    missing = [row for row in TRAINING if not (options.folder / f"{row[0]}.tgz").exists()]
    if missing:
        pairs = rehearsal_text.grammar_pairs(GRAMMAR_PAIRS * options.pairs // PAIRS + 1000, seed=2014)
        for prefix in options.text:
            sides = [rehearsal_text.read(Path(f"{prefix}.{language}")) for language in rehearsal_text.LANGUAGES]
            if len(sides[0]) != len(sides[1]):
                sys.exit(f"expected as many lines of {prefix}.en as of {prefix}.de, got {len(sides[0])} and {len(sides[1])}")
            pairs += zip(*sides)
    for name, member, count, mib in missing:
        print(f"making {name}.tgz", flush=True)
        part = options.folder / f"{name}.tgz.part"
        text = rehearsal_text.Text(pairs, seed=name)
        write_training(part, member, count * options.pairs // PAIRS, mib * MIB * options.pairs // PAIRS, text)
        part.rename(part.with_suffix(""))
    for name, member, news, demo in TESTS:
        prefix = options.news / news if options.news else rehearsal_text.DEMO / demo
        write_tests(options.folder / f"{name}.tgz", member, [rehearsal_text.read(Path(f"{prefix}.{language}")) for language in rehearsal_text.LANGUAGES])


def digest(path):
    with path.open("rb") as file:
        sums = hashlib.sha256()
        while block := file.read(MIB):
            sums.update(block)
    return sums.hexdigest()


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with (folder / "archives.txt").open("w") as file:
        for row in TRAINING + TESTS:
            file.write(f"sha256 {digest(folder / f'{row[0]}.tgz')} http://127.0.0.1:{server.server_port}/{row[0]}.tgz\n")


class Stages:
    """Times of the stages that a command announces as "== 1. Title", and the largest memory of its processes during each."""

    def __init__(self, process):
        self.process, self.rows, self.over = process, [["0. Start", time.monotonic(), 0]], False
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while not self.over:
            self.rows[-1][2] = max(self.rows[-1][2], self.memory())
            time.sleep(0.2)

    def memory(self):
        """Bytes of the private and shared memory of all processes of the command's session."""
        pages = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == self.process.pid:
                    pages += int((folder / "statm").read_text().split()[1])
            except (OSError, IndexError):  # it has ended
                continue
        return pages * os.sysconf("SC_PAGE_SIZE")

    def read(self, lines):
        for line in lines:
            print(line, end="", flush=True)
            if line.startswith("== "):
                self.rows.append([line[3:].strip(), time.monotonic(), 0])
        self.over = True
        self.rows.append(["end", time.monotonic(), 0])

    def write(self, path):
        with path.open("w") as file:
            file.write("stage,seconds,memory_mb\n")
            for row, following in zip(self.rows, self.rows[1:]):
                file.write(f'"{row[0]}",{following[1] - row[1]:.1f},{row[2] / 1e6:.0f}\n')
        print(path.read_text(), end="")


def main():
    arguments, command = sys.argv[1:], []
    if "--" in arguments:
        arguments, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--text", nargs="+", default=[])
    parser.add_argument("--news", type=Path)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    options.folder = options.folder.resolve()
    make_archives(options)
    if not command:
        return 0
    serve(options.folder)
    environment = {**os.environ, "ROTOR_ARCHIVES": str(options.folder / "archives.txt"), "no_proxy": "127.0.0.1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    stages = Stages(process)
    try:
        stages.read(process.stdout)
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        stages.read(process.stdout)
    stages.write(options.folder / "stages.csv")
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
