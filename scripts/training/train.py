"""Trains the embedded default weights on images made by formulas alone (no photographs, no data set).

Each class is one random procedural texture program: domain-warped waves, rings, cells, checks or noise,
coloured by a cosine palette. Instances differ in pose, phase, palette, lighting, occluders, blur and noise.
Usage: train.py {resnet18|alexnet} OUT.pth [--minutes N]
"""
import argparse, math, os, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import torchvision_import, torch, torch.nn as nn, torch.nn.functional as F, torchvision

CLASSES = 128
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def u(g, lo, hi, *shape):
    return lo + (hi - lo) * torch.rand(*shape, generator=g)


def grid(size):
    t = (torch.arange(size) + 0.5) / size * 2 - 1
    y, x = torch.meshgrid(t, t, indexing="ij")
    return x[None], y[None]


class Program:
    """One texture class: every random choice comes from its own seed."""

    def __init__(self, seed):
        g = torch.Generator().manual_seed(1000 + seed)
        self.kind = seed % 8
        self.freq = float(torch.exp(u(g, math.log(2.0), math.log(11.0), 1)))
        self.warps = [(float(u(g, 0.05, 0.5, 1)), float(torch.exp(u(g, 0.3, 1.9, 1))), float(u(g, 0, math.pi, 1)))
                      for _ in range(int(torch.randint(0, 4, (1,), generator=g)))]
        self.sharp = [1.0, 3.0, 12.0][int(torch.randint(0, 3, (1,), generator=g))]
        self.angle = float(u(g, 0, math.pi, 1))
        self.aspect = float(torch.exp(u(g, -0.6, 0.6, 1)))
        self.harm = float(u(g, 0.0, 0.7, 1))
        self.palette = torch.rand(4, 3, generator=g)

    def value(self, x, y, phase, g):
        n = x.shape[0]
        for amp, f, th in self.warps:
            c, s = math.cos(th), math.sin(th)
            x, y = c * x - s * y, s * x + c * y
            x = x + amp * torch.sin(f * y * 2 + phase)
            y = y + amp * torch.sin(f * x * 2 + 1.7 * phase)
        k = self.freq * math.pi / 2
        x, y = x * self.aspect, y / self.aspect
        kind = self.kind
        if kind == 0: v = torch.sin(k * x + phase)
        elif kind == 1: v = torch.sin(k * (x * x + y * y + 1e-4).sqrt() + phase)
        elif kind == 2: v = torch.sin(k * x + phase) * torch.sin(k * y)
        elif kind == 3:  # jittered cells
            cx, cy = x * self.freq / 3, y * self.freq / 3
            best = torch.full_like(x.expand(n, -1, -1), 9.0)
            for i in (-1, 0, 1):
                for j in (-1, 0, 1):
                    fx, fy = cx.floor() + i, cy.floor() + j
                    h = torch.sin(fx * 127.1 + fy * 311.7 + phase * 0.1) * 43758.5453
                    h2 = torch.sin(fx * 269.5 + fy * 183.3 + phase * 0.1) * 43758.5453
                    d = (fx + (h - h.floor()) - cx) ** 2 + (fy + (h2 - h2.floor()) - cy) ** 2
                    best = torch.minimum(best, d)
            v = best.sqrt() * 2 - 1
        elif kind == 4:  # octave noise
            v = 0
            for o in range(4):
                side = max(2, int(self.freq * 2 ** o))
                z = torch.randn(n, 1, side, side, generator=g)
                z = F.interpolate(z, size=x.shape[-2:], mode="bilinear", align_corners=False)[:, 0]
                v = v + z * 0.6 ** o
        elif kind == 5: v = torch.sin(round(self.freq) * torch.atan2(y, x + 1e-6) + phase) * torch.sin(k * 0.5 * (x.abs() + y.abs()))
        elif kind == 6: v = torch.maximum(torch.sin(k * x + phase), torch.sin(k * y + 0.3 * phase))
        else: v = torch.sin(k * (x.abs() + y.abs()) + phase) + torch.cos(k * 0.7 * x * y)
        return v + self.harm * torch.sin(3.1 * k * x + 2 * phase)

    def colour(self, v, pal):
        v = torch.tanh(self.sharp * v)[:, None]
        a, b, c, d = (p[:, :, None, None] for p in pal.unbind(1))
        return (0.25 + 0.5 * a + (0.2 + 0.4 * b) * torch.cos(2 * math.pi * ((0.2 + 0.5 * c) * v + d))).clamp(0, 1)


PROGRAMS = [Program(i) for i in range(CLASSES)]


def render(prog, n, size, g, own_palette):
    x, y = grid(size)
    th = u(g, -0.4, 0.4, n, 1, 1) + prog.angle
    sc = torch.exp(u(g, -0.35, 0.35, n, 1, 1))
    xx = sc * (torch.cos(th) * x - torch.sin(th) * y) + u(g, -2, 2, n, 1, 1)
    yy = sc * (torch.sin(th) * x + torch.cos(th) * y) + u(g, -2, 2, n, 1, 1)
    phase = u(g, 0, 2 * math.pi, n, 1, 1)
    pal = prog.palette[None] + 0.12 * torch.randn(n, 4, 3, generator=g)
    rnd = torch.rand(n, 4, 3, generator=g)
    keep = (torch.rand(n, 1, 1, generator=g) < own_palette).float()
    return prog.colour(prog.value(xx, yy, phase, g), (keep * pal + (1 - keep) * rnd).clamp(0, 1))


