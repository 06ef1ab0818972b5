"""Fresh exports of torchvision and timm networks, by both of torch's exporters, against hooks: every convolution's name and values.

.ref/bin/python scripts/verify/verify_exports.py   (after `npm run build`; torch 2.13 to 2.14, torchvision, timm, onnxscript)
Batch norms have random statistics, so that folding them is seen: a folded convolution must equal torch's batch norm behind it.
"""
import json, os, subprocess, sys, tempfile, warnings
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import torchvision_import  # noqa: F401  (before torchvision and timm)
import numpy as np
import timm
import torch
import torchvision

warnings.filterwarnings("ignore")
EXPORTS = [("legacy", 11), ("legacy", 17), ("dynamo", 18), ("dynamo", 20)]
NETWORKS = {
    "torchvision resnet18": lambda: torchvision.models.resnet18(weights=None),
    "torchvision mobilenet_v3_small": lambda: torchvision.models.mobilenet_v3_small(weights=None),
    "timm efficientnet_b0": lambda: timm.create_model("efficientnet_b0", pretrained=False),
    "timm regnetx_002": lambda: timm.create_model("regnetx_002", pretrained=False),
}
DUMP = os.path.join(os.path.dirname(__file__), "dump-onnx.js")


def with_random_statistics(model):
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)  # some are zero at first, which would hide all
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 2)
    return model.eval()


def recorded(model, image):
    """Outputs of the convolutions and batch norms by module path, copied when they are made; and which norm follows which convolution."""
    outputs, order, handles = {}, [], []
    kinds = (torch.nn.Conv2d, torch.nn.BatchNorm2d)
    for name, module in model.named_modules():
        if isinstance(module, kinds):
            def hook(module, inputs, output, name=name):
                # timm's batch norms apply their activation themselves: the norm alone is what an exporter folds.
                norm = torch.nn.functional.batch_norm
                if isinstance(module, torch.nn.BatchNorm2d):
                    output = norm(inputs[0], module.running_mean, module.running_var, module.weight, module.bias, eps=module.eps)
                outputs[name] = output.detach().clone().numpy()
                order.append(name)
            handles.append(module.register_forward_hook(hook))
    with torch.no_grad():
        model(image)
    for handle in handles:
        handle.remove()
    is_norm = {name: isinstance(module, torch.nn.BatchNorm2d) for name, module in model.named_modules()}
    following = {a: b for a, b in zip(order, order[1:]) if not is_norm[a] and is_norm[b]}
    return outputs, [name for name in order if not is_norm[name]], following


def difference(ours, theirs):
    return np.abs(ours - theirs.ravel()).max() / np.abs(theirs).max()


def main():
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        image = torch.randn(1, 3, 96, 128)
        np.save(f"{folder}/image.npy", image.numpy())
        for title, make in NETWORKS.items():
            model = with_random_statistics(make())
            for exporter, opset in EXPORTS:
                path = f"{folder}/{exporter}-{opset}.onnx"
                torch.onnx.export(model, (image,), path, opset_version=opset, dynamo=exporter == "dynamo", verbose=False)
                subprocess.run(["node", DUMP, path, f"{folder}/image.npy", folder], check=True)
                check(f"{title}, {exporter} exporter, opset {opset}", model, image, folder)


def check(title, model, image, folder):
    outputs, convolutions, following = recorded(model, image)
    paths = json.load(open(f"{folder}/paths.json"))
    assert sorted(paths) == sorted(convolutions), f"{title}: names differ: {set(paths) ^ set(convolutions)}"
    worst, folded = 0.0, 0
    for index, path in enumerate(paths):
        ours = np.fromfile(f"{folder}/{index}.f32", dtype="<f4")
        plain = difference(ours, outputs[path])
        norm = difference(ours, outputs[following[path]]) if path in following else np.inf
        folded += norm < plain
        worst = max(worst, min(plain, norm))
    print(f"{title}: {len(paths)} convolutions, all names equal, {folded} with a folded norm, worst {worst:.1e}", flush=True)
    assert worst <= 1e-4


if __name__ == "__main__":
    main()
