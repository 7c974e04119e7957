"""Writes test/fixtures/hdbscan/assigned.json: where the hdbscan package puts new points, and its exemplars.

python bench/peers/makeClusterCases.py test/fixtures/hdbscan (hdbscan 0.8.44, numpy). New points are drawn around old ones, and far from all.
The package does not count a point as its own neighbour: its min_samples is one less than Hotlens's. Only data on which its fit does not
depend on the order of equal edges: in the plane it does.
"""
import json
import sys
from pathlib import Path

import hdbscan
import numpy as np

folder = Path(sys.argv[1])
cases = []
for name, size, samples, method in [
    ("blobs10d", 10, 10, "eom"),
    ("topics64", 15, 8, "leaf"),
    ("topics64", 10, 5, "eom"),
    ("duplicates", 6, 4, "eom"),
]:
    points = np.load(folder / f"{name}.npy").astype(np.float64)
    rng = np.random.default_rng(7)
    spread = points.std(axis=0)
    near = points[rng.integers(len(points), size=60)] + 0.15 * spread * rng.normal(size=(60, points.shape[1]))
    far = points.mean(axis=0) + 3 * spread * rng.normal(size=(20, points.shape[1]))
    new = np.vstack([near, far]).astype(np.float32)
    model = hdbscan.HDBSCAN(
        min_cluster_size=size, min_samples=samples - 1, cluster_selection_method=method, prediction_data=True
    ).fit(points)
    labels, strengths = hdbscan.approximate_predict(model, new.astype(np.float64))
    rows = {tuple(point): [] for point in points}
    for row, point in enumerate(points):
        rows[tuple(point)].append(row)
    cases.append(
        {
            "data": name,
            "minClusterSize": size,
            "minSamples": samples,
            "method": method,
            "points": [[float(f"{x:.9g}") for x in row] for row in new.tolist()],
            "fitted": model.labels_.tolist(),
            "labels": labels.tolist(),
            "strengths": [round(float(x), 9) for x in strengths],
            "exemplars": [sorted({row for p in points_ for row in rows[tuple(p)]}) for points_ in model.exemplars_],
        }
    )
(folder / "assigned.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
