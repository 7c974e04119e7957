"""Matrix products of a training step in PyTorch, one thread: what bench/products.js compares with.

Usage: python products.py '[[M, K, N, "nt"], ...]' ROUNDS  (torch 2.13.0)
Prints one JSON line: milliseconds of each round of each product.
"""
import json
import sys
import time

import torch

torch.set_num_threads(1)
times = []
for m, k, n, kind in json.loads(sys.argv[1]):
    a = torch.randn(k, m).t() if kind[0] == "t" else torch.randn(m, k)
    b = torch.randn(n, k).t() if kind[1] == "t" else torch.randn(k, n)
    rounds = []
    for _ in range(int(sys.argv[2])):
        started = time.perf_counter()
        a @ b
        rounds.append(1000 * (time.perf_counter() - started))
    times.append(rounds)
print(json.dumps(times))
