"""Writes what torch computes for the parts that training is made of: AdamW with clipping, and losses.

    python bench/peers/makeTrainingCases.py

Output: test/fixtures/training/cases.json. Needs torch 2.13.0 (CPU).
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/training/cases.json"
STEPS = 6
SHAPES = {"matrix": [4, 3], "bias": [5], "token": [1, 1, 6]}


def numbers(tensor):
    return [float(x) for x in tensor.flatten()]


def adamw(clip, gradient_scale):
    """Six steps with given gradients: lr 0.02 times a factor a step, decay for the matrix only."""
    generator = torch.Generator().manual_seed(7)
    start = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    gradients = [
        {name: gradient_scale * torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
        for _ in range(STEPS)
    ]
    factors = [0.5, 1.0, 0.9, 0.7, 0.3, 0.1]
    moving = {name: torch.nn.Parameter(value.clone()) for name, value in start.items()}
    optimizer = torch.optim.AdamW(
        [
            {"params": [moving["matrix"]], "weight_decay": 0.1},
            {"params": [moving["bias"], moving["token"]], "weight_decay": 0.0},
        ],
        lr=0.02,
        betas=(0.9, 0.98),
        eps=1e-8,
        foreach=False,
    )
    norms, after = [], []
    for step in range(STEPS):
        for name, parameter in moving.items():
            parameter.grad = gradients[step][name].clone()
        if clip > 0:
            norms.append(float(torch.nn.utils.clip_grad_norm_(moving.values(), clip, foreach=False)))
        for group in optimizer.param_groups:
            group["lr"] = 0.02 * factors[step]
        optimizer.step()
        after.append({name: numbers(value.detach()) for name, value in moving.items()})
    return {
        "clip": clip,
        "factors": factors,
        "start": {name: numbers(value) for name, value in start.items()},
        "gradients": [{name: numbers(value) for name, value in each.items()} for each in gradients],
        "norms": norms,
        "after": after,
    }


def cross_entropy(smoothing):
    """Rows summed with weights that sum to 1, one of them 0: torch's own per-row losses, weighted."""
    generator = torch.Generator().manual_seed(11)
    logits = (3 * torch.randn([5, 7], generator=generator)).requires_grad_()
    classes = torch.tensor([0, 6, 3, 3, 1])
    weights = torch.tensor([0.4, 0.1, 0.0, 0.3, 0.2])
    rows = F.cross_entropy(logits, classes, reduction="none", label_smoothing=smoothing)
    loss = (rows * weights).sum()
    loss.backward()
    return {
        "smoothing": smoothing,
        "logits": numbers(logits.detach()),
        "classes": classes.tolist(),
        "weights": numbers(weights),
        "loss": loss.item(),
        "gradient": numbers(logits.grad),
    }


def binary_cross_entropy():
    generator = torch.Generator().manual_seed(13)
    logits = (4 * torch.randn([3, 4], generator=generator)).requires_grad_()
    targets = torch.rand([3, 4], generator=generator)
    targets[0] = torch.tensor([0.0, 1.0, 1.0, 0.0])
    # Far out: where exp alone would overflow or vanish.
    with torch.no_grad():
        logits[0, :2] = torch.tensor([90.0, -90.0])
    loss = F.binary_cross_entropy_with_logits(logits, targets)
    loss.backward()
    return {
        "logits": numbers(logits.detach()),
        "targets": numbers(targets),
        "loss": loss.item(),
        "gradient": numbers(logits.grad),
    }


OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(
    json.dumps(
        {
            "torch": torch.__version__,
            "shapes": SHAPES,
            "adamw": [adamw(0, 1.0), adamw(1.0, 1.0), adamw(1.0, 0.05)],
            "cross_entropy": [cross_entropy(0.0), cross_entropy(0.1)],
            "binary_cross_entropy": binary_cross_entropy(),
        }
    )
    + "\n"
)