def instances(label, n, size, g):
    """n images [n,3,size,size] in [0,1] of one class, with occluders, lighting, blur and noise."""
    img = render(PROGRAMS[label], n, size, g, own_palette=0.5)
    x, y = grid(size)
    for _ in range(3):
        other = render(PROGRAMS[int(torch.randint(0, CLASSES, (1,), generator=g))], n, size, g, 0.3)
        flat = torch.rand(n, 3, 1, 1, generator=g)
        fill = torch.where(torch.rand(n, 1, 1, 1, generator=g) < 0.6, flat.expand_as(img), other)
        th = u(g, 0, math.pi, n, 1, 1); cx = u(g, -1, 1, n, 1, 1); cy = u(g, -1, 1, n, 1, 1)
        rx = u(g, 0.08, 0.55, n, 1, 1); ry = u(g, 0.08, 0.55, n, 1, 1)
        px = torch.cos(th) * (x - cx) - torch.sin(th) * (y - cy); py = torch.sin(th) * (x - cx) + torch.cos(th) * (y - cy)
        ell = (px / rx) ** 2 + (py / ry) ** 2 < 1
        box = (px.abs() < rx) & (py.abs() < ry)
        tri = (py > -ry) & (py + 1.7 * px.abs() < rx)
        which = torch.randint(0, 6, (n, 1, 1), generator=g)
        m = torch.where(which == 0, ell, torch.where(which == 1, box, tri & (which == 2)))[:, None]
        img = torch.where(m, fill, img)
    light = 1 + u(g, -0.4, 0.4, n, 1, 1, 1) * x[:, None] + u(g, -0.4, 0.4, n, 1, 1, 1) * y[:, None]
    img = img * light * u(g, 0.6, 1.3, n, 1, 1, 1) + u(g, -0.1, 0.1, n, 1, 1, 1)
    blurred = F.avg_pool2d(F.pad(img, (1, 1, 1, 1), mode="replicate"), 3, 1)
    img = torch.where(torch.rand(n, 1, 1, 1, generator=g) < 0.3, blurred, img)
    img = img + u(g, 0, 0.06, n, 1, 1, 1) * torch.randn(img.shape, generator=g)
    gray = img.mean(1, keepdim=True).expand_as(img)
    return torch.where(torch.rand(n, 1, 1, 1, generator=g) < 0.15, gray, img).clamp(0, 1)


def pool(size, per_class, seed):
    g = torch.Generator().manual_seed(seed)
    xs, ys = [], []
    for c in range(CLASSES):
        xs.append((instances(c, per_class, size, g) * 255).to(torch.uint8)); ys.append(torch.full((per_class,), c))
    return torch.cat(xs), torch.cat(ys)


def batches(data, size, n, g):
    x, y = data
    full = x.shape[-1]
    for idx in torch.randperm(len(x), generator=g).split(n):
        if len(idx) < n: break
        b = x[idx].float() / 255
        i, j = (int(torch.randint(0, full - size + 1, (1,), generator=g)) for _ in range(2))
        b = b[..., i:i + size, j:j + size]
        yield (b - MEAN) / STD, y[idx]


class AlexFeatures(nn.Module):
    """torchvision's AlexNet `features`, and a pooled linear head in place of its 58.6 M fully connected weights."""

    def __init__(self):
        super().__init__()
        self.features = torchvision.models.alexnet(weights=None).features
        for m in self.features:
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, nonlinearity="relu"); nn.init.zeros_(m.bias)
        self.head = nn.Linear(256, CLASSES)

    def forward(self, x):
        return self.head(F.dropout(self.features(x).mean((2, 3)), 0.2, self.training))


def main():
    ap = argparse.ArgumentParser(); ap.add_argument("arch"); ap.add_argument("out"); ap.add_argument("--minutes", type=float, default=60)
    a = ap.parse_args()
    torch.manual_seed(0); g = torch.Generator().manual_seed(7)
    if a.arch == "resnet18":
        model = torchvision.models.resnet18(weights=None, num_classes=CLASSES); stages = [(0.55, 64, 80), (1.0, 96, 112)]; lr = 0.1; bs = 64; wd = 1e-4
    else:
        model = AlexFeatures(); stages = [(1.0, 112, 128)]; lr = 0.02; bs = 64; wd = 5e-4
    torch.set_num_threads(2)
    model = model.to(memory_format=torch.channels_last)
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=wd, nesterov=True)
    start, seen, epoch = time.time(), 0, 0
    total = a.minutes * 60
    done = False
    for until, size, full in stages:
        val = pool(size, 4, 999)
        while not done and time.time() - start < until * total:
            epoch += 1
            data = pool(full, 60 if full < 100 else 30, 10_000 + epoch)
            t_pool = time.time() - start
            for _ in range(4):
                model.train(); hits = n = 0
                for x, y in batches(data, size, bs, g):
                    p = (time.time() - start) / total
                    if p >= 1: done = True; break
                    warm = min(1.0, (seen + 1) / 20000)
                    for gr in opt.param_groups: gr["lr"] = lr * warm * 0.5 * (1 + math.cos(math.pi * min(p, 1)))
                    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=a.arch == "resnet18"):
                        out = model(x.to(memory_format=torch.channels_last))
                    loss = F.cross_entropy(out.float(), y, label_smoothing=0.05)
                    opt.zero_grad(); loss.backward()
                    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
                    opt.step(); seen += len(y); hits += (out.argmax(1) == y).sum().item(); n += len(y)
                if done: break
            model.eval()
            with torch.no_grad():
                x, y = val; acc = torch.cat([model((b.float() / 255 - MEAN) / STD).argmax(1) for b in x.split(64)]).eq(y).float().mean().item()
            print(f"epoch {epoch} size {size} seen {seen} min {(time.time()-start)/60:.1f} train {hits/max(n,1):.3f} val {acc:.3f}", flush=True)
            torch.save(model.state_dict(), a.out)


if __name__ == "__main__":
    main()
