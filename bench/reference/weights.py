"""Reads the package's own half-precision safetensors weights as float32 numpy arrays, so that no download is needed."""
import json

import numpy as np


def read_weights(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f2").reshape(entry["shape"]).astype(np.float32)
        for name, entry in header.items()
        if name != "__metadata__"
    }
