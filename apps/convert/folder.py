"""Folders that appear once they are whole and on the disk."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from .fault import Fault, require


def sync(path):
    """Brings a file to the disk, or the names in a folder where the system can."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        if not path.is_dir():
            raise


def write_folder(folder, files):
    """Writes a folder, which must be new or empty. `files` holds, by their names, bytes, objects for JSON, or functions that
    write to the path they are given."""
    folder = Path(folder)
    require(
        not folder.exists() or (folder.is_dir() and not any(folder.iterdir())),
        f"{folder}: expected a folder that is new or empty, got one that is there; give another, or remove it",
    )
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    except OSError as error:
        raise Fault(f"cannot write {folder}: {error.strerror}") from None
    try:
        for name, content in files.items():
            path = temporary / name
            path.parent.mkdir(exist_ok=True)
            if callable(content):
                content(path)
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o777 & ~mask)
        for path in (*temporary.rglob("*"), temporary):
            sync(path)
        if folder.exists():
            folder.rmdir()
        os.rename(temporary, folder)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, OSError):
            raise Fault(f"cannot write {folder}: {error.strerror}") from None
        raise
    sync(folder.absolute().parent)
