"""PyTorch's files of tensors (pytorch_model.bin, .pt), read without PyTorch.

They are pickles, which can name any function to be called. This reader knows the few names of which tensors are made
and refuses all others, so that nothing of a file is executed.

    zip (PyTorch 1.6 and later)   <folder>/data.pkl, the numbers in <folder>/data/<key>, stored as they are
    before                        four pickles: a magic number, a version, sizes of integers, the tensors; then a pickle
                                  of keys, and for each its number of elements (8 bytes) and the numbers
"""

import collections
import contextlib
import math
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy

from .fault import Fault, require
from .stored_tensor import TYPES, StoredTensor
from .tensor_file import mapped

STORAGES = {
    "DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16",
    "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8", "BoolStorage": "BOOL",
}  # fmt: skip
MAGIC = 0x1950A86A20F9469CFC6C


class _Storage:
    """The numbers that tensors are views of, which stay in the file: a checkpoint has more than a model."""

    def __init__(self, kind):
        self.kind, self.dtype = kind, numpy.dtype(TYPES[kind])
        self.count, self.read = 0, None  # which are known later


class View(collections.namedtuple("View", "storage offset shape strides")):
    """A tensor that is not made yet."""

    def tensor(self, name, path):
        count = self.storage.count
        sound = all(type(n) is int and n >= 0 for n in (self.offset, *self.shape, *self.strides))
        sound = sound and len(self.shape) == len(self.strides) and math.prod(self.shape) <= count
        last = self.offset + sum((extent - 1) * stride for extent, stride in zip(self.shape, self.strides)) if sound else count
        require(sound and (0 in self.shape or last < count), f"{path}: tensor {name} reaches beyond its numbers")
        return StoredTensor(self.storage.kind, self.shape, self._numbers)

    def _numbers(self):
        strides = [stride * self.storage.dtype.itemsize for stride in self.strides]
        numbers = self.storage.read()[self.offset :]
        return numpy.lib.stride_tricks.as_strided(numbers, self.shape, strides, writeable=False)


def _tensor(storage, offset, shape, strides, *_):
    require(isinstance(storage, _Storage), "a tensor without numbers")
    return View(storage, offset, tuple(shape), tuple(strides))


def _parameter(view, *_):
    return view


class _Unpickler(pickle._Unpickler):  # that in Python: the one in C takes memory for whatever place a pickle names
    NAMES = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        ("torch._utils", "_rebuild_parameter"): _parameter,
        **{("torch", name): kind for name, kind in STORAGES.items()},
    }

    def __init__(self, file, path, storage, records):
        super().__init__(file, encoding="utf-8")
        self.path, self.storage, self.records = path, storage, records

    def find_class(self, module, name):
        found = self.NAMES.get((module, name)) or self.records(module, name)
        if found is None:
            raise Fault(
                f"{self.path}: expected a pickle of tensors alone, got one that calls {module}.{name}; nothing of it was "
                "executed. Save the state_dict() by torch.save(), or as safetensors"
            )
        return found

    def persistent_load(self, key):
        kind, storage, name, *_ = key
        require(kind == "storage" and storage in STORAGES.values(), f"{self.path}: expected storages of numbers, got {key!r:.60}")
        return self.storage(storage, name)


def read_pickled_tensors(path):
    """The tensors of a file, as a dictionary from names to StoredTensors."""
    views = read_pickle(path)
    require(isinstance(views, dict), f"{path}: expected a dictionary of tensors, got a {type(views).__name__}")
    others = [name for name, view in views.items() if not isinstance(view, View)]
    require(not others, f"{path}: expected tensors alone, got other things such as {others[:1]}; save model.state_dict()")
    return tensors_of(views, path)


def tensors_of(views, path):
    with _blaming(path):
        return {str(name): view.tensor(name, path) for name, view in views.items()}


def read_pickle(path, records=lambda module, name: None):
    """What torch.save() wrote to a file, with a View in place of each tensor. `records` gives the class that stands for another
    name of a pickle; it must do nothing but hold what it is given."""
    path = Path(path)
    with _blaming(path), path.open("rb") as file:
        return (_read_zip if zipfile.is_zipfile(file) else _read_old)(file, path, records)


@contextlib.contextmanager
def _blaming(path):
    try:
        yield
    except Fault:
        raise
    except OSError as error:
        raise Fault(f"cannot read {path}: {error.strerror or error}") from None
    except Exception as error:  # a pickle can be wrong in many ways
        raise Fault(f"{path}: expected tensors that torch.save() wrote, got a damaged file ({error!s:.60})") from None


def _read_zip(file, path, records):
    archive = zipfile.ZipFile(path)
    entries = {entry.filename.partition("/")[2]: entry for entry in archive.infolist()}
    require("data.pkl" in entries, f"{path}: expected data.pkl in the archive; is it PyTorch's?")
    packed = [name for name, entry in entries.items() if entry.compress_type != zipfile.ZIP_STORED]
    require(not packed, f"{path}: expected an archive that is not compressed, as torch.save() writes it; {packed[:1]} is")
    storages = {}

    def storage(kind, key):
        if key not in storages:
            storages[key] = result = _Storage(kind)
            entry = entries[f"data/{key}"]
            result.count = entry.file_size // result.dtype.itemsize
            result.read = _EntryReader(path, entry, result.dtype)
        return storages[key]

    with archive.open(entries["data.pkl"]) as pickled:
        return _Unpickler(pickled, path, storage, records).load()


class _EntryReader:
    """Gives the numbers of an entry of an archive, whose checksum is compared once."""

    def __init__(self, path, entry, dtype):
        self.path, self.entry, self.dtype, self.checked = path, entry, dtype, False

    def __call__(self):
        with _blaming(self.path), self.path.open("rb") as file:
            file.seek(self.entry.header_offset)
            head = struct.unpack("<4s22x2H", file.read(30))  # the last are the lengths of the name and of what follows it
        offset = self.entry.header_offset + 30 + head[1] + head[2]
        count = self.entry.file_size // self.dtype.itemsize
        numbers = mapped(self.path, self.dtype, offset, (count,))
        if not self.checked:
            sound = head[0] == b"PK\3\4" and zlib.crc32(numbers.view(numpy.uint8)) == self.entry.CRC
            require(sound, f"{self.path}: expected tensors that torch.save() wrote, got a damaged file (checksum of {self.entry.filename})")
            self.checked = True
        return numbers


def _read_old(file, path, records):
    file.seek(0)
    storages = {}

    def load():
        return _Unpickler(file, path, lambda kind, key: storages.setdefault(key, _Storage(kind)), records).load()

    magic, _, _ = load(), load(), load()
    require(magic == MAGIC, f"{path}: expected tensors that torch.save() wrote, got another pickle")
    saved = load()
    size = path.stat().st_size
    for key in load():
        storage, count, at = storages[key], int.from_bytes(file.read(8), "little"), file.tell()
        end = at + count * storage.dtype.itemsize
        require(end <= size, f"{path} is cut short; is the download whole?")
        storage.count = count
        storage.read = lambda dtype=storage.dtype, at=at, count=count: mapped(path, dtype, at, (count,))
        file.seek(end)
    return saved
