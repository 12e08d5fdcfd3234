"""Files of JSON that other programs wrote."""

import json
from pathlib import Path

from .fault import Fault, require

KINDS = {dict: "object", list: "list"}


def read_json(path, kind=dict):
    """The object of a file, or with `kind` its list."""
    try:
        value = json.loads(Path(path).read_bytes())  # in UTF-8, 16 or 32
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        value = None
    require(isinstance(value, kind), f"{path}: expected a JSON {KINDS[kind]}, got something else; get the file anew")
    return value


def read_json_if_there(path):
    """The same, of no file an empty object."""
    return read_json(path) if Path(path).exists() else {}
