"""Convolutions in PyTorch, told to take one step at a time: `python torch_conv.py MODE DEPTH THREADS SIZES`.

MODE is `conv` or `depthwise`, with `, grads` for the forward pass and both gradients. Images are in the memory format channels_last, which is that of
TensorFlow.js and the faster one. SIZES is the convolution of sizes.js as JSON. Prints `ready`, then answers every line with {"ms", "cpu", "loss"} of
one step, the mean of as many as take 20 ms.
"""
import json
import sys
import time

import torch
from torch.nn import functional as F

MODE, THREADS, SIZES = sys.argv[1], int(sys.argv[3]), json.loads(sys.argv[4])
CHANNELS, TAPS = SIZES["channels"], SIZES["taps"]
GROUPS = CHANNELS if MODE.startswith("depthwise") else 1
WITH_GRADS = MODE.endswith("grads")


def step(x, w, dy):
    y = F.conv2d(x, w, padding=TAPS // 2, groups=GROUPS)
    if WITH_GRADS:
        x.grad = w.grad = None
        y.backward(dy)
    return y


def repeated(count, *tensors):
    start, cpu = time.perf_counter(), time.process_time()
    with torch.set_grad_enabled(WITH_GRADS):
        for _ in range(count):
            y = step(*tensors)
    loss = y.detach().flatten()[0].item()
    each = 1e3 / count
    return {"ms": each * (time.perf_counter() - start), "cpu": each * (time.process_time() - cpu), "loss": loss}


def main():
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    shape = (SIZES["batch"], CHANNELS, SIZES["height"], SIZES["width"])
    x, dy = [torch.randn(shape).to(memory_format=torch.channels_last) for _ in range(2)]
    w = torch.randn(CHANNELS, CHANNELS // GROUPS, TAPS, TAPS)
    tensors = (x.requires_grad_(WITH_GRADS), w.requires_grad_(WITH_GRADS), dy)
    repeated(10, *tensors)
    count = max(1, round(20 / repeated(10, *tensors)["ms"]))
    print(json.dumps({"ready": torch.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(repeated(count, *tensors) if line.strip() == "take" else {}), flush=True)


main()
