"""Scores captions with pycocoevalcap, for bench/eval.js.

    python bench/peers/scoreCaptions.py REFERENCES RESULTS

Prints one JSON object: seconds by part, and the corpus and image scores. Needs pycocoevalcap 1.2 and java.
"""

import contextlib
import io
import json
import sys
import time

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.meteor.meteor import Meteor
from pycocoevalcap.rouge.rouge import Rouge
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

references, results = {}, {}
for annotation in json.load(open(sys.argv[1], encoding="utf-8"))["annotations"]:
    references.setdefault(annotation["image_id"], []).append({"caption": annotation["caption"]})
for result in json.load(open(sys.argv[2], encoding="utf-8")):
    results[result["image_id"]] = [{"caption": result["caption"]}]
results = {image: results[image] for image in references}

seconds, corpus, images = {}, {}, {image: {} for image in references}
start = time.perf_counter()
tokenizer = PTBTokenizer()
gts, res = tokenizer.tokenize(references), tokenizer.tokenize(results)
seconds["tokens"] = time.perf_counter() - start
for scorer, names in [(Bleu(4), ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4"]), (Rouge(), ["ROUGE-L"]), (Cider(), ["CIDEr"]), (Meteor(), ["METEOR"])]:
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        score, scores = scorer.compute_score(gts, res)
    seconds[names[0].split("-")[0]] = time.perf_counter() - start
    for name, one, each in zip(names, score if len(names) > 1 else [score], scores if len(names) > 1 else [scores]):
        corpus[name] = float(one)
        for image, value in zip(references, each):
            images[image][name] = float(value)
print(json.dumps({"seconds": seconds, "corpus": corpus, "images": images}))
