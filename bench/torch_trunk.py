"""The trunk in PyTorch, told to take one step at a time: `python torch_trunk.py MODE DEPTH THREADS SIZES`.

The work is that of trunk.js: forward and backward of mean(y^2) through DEPTH blocks x + h(x),
h(x) = a + Mlp(LayerNorm(x + a)), a = Attention(LayerNorm(x)), float32, qkv without bias, exact-erf GELU, all gradients.

store       plain, what autograd wants is kept
checkpoint  torch.utils.checkpoint around every block
bdia        BDIA on the grid: two states and packed parities are kept, and every block is evaluated again

Prints `ready`, then answers every line `take` with {"ms", "cpu", "loss"} and every other with {"process"}, the most bytes that this process has
had in memory. SIZES is the trunk of sizes.js as JSON.
"""
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

MODE, DEPTH, THREADS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
SIZES = json.loads(sys.argv[4])
WIDTH, HEADS, HIDDEN = SIZES["width"], SIZES["heads"], SIZES["hidden"]
SHAPE = (SIZES["batch"], SIZES["tokens"], WIDTH)
SCALE = 2.0 ** SIZES["fractionBits"]
BITS = 2 ** torch.arange(8, dtype=torch.uint8)


class Residual(nn.Module):
    """h of one block."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, WIDTH))

    def forward(self, x):
        heads = self.qkv(self.norm1(x)).view(*SHAPE[:2], 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(*heads.unbind(0))
        a = self.out(mixed.transpose(1, 2).reshape(SHAPE))
        return a + self.mlp(self.norm2(x + a))


def quantize(y):
    return torch.round(y * SCALE) / SCALE


def pack(parity):
    return (parity.to(torch.uint8).view(-1, 8) * BITS).sum(1, dtype=torch.uint8)


def unpack(plane):
    return ((plane.unsqueeze(1) & BITS) != 0).to(torch.float32).view(SHAPE) / SCALE


def forward_bdia(blocks, x0, generator):
    """x_K, x_{K-1}, and for every block but the first its gammas and its plane."""
    previous, x, sides = x0, x0 + quantize(blocks[0](x0)), []
    for h in blocks[1:]:
        gamma = torch.randint(2, (SHAPE[0], 1, 1), generator=generator) - 0.5
        parity = torch.remainder(previous * SCALE, 2)
        drift = quantize((1 - gamma) * x + (1 + gamma) * h(x))
        sides.append((gamma, pack(parity)))
        previous, x = x, gamma * (previous + parity / SCALE) + drift
    return x, previous, sides


def pulled(h, x, cotangent_of):
    """h(x), and its gradient for the cotangent."""
    with torch.enable_grad():
        leaf = x.detach().requires_grad_()
        value = h(leaf)
    value.backward(cotangent_of)
    return value.detach(), leaf.grad


def backward_bdia(blocks, x, previous, sides, x0, d):
    """Gradients of all parameters, into .grad, and that of x0; rebuilds every activation."""
    d_previous = torch.zeros_like(d)
    for h, (gamma, plane) in zip(blocks[:0:-1], sides[::-1]):
        value, jx = pulled(h, previous, (1 + gamma) * d)
        drift = quantize((1 - gamma) * previous + (1 + gamma) * value)
        before = (x - drift) / gamma - unpack(plane)
        d, d_previous = d_previous + (1 - gamma) * d + jx, gamma * d
        x, previous = previous, before
    if not torch.equal(previous, x0):
        raise SystemExit("the trunk did not invert exactly")
    _, jx = pulled(blocks[0], previous, d)
    return d_previous + d + jx


def step_bdia(blocks, x):
    with torch.no_grad():
        y, previous, sides = forward_bdia(blocks, x, torch.Generator().manual_seed(1))
        loss = y.square().mean()
        backward_bdia(blocks, y, previous, sides, x, y * (2 / y.numel()))
    return loss


def step_autograd(blocks, x):
    y = x.clone().requires_grad_()
    for h in blocks:
        y = y + (checkpoint(h, y, use_reentrant=False) if MODE == "checkpoint" else h(y))
    loss = y.square().mean()
    loss.backward()
    return loss


def main():
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    blocks = nn.ModuleList([Residual() for _ in range(DEPTH)])
    x = quantize(torch.randn(SHAPE))
    step = step_bdia if MODE == "bdia" else step_autograd
    print(json.dumps({"ready": torch.__version__}), flush=True)
    for line in sys.stdin:
        if line.strip() != "take":
            print(json.dumps({"process": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)
            continue
        start, cpu = time.perf_counter(), time.process_time()
        blocks.zero_grad(set_to_none=True)
        loss = step(blocks, x).item()
        taken = {"ms": 1e3 * (time.perf_counter() - start), "cpu": 1e3 * (time.process_time() - cpu), "loss": loss}
        print(json.dumps(taken), flush=True)


main()
