"""Every value of every convolution, at all three taps, against PyTorch: a table, and the worst.

    npm run build && .ref/bin/python scripts/verify/verify_pytorch.py

Needs torch, torchvision and ../shared/testdata (its photographs, and its ImageNet weights where they are). The error of a
tensor is its largest difference, relative to the largest magnitude in PyTorch's tensor. The last column is PyTorch's own
float32 against its float64: what rounding alone amounts to.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "fixtures"))
from pytorch_taps import PARTIAL, PHOTOS, embedded, input_tensor, partial_resnet18, record  # noqa: E402

LIMIT = 1e-4
# Width and height.
SIZES = {"chelsea.png": [(600, 600), (224, 224)], "coffee.png": [(487, 231), (131, 90), (90, 131)]}


def ours(folder, model, weights, image, runtime):
    (folder / "input.rgb").write_bytes(image.tobytes())
    width, height = image.size
    pixels = {"path": str(folder / "input.rgb"), "width": width, "height": height}
    out = str(folder / "ours")
    job = {"model": model, "weights": weights, "input": pixels, "runtime": runtime, "out": out}
    (folder / "job.json").write_text(json.dumps(job))
    subprocess.run(["node", ROOT / "scripts" / "verify" / "dump-activations.js", folder / "job.json"], check=True)
    described = json.loads(Path(f"{out}.json").read_text())
    values = np.fromfile(f"{out}.f32", dtype="<f4")
    tensors, offset = {}, 0
    for entry in described["index"]:
        count = int(np.prod(entry["shape"]))
        tensors[entry["layer"], entry["tap"]] = torch.from_numpy(
            values[offset : offset + count].reshape(entry["shape"])
        )
        offset += count
    assert offset == len(values)
    return described["runtime"], tensors


def error(theirs, other):
    assert theirs.shape == other.shape
    magnitude = theirs.abs().max().item()
    difference = (theirs.double() - other.double()).abs().max().item()
    return 0.0 if difference == 0 else difference / magnitude


def main():
    networks = [("alexnet", "embedded", embedded("alexnet")), ("resnet18", "embedded", embedded("resnet18"))]
    if PARTIAL.exists():
        networks.append(("resnet18", str(PARTIAL), partial_resnet18()))
    worst = (0.0, "")
    print(f"{'network':9} {'weights':30} {'size':>8} {'runtime':28} {'values':>11} {'error':>8}  {'at':26} {'float32':>8}")
    with tempfile.TemporaryDirectory() as name:
        for model, weights, net in networks:
            for photo, sizes in SIZES.items():
                for size in sizes:
                    image = Image.open(PHOTOS / photo).convert("RGB").resize(size, Image.Resampling.BILINEAR)
                    theirs, _ = record(net, input_tensor(image))
                    exact, _ = record(net.double(), input_tensor(image).double())
                    net.float()
                    rounding = max(error(exact[key], theirs[key]) for key in theirs)
                    for runtime in ("native", "wasm") if size == (131, 90) else ("native",):
                        name_of_runtime, found = ours(Path(name), model, weights, image, runtime)
                        assert found.keys() == theirs.keys()
                        errors = {key: error(theirs[key], found[key]) for key in theirs}
                        key = max(errors, key=errors.get)
                        count = sum(tensor.numel() for tensor in theirs.values())
                        print(
                            f"{model:9} {Path(weights).name:30} {size[0]:>4}x{size[1]:<3} {name_of_runtime:28} {count:>11,}"
                            f" {errors[key]:8.1e}  {' '.join(key):26} {rounding:8.1e}",
                            flush=True,
                        )
                        worst = max(worst, (errors[key], f"{model} {Path(weights).name} {size} {' '.join(key)}"))
    print(f"worst: {worst[0]:.1e} ({worst[1]}); at most {LIMIT:.0e} is promised")
    sys.exit(0 if worst[0] <= LIMIT else 1)


main()
