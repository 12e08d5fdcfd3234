#!/usr/bin/env python3
"""Runs a command while a local server offers small archives with the names and the layout of those that a recipe downloads.

    recipe_mirror.py RECIPE FOLDER [--cut] [--whole] [--damage NAME] -- COMMAND...

RECIPE is wmt14_en_de or iwslt14_de_en. FOLDER receives the archives, made of the embedded demo corpus, requests.log, and
archives.txt, which the command finds in $ROTOR_ARCHIVES. --cut breaks every first transfer of a file off half-way; --whole
knows no ranges and sends whole files only; --damage serves an archive that does not fit its checksum. Exits as the command does.
"""
import gzip
import hashlib
import http.server
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import threading

DEMO = pathlib.Path(__file__).resolve().parents[2] / "data/demo"


def lines(name, begin, end):
    with gzip.open(DEMO / name, "rt", encoding="utf-8") as file:
        return file.read().split("\n")[begin:end]


def plain(texts):
    return "".join(text + "\n" for text in texts).encode()


def segments_of(texts):
    return "".join(f'<seg id="{i + 1}"> {text.replace("&", "&amp;")} </seg>\n' for i, text in enumerate(texts))


def sgml(kind, texts):
    segments = segments_of(texts)
    return f'<{kind} setid="newstest" srclang="any">\n<doc docid="one" origlang="en">\n<p>\n{segments}</p>\n</doc>\n</{kind}>\n'.encode()


def wmt14_en_de():
    """The files of each archive, a few of those that the recipe does not want among them."""
    archives = {name: {} for name in ("training-parallel-europarl-v7", "training-parallel-commoncrawl", "training-parallel-nc-v9", "test", "test-full")}
    nasty = {"en": b"A\x00 dog\r\n\nbroken \xff byte\n", "de": "Ein\t Hund\n\nkaputtes Byte\n".encode()}
    unequal = {"en": "Yes.", "de": " ".join(["ja"] * 60)}
    for language, kind, set_kind in ("en", "src", "srcset"), ("de", "ref", "refset"):
        train = lines(f"train.{language}.gz", 0, 900)
        archives["training-parallel-europarl-v7"][f"training/europarl-v7.de-en.{language}"] = plain(train[:600])
        archives["training-parallel-commoncrawl"][f"commoncrawl.de-en.{language}"] = plain(train[600:800]) + nasty[language]
        archives["training-parallel-nc-v9"][f"training/news-commentary-v9.de-en.{language}"] = plain([*train[800:], unequal[language]])
        archives["test"][f"test/newstest2013-{kind}.{language}.sgm"] = sgml(set_kind, lines(f"valid.{language}.gz", 0, 10))
        archives["test-full"][f"test-full/newstest2014-deen-{kind}.{language}.sgm"] = sgml(set_kind, ["Ham & eggs", *lines(f"test.{language}.gz", 0, 3)])
        archives["test-full"][f"test-full/newstest2014-csen-{kind}.{language}.sgm"] = b"not wanted\n"
    archives["training-parallel-commoncrawl"]["commoncrawl.de-en.annotation"] = b"not wanted\n"
    archives["training-parallel-europarl-v7"]["training/europarl-v7.cs-en.en"] = b"not wanted\n"
    return archives


def iwslt14_de_en():
    files = {"de-en/README": b"not wanted\n", "de-en/IWSLT14.TED.tst2013.de-en.en.xml": b"not wanted\n"}
    unequal = {"en": "Yes.", "de": " ".join(["ja"] * 60)}
    for language in "de", "en":
        talk = "<url>http://talks</url>\n<keywords>not wanted</keywords>\n<talkid>1</talkid>\n<title>Ä Title</title>\n"
        train = [unequal[language], *lines(f"train.{language}.gz", 0, 460)]
        files[f"de-en/train.tags.de-en.{language}"] = talk.encode() + plain([*train, "", "<description>A &amp; B</description>"])
        for i, name in enumerate(("TED.dev2010", "TEDX.dev2012", "TED.tst2010", "TED.tst2011", "TED.tst2012")):
            xml = f'<?xml version="1.0"?>\n<mteval>\n{segments_of([f"’S {i}", *lines(f"test.{language}.gz", i, i + 1)])}</mteval>\n'
            files[f"de-en/IWSLT14.{name}.de-en.{language}.xml"] = xml.encode()
    return {"de-en": files}


RECIPES = {"wmt14_en_de": (wmt14_en_de, "sha256"), "iwslt14_de_en": (iwslt14_de_en, "gzip")}


def make_archives(archives, folder):
    for name, files in archives.items():
        with tarfile.open(folder / f"{name}.tgz", "w:gz") as archive:
            for path, content in files.items():
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))


class Handler(http.server.BaseHTTPRequestHandler):
    folder, cut, whole, seen = None, False, False, set()

    def do_GET(self):
        name = self.path.lstrip("/")
        content = (self.folder / name).read_bytes()
        asked = None if self.whole else self.headers.get("Range")
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        with open(self.folder / "requests.log", "a") as log:
            log.write(f"{name} {begin} {len(content)}\n")
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - begin))
        if asked:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        half = self.cut and name not in self.seen
        self.seen.add(name)
        self.wfile.write(content[begin : len(content) // 2 if half else len(content)])

    def log_message(self, *_):
        pass


def main():
    options, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    contents, algorithm = RECIPES[options[0]]
    archives = contents()
    folder = pathlib.Path(options[1]).resolve()
    folder.mkdir(exist_ok=True)
    make_archives(archives, folder)
    Handler.folder, Handler.cut, Handler.whole = folder, "--cut" in options, "--whole" in options
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with open(folder / "archives.txt", "w") as file:
        for name in archives:
            digest = hashlib.sha256((folder / f"{name}.tgz").read_bytes()).hexdigest() if algorithm == "sha256" else "-"
            file.write(f"{algorithm} {digest} http://127.0.0.1:{server.server_port}/{name}.tgz\n")
    if "--damage" in options:
        archive = folder / f"{options[options.index('--damage') + 1]}.tgz"
        archive.write_bytes(archive.read_bytes()[:-9] + b"\x00" * 9)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {**os.environ, "ROTOR_ARCHIVES": str(folder / "archives.txt"), "no_proxy": "127.0.0.1"}
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
