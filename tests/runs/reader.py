"""Reads what a run leaves in its folder, independently of what wrote it, and says what is wrong with it."""

import json
import struct
import zlib
from pathlib import Path

SIZES = {"F32": 4, "F64": 8}


class Broken(Exception):
    pass


def safetensors_label(path):
    data = path.read_bytes()
    if len(data) < 8:
        raise Broken(f"{path.name} has {len(data)} bytes")
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    label = header.pop("__metadata__")
    end = 0
    for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, next_end = tensor["data_offsets"]
        count = 1
        for extent in tensor["shape"]:
            count *= extent
        if begin != end or next_end - begin != count * SIZES[tensor["dtype"]]:
            raise Broken(f"{path.name}: {name} lies at {begin} to {next_end}")
        end = next_end
    if len(data) != 8 + length + end:
        raise Broken(f"{path.name} has {len(data)} bytes and not {8 + length + end}")
    return label["run"], int(label["epoch"])


def png_label(path):
    data, at, texts, last = path.read_bytes(), 8, {}, b""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise Broken(f"{path.name} is no PNG")
    while at < len(data):
        (length,) = struct.unpack(">I", data[at:at + 4])
        last, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        if struct.unpack(">I", data[at + 8 + length:at + 12 + length]) != (zlib.crc32(last + body),):
            raise Broken(f"{path.name}: a check sum is wrong at byte {at}")
        if last == b"tEXt":
            keyword, _, text = body.partition(b"\0")
            texts[keyword.decode()] = text.decode()
        at += 12 + length
    if last != b"IEND":
        raise Broken(f"{path.name} has no end")
    return texts["run"], int(texts["epoch"])


def metrics_label(path):
    all_of_it = json.loads(path.read_text())
    if [epoch["epoch"] for epoch in all_of_it["epochs"]] != list(range(1, all_of_it["epoch"] + 1)):
        raise Broken(f"{path.name} lacks an epoch")
    return all_of_it["run"], all_of_it["epoch"]


READERS = {".safetensors": safetensors_label, ".png": png_label, "metrics.json": metrics_label}
BEST = ("best.safetensors", "scores.png")  # of the best epoch
# What a program writes besides says of no run. Of the best epoch, or the drawn data beside the links.
OTHERS = {"columns.json": json.loads, "scores.csv": lambda text: text.index("row,line,score,flagged,column,value\n1,2,"),
          "machines.csv": lambda text: text.index("kind,site,load,")}


def read(folder):
    """The run and epoch of which all files are, and how many files there are; None where there is none yet."""
    labels = {}
    for path in sorted(Path(folder).glob("[!.]*")):
        if path.is_symlink() and not path.exists():  # it leads to a file of the next epoch
            continue
        try:
            if path.name in OTHERS:
                OTHERS[path.name](path.read_text())
            else:
                labels[path.name] = READERS[path.name if path.suffix == ".json" else path.suffix](path)
        except Broken:
            raise
        except Exception as fault:  # whatever a broken file makes of a reader
            raise Broken(f"{path.name}: {type(fault).__name__}: {fault}") from fault
    if not labels:
        return None, 0
    best = {labels.pop(name) for name in BEST if name in labels}
    found = set(labels.values())
    if len(found) != 1:
        raise Broken(f"files of several epochs: {labels}")
    (label,) = found
    if len(best) != 1 or any(one[0] != label[0] or one[1] > label[1] for one in best):
        raise Broken(f"the best weights are of {sorted(best)}, the others of {label}")
    return label, len(labels) + 1


def data_for(program, images, test_images):
    """The options that choose data which need not be installed: what a program draws on the spot."""
    name = Path(program).name
    if name == "hourglass-anomalies":  # it draws a table by itself
        return []
    counts = ["--train-images", str(images), "--test-images", str(test_images)]
    return counts if name == "hourglass-recurrent" else ["--data", "shapes", *counts]  # it draws series by itself
