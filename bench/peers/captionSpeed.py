"""Captions pictures with Python transformers as bench/captionSpeed.js asks.

Usage: python captionSpeed.py MODEL_DIR DTYPE THREADS   (torch 2.13.0, transformers 5.18.0)
DTYPE is float32 or bfloat16. Reads a question a line, {"files": [...], "batch", "beams", "tokens"}; answers a line each,
{"ids": [[...]], "seconds": [a number per batch], "peakMb"}: file to text, as a careful user would write it (transformers' load_image turns pictures by their EXIF, too).
"""
import json
import resource
import sys
import time

import torch
import transformers
from PIL import Image, ImageOps
from transformers import AutoTokenizer, Blip2ForConditionalGeneration, BlipImageProcessor, GenerationConfig

model_dir, dtype, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
processor = BlipImageProcessor.from_pretrained(model_dir)
tokenizer = AutoTokenizer.from_pretrained(model_dir)
model = Blip2ForConditionalGeneration.from_pretrained(model_dir, dtype=getattr(torch, dtype)).eval()
generation = GenerationConfig.from_pretrained(model_dir)
image_token = model.config.image_token_index
prompt = [image_token] * model.config.num_query_tokens + tokenizer("").input_ids
versions = {"torch": torch.__version__, "transformers": transformers.__version__}
print(json.dumps({"ready": versions}), flush=True)

for line in sys.stdin:
    asked = json.loads(line)
    ids, seconds = [], []
    for at in range(0, len(asked["files"]), asked["batch"]):
        files = asked["files"][at : at + asked["batch"]]
        start = time.perf_counter()
        pixels = processor([ImageOps.exif_transpose(Image.open(file)).convert("RGB") for file in files], return_tensors="pt").pixel_values
        with torch.inference_mode():
            found = model.generate(
                pixel_values=pixels.to(model.dtype),
                input_ids=torch.tensor([prompt] * len(files)),
                attention_mask=torch.ones(len(files), len(prompt), dtype=torch.long),
                generation_config=generation,
                num_beams=asked["beams"],
                min_new_tokens=asked["tokens"],
                max_new_tokens=asked["tokens"],
                do_sample=False,
            )
        texts = tokenizer.batch_decode(found, skip_special_tokens=True)
        seconds.append(time.perf_counter() - start)
        assert len(texts) == len(files)
        ids += [row[len(prompt) :] if row[: len(prompt)] == prompt else row for row in found.tolist()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ids": ids, "seconds": seconds, "peakMb": peak}), flush=True)
