"""The best that torch and OpenCV do with this job on two processes: every map of ResNet18 as a 400x400 PNG, and a lossless AVI.

    python best_python.py IMAGE --weights FILE.safetensors --out FOLDER [--indexed]

What makes it fast: ResNet18 written with torch.nn.functional (no torchvision to import, no random initialisation); workers
forked before torch is imported; activations in shared memory, drawn while later layers run; the colormap applied to the
small map; cv2.imencode at compression 1 without a PNG filter (of all levels, strategies and filters that compress, the
fastest on a mix of ResNet18's maps: 1.3 ms a frame); the AVI by `ffmpeg -c copy`, which muxes the PNG bytes and encodes
nothing. --indexed goes beyond OpenCV: its 8-bit greyscale PNG with the colour type changed and a PLTE chunk spliced in.
Nothing is sampled. Prints JSON, in seconds and bytes. Written with torch 2.13 and OpenCV 5.0.
"""
import time

START = time.perf_counter()

import argparse
import json
import mmap
import multiprocessing
import os
import resource
import struct
import subprocess
import zlib

import cv2
import numpy as np

from weights import read_weights

WORKERS = 2
FRAME = (400, 400)
MAPS_PER_JOB = 32
PNG = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
BLOCKS = [(f"layer{stage}.{block}", stage > 1 and block == 0) for stage in (1, 2, 3, 4) for block in (0, 1)]


def to_indices(values):
    low, high = values.min(), values.max()
    return ((values - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)


def encode_rgb(indices, colours):
    picture = cv2.resize(colours[indices], FRAME, interpolation=cv2.INTER_NEAREST)
    return cv2.imencode(".png", picture, PNG)[1].tobytes()


def encode_indexed(indices, colours):
    picture = cv2.resize(indices, FRAME, interpolation=cv2.INTER_NEAREST)
    grey = cv2.imencode(".png", picture, PNG)[1].tobytes()
    header = grey[12:25] + b"\x03" + grey[26:29]
    palette = b"PLTE" + colours[:, ::-1].tobytes()
    chunks = [struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (header, palette)]
    return grey[:8] + b"".join(chunks) + grey[33:]


def draw_maps(jobs, shared, out, colours, encode):
    """A worker: takes (offset in floats, height, width, first frame, count) until it is given None."""
    cv2.setNumThreads(1)
    while (job := jobs.get()) is not None:
        offset, height, width, first_frame, count = job
        maps = np.frombuffer(shared, np.float32, count * height * width, 4 * offset).reshape(count, height, width)
        for i, values in enumerate(maps):
            with open(os.path.join(out, f"frame_{first_frame + i:04}.png"), "wb", buffering=0) as file:
                file.write(encode(to_indices(values), colours))


def convolutions(torch, state, image):
    """ResNet18 (torchvision's names and layout); yields the output of every convolution as soon as it is there."""
    F = torch.nn.functional

    def bn(path, x):
        return F.batch_norm(x, *(state[f"{path}.{key}"] for key in ("running_mean", "running_var", "weight", "bias")))

    x = F.conv2d(image, state["conv1.weight"], stride=2, padding=3)
    yield x
    x = F.max_pool2d(F.relu_(bn("bn1", x)), 3, 2, 1)
    for path, is_smaller in BLOCKS:
        y = F.conv2d(x, state[f"{path}.conv1.weight"], stride=2 if is_smaller else 1, padding=1)
        yield y
        y = F.conv2d(F.relu_(bn(f"{path}.bn1", y)), state[f"{path}.conv2.weight"], padding=1)
        yield y
        y = bn(f"{path}.bn2", y)
        if is_smaller:
            x = F.conv2d(x, state[f"{path}.downsample.0.weight"], stride=2)
            yield x
            x = bn(f"{path}.downsample.1", x)
        x = F.relu_(y.add_(x))


def read_image(path, size):
    pixels = cv2.resize(cv2.imread(path)[..., ::-1], (size, size), interpolation=cv2.INTER_LINEAR)
    values = (pixels / np.float32(255) - np.float32([0.485, 0.456, 0.406])) / np.float32([0.229, 0.224, 0.225])
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--img-size", type=int, default=600)
    parser.add_argument("--indexed", action="store_true")
    args = parser.parse_args()
    os.makedirs(args.out)
    colours = cv2.applyColorMap(np.arange(256, dtype=np.uint8), cv2.COLORMAP_VIRIDIS).reshape(256, 3)
    side = args.img_size // 2 + 1
    shared = mmap.mmap(-1, 4 * side * side * (64 + 256 // 4 + 640 // 16 + 1280 // 64 + 2560 // 256) * 3 // 2)
    context = multiprocessing.get_context("fork")
    jobs = context.SimpleQueue()
    encode = encode_indexed if args.indexed else encode_rgb
    workers = [context.Process(target=draw_maps, args=(jobs, shared, args.out, colours, encode)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()

    import torch

    torch.set_num_threads(WORKERS)
    laps = {"startup": time.perf_counter() - START}
    state = {name: torch.from_numpy(values) for name, values in read_weights(args.weights).items()}
    image = torch.from_numpy(read_image(args.image, args.img_size))
    laps["model"] = time.perf_counter() - START
    offset = frames = 0
    with torch.inference_mode():
        for output in convolutions(torch, state, image):
            _, channels, height, width = output.shape
            np.frombuffer(shared, np.float32, output.numel(), 4 * offset)[:] = output.numpy().ravel()
            for first in range(0, channels, MAPS_PER_JOB):
                jobs.put((offset + first * height * width, height, width, frames + first, min(MAPS_PER_JOB, channels - first)))
            offset, frames = offset + output.numel(), frames + channels
    laps["forward"] = time.perf_counter() - START
    for _ in workers:
        jobs.put(None)
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    laps["pictures"] = time.perf_counter() - START
    pattern = os.path.join(args.out, "frame_%04d.png")
    subprocess.run(["ffmpeg", "-v", "error", "-framerate", "24", "-i", pattern, "-c", "copy",
                    os.path.join(args.out, "activations.avi")], check=True)
    laps["video"] = time.perf_counter() - START
    print(json.dumps({
        "maps": frames,
        "secondsSinceStart": laps,
        "pngBytes": sum(entry.stat().st_size for entry in os.scandir(args.out) if entry.name.endswith(".png")),
        "aviBytes": os.path.getsize(os.path.join(args.out, "activations.avi")),
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "cpuSeconds": sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))),
        "versions": {"torch": torch.__version__, "opencv": cv2.__version__},
    }))


main()
