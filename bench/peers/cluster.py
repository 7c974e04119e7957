"""HDBSCAN in scikit-learn: what bench/cluster.js compares with.

Usage: python cluster.py POINTS.npy MIN_CLUSTER_SIZE ALGORITHM JOBS  (scikit-learn 1.9.1)
Prints one JSON line: seconds of the fit, and the labels.
"""
import json
import sys
import time

import numpy as np
from sklearn.cluster import HDBSCAN

points = np.load(sys.argv[1]).astype(np.float64)
model = HDBSCAN(min_cluster_size=int(sys.argv[2]), algorithm=sys.argv[3], n_jobs=int(sys.argv[4]), copy=True)
started = time.perf_counter()
model.fit(points)
print(json.dumps({"seconds": time.perf_counter() - started, "labels": model.labels_.tolist()}))
