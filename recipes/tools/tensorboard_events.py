#!/usr/bin/env python3
"""Writes the reports of a run, train.jsonl, as an event file for TensorBoard. It needs only Python.

    tensorboard_events.py run --logdir events/run     # or run/train.jsonl; then: tensorboard --logdir events

Every number of a report becomes a scalar of its key at the report's update; those of layers become
layers/<layer>/<key>. The time of a report is the seconds of training up to it.

An event file is a series of records: length (8 bytes), checksum of the length, an Event, checksum of the Event; numbers
are little-endian, checksums are masked CRC-32C. An Event is a protocol buffer: wall_time = 1, step = 2,
file_version = 3, summary = 5; of a Summary value = 1; of a Value tag = 1, simple_value = 2.
"""

import argparse
import struct
from pathlib import Path

from common import fail, is_number, read_reports, reason

CASTAGNOLI = 0x82F63B78
LARGEST_FLOAT = 3.4028234e38  # of 32 bits
FIXED64, LENGTH, FIXED32 = 1, 2, 5  # wire types


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (CASTAGNOLI if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc_table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(event):
    length = struct.pack("<Q", len(event))
    return length + struct.pack("<I", masked_crc(length)) + event + struct.pack("<I", masked_crc(event))


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(field, content):
    return varint(field << 3 | LENGTH) + varint(len(content)) + content


def scalar(tag, value):
    value = max(-LARGEST_FLOAT, min(LARGEST_FLOAT, value))
    return message(1, message(1, tag.encode()) + varint(2 << 3 | FIXED32) + struct.pack("<f", value))


def event(seconds, content):
    return record(varint(1 << 3 | FIXED64) + struct.pack("<d", seconds) + content)


def scalars(report, prefix=""):
    """The tags and numbers of a report, those of inner objects below their names."""
    for key, value in report.items():
        if isinstance(value, dict):
            yield from scalars(value, f"{prefix}{key}/")
        elif is_number(value) and key != "update":
            yield prefix + key, value


def events(reports):
    yield event(0, message(3, b"brain.Event:2"))
    seconds = 0.0
    for report in reports:
        if is_number(report.get("seconds")):
            seconds += report["seconds"]
        summary = b"".join(scalar(tag, value) for tag, value in scalars(report))
        yield event(seconds, varint(2 << 3) + varint(int(report["update"])) + message(5, summary))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, help="train.jsonl of a run, or its folder")
    parser.add_argument("--logdir", type=Path, required=True, help="folder for the run's event file, one file each")
    arguments = parser.parse_args()
    written = b"".join(events(read_reports(arguments.reports)))
    path = arguments.logdir / "events.out.tfevents.0.rotor"
    try:
        arguments.logdir.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)
    except OSError as error:
        fail(f"cannot write {path}: {reason(error)}")
    print(path)


if __name__ == "__main__":
    main()
