"""What is used today: topics found anew in every window, and linked to those of the window before.

Usage: python windows.py DIR umap|bertopic|hdbscan   (umap-learn 0.5.12, bertopic 0.17.4, scikit-learn 1.9.1)
DIR has posts.ndjson (id, createdAt, author, caption) and embeddings.npy in the order of the posts. Every hour the posts of the last 24 are
clustered: `umap` reduces to 5 dimensions and runs HDBSCAN (4CAT's recipe), `bertopic` is BERTopic on the given embeddings, `hdbscan` runs on
the unreduced ones. A cluster takes the id of the earlier one that it shares most posts with (Jaccard of 0.2 or more), or whose centroid is
nearest (cosine of 0.9 or more); others are new. Trending: distinct authors of the last three hours against those of the 21 before, per hour.
Prints rows as `hotlens detect` does.
"""
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

HOUR = 3600
WINDOW, RECENT, SMALLEST = 24 * HOUR, 3 * HOUR, 8
JACCARD, CENTROID = 0.2, 0.9
AUTHORS, RATIO = 5, 2.0

folder, method = Path(sys.argv[1]), sys.argv[2]
posts = [json.loads(line) for line in (folder / "posts.ndjson").read_text().splitlines()]
vectors = np.load(folder / "embeddings.npy").astype(np.float32)
times = np.array([datetime.fromisoformat(p["createdAt"].replace("Z", "+00:00")).timestamp() for p in posts])
order = np.argsort(times, kind="stable")


def iso(at):
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def clustered(chosen):
    points = vectors[chosen]
    if len(chosen) < 50:
        return np.full(len(chosen), -1)
    from sklearn.cluster import HDBSCAN

    if method == "hdbscan":
        return HDBSCAN(min_cluster_size=SMALLEST, copy=True).fit_predict(points.astype(np.float64))
    import umap

    reduce = umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42)
    if method == "umap":
        return HDBSCAN(min_cluster_size=SMALLEST, copy=True).fit_predict(reduce.fit_transform(points))
    from bertopic import BERTopic

    model = BERTopic(umap_model=reduce, min_topic_size=SMALLEST, calculate_probabilities=False, verbose=False)
    topics, _ = model.fit_transform([posts[i]["caption"] or "none" for i in chosen], points)
    return np.array(topics)


def emit(**row):
    print(json.dumps(row))


known, names, home = {}, 0, {}
at = (times.min() // HOUR + 1) * HOUR
while at <= times.max() + HOUR:
    chosen = [i for i in order if at - WINDOW < times[i] <= at]
    labels = clustered(chosen)
    groups = {}
    for i, label in zip(chosen, labels):
        if label >= 0:
            groups.setdefault(label, []).append(i)
    found, taken = {}, set()
    for members in sorted(groups.values(), key=len, reverse=True):
        inside = set(members)
        centre = vectors[members].mean(0)
        centre /= np.linalg.norm(centre) + 1e-12
        best = max(
            ((len(inside & other) / len(inside | other), float(centre @ middle), name) for name, (other, middle) in known.items() if name not in taken),
            key=lambda link: (link[0] if link[0] >= JACCARD else 0, link[1]),
            default=(0, 0, None),
        )
        if best[0] >= JACCARD or best[1] >= CENTROID:
            name = best[2]
        else:
            names += 1
            name = f"t{names}"
            emit(type="hotspot", at=iso(at), hotspot=name, event="emerged", score=0)
        taken.add(name)
        found[name] = (inside, centre)
    for name in known.keys() - found.keys():
        emit(type="hotspot", at=iso(at), hotspot=name, event="ended", score=0)
    now = {i: name for name, (inside, _) in found.items() for i in inside}
    for i in chosen:
        if home.get(i) != now.get(i):
            emit(type="assign", at=iso(at), post=posts[i]["id"], hotspot=now.get(i))
            home[i] = now.get(i)
    ranked = []
    for name, (inside, _) in found.items():
        recent = {posts[i]["author"] for i in inside if times[i] > at - RECENT}
        before = {posts[i]["author"] for i in inside if times[i] <= at - RECENT}
        ratio = (len(recent) / 3) / ((len(before) + 1) / 21)
        if len(recent) >= AUTHORS and ratio >= RATIO:
            ranked.append((ratio * np.sqrt(len(recent)), name, len(inside)))
    ranked.sort(reverse=True)
    emit(type="rank", at=iso(at), hotspots=[{"hotspot": name, "score": float(score), "size": size} for score, name, size in ranked[:10]])
    known = found
    at += HOUR
