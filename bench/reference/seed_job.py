"""The job of the tool that Featurescope replaces, done its way: torch forward hooks, one matplotlib figure a map, FFV1 in AVI.

    python seed_job.py IMAGE --model resnet18 --weights FILE.safetensors --frames 96 [--legend]

As it is described: without a legend the picture is cut to the map (`bbox_inches='tight'`, which is why its frame sizes vary
with the aspect), with one it has a title; the frames of the video are kept in memory. Every convolution is hooked (the tool
itself hooks 5 of ResNet18's 20). A picture costs about the same whatever its map's size, so only --frames of them are drawn,
spread evenly over all maps, and time and memory are extrapolated: EXTRAPOLATION below. The first picture and a video of one
frame are timed apart, so that what is paid once (a canvas, ffmpeg's start) is not multiplied. Prints JSON, in seconds and
bytes. Written with torch 2.13, torchvision, matplotlib 3.11, imageio 2.38 (FFV1 by imageio-ffmpeg).
"""
import time

START = time.perf_counter()

import argparse
import json
import os
import resource
import sys
import tempfile

import imageio
import imageio.v2 as iio
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import torch
from PIL import Image

from weights import read_weights

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../scripts"))
try:
    import torchvision
except Exception:  # a torchvision whose native operators do not match this torch
    import torchvision_import  # noqa: F401
    import torchvision
from torchvision import transforms

EXTRAPOLATION = (
    "seconds: startup + model + forward + firstPicture + oneFrameVideo + (maps - 1) * (secondsAPicture + secondsAVideoFrame); "
    "bytes: the sample's peak + the frames that it did not keep"
)


def load_model(name, weights):
    """The architecture with the weights given; what the file lacks (AlexNet's classifier) stays random."""
    model = getattr(torchvision.models, name)(weights=None)
    state = model.state_dict()
    for key, values in read_weights(weights).items() if weights else ():
        if key in state and tuple(state[key].shape) == values.shape:
            state[key] = torch.from_numpy(values)
    model.load_state_dict(state)
    return model.eval()


def forward(model, image):
    """The output of every convolution, in the order in which they ran."""
    maps = []
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.register_forward_hook(lambda module, inputs, output: maps.append(output.detach().clone()[0]))
    with torch.no_grad():
        model(image)
    return maps


def save_picture(values, path, cmap, title):
    values = (values - values.min()) / (values.max() - values.min() + 1e-5)
    figure, axes = plt.subplots(figsize=(4, 4), dpi=100)
    axes.imshow(values, cmap=cmap)
    axes.axis("off")
    if title:
        axes.set_title(title)
        figure.tight_layout()
        figure.savefig(path)
    else:
        figure.subplots_adjust(0, 0, 1, 1)
        figure.savefig(path, bbox_inches="tight", pad_inches=0)
    plt.close(figure)


def save_video(paths, path, fps):
    frames = [iio.imread(picture) for picture in paths]
    with iio.get_writer(path, fps=fps, codec="ffv1", pixelformat="yuv420p", macro_block_size=1) as writer:
        for frame in frames:
            writer.append_data(frame)
    return sum(frame.nbytes for frame in frames)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--model", choices=["alexnet", "resnet18"], default="resnet18")
    parser.add_argument("--weights")
    parser.add_argument("--img-size", type=int, default=600)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--cmap", default="viridis")
    parser.add_argument("--fps", type=int, default=24)
    parser.add_argument("--legend", action="store_true")
    args = parser.parse_args()
    laps = {"startup": time.perf_counter() - START}

    def timed(stage, act):
        start = time.perf_counter()
        result = act()
        laps[stage] = time.perf_counter() - start
        return result

    model = timed("model", lambda: load_model(args.model, args.weights))
    prepare = transforms.Compose([
        transforms.Resize((args.img_size, args.img_size)),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    image = prepare(Image.open(args.image).convert("RGB"))[None]
    layers = timed("forward", lambda: forward(model, image))
    maps = [values for layer in layers for values in layer]
    count = max(2, min(args.frames, len(maps)))
    sample = [maps[int((i + 0.5) * len(maps) / count)].numpy() for i in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f"frame_{i:04}.png") for i in range(count)]
        avi = os.path.join(folder, "activations.avi")
        titles = [f"layer, filter {i + 1}/{count}" if args.legend else None for i in range(count)]
        draw = lambda i: save_picture(sample[i], paths[i], args.cmap, titles[i])
        timed("firstPicture", lambda: draw(0))
        timed("pictures", lambda: [draw(i) for i in range(1, count)])
        timed("oneFrameVideo", lambda: save_video(paths[:1], avi, args.fps))
        frame_bytes = timed("video", lambda: save_video(paths, avi, args.fps)) / count
    picture = laps["pictures"] / (count - 1)
    video = (laps["video"] - laps["oneFrameVideo"]) / (count - 1)
    once = sum(laps[stage] for stage in ("startup", "model", "forward", "firstPicture", "oneFrameVideo"))
    print(json.dumps({
        "maps": len(maps),
        "sampledFrames": count,
        "seconds": laps,
        "secondsAPicture": picture,
        "secondsAVideoFrame": video,
        "extrapolatedTotalSeconds": once + (len(maps) - 1) * (picture + video),
        "extrapolation": EXTRAPOLATION,
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + int((len(maps) - count) * frame_bytes),
        "versions": {"torch": torch.__version__, "matplotlib": matplotlib.__version__, "imageio": imageio.__version__},
    }))


main()
