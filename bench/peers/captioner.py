"""Does a captioner directory say the same in Python transformers as in Hotlens?

Usage: python captioner.py MODEL_DIR IMAGE...   (torch 2.13.0, transformers 5.18.0, after `npm run build`)
Runs `node dist/main.js caption --no-ecma --json` on the pictures, generates with transformers in float32 on the same pixels' files,
greedily and with five beams, and compares token ids. Exits with 1 where any differs.
"""
import json
import subprocess
import sys
from pathlib import Path

import torch
from PIL import Image
from transformers import AutoTokenizer, Blip2ForConditionalGeneration, BlipImageProcessor, GenerationConfig

model_dir, *images = sys.argv[1:]
root = Path(__file__).resolve().parents[2]
processor = BlipImageProcessor.from_pretrained(model_dir)
tokenizer = AutoTokenizer.from_pretrained(model_dir)
model = Blip2ForConditionalGeneration.from_pretrained(model_dir, dtype=torch.float32).eval()
generation = GenerationConfig.from_pretrained(model_dir)
image_token = model.config.image_token_index
prompt = [image_token] * model.config.num_query_tokens + tokenizer("").input_ids

different = 0
for beams in (1, 5):
    command = ["node", str(root / "dist/main.js"), "caption", "--model", model_dir, "--no-ecma", "--json", "--num-beams", str(beams), *images]
    ours = [json.loads(line) for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()]
    for image, result in zip(images, ours):
        pixels = processor(Image.open(image).convert("RGB"), return_tensors="pt").pixel_values
        with torch.no_grad():
            ids = model.generate(
                pixel_values=pixels,
                input_ids=torch.tensor([prompt]),
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                generation_config=generation,
                num_beams=beams,
                do_sample=False,
            )[0].tolist()
        ids = ids[len(prompt):] if ids[: len(prompt)] == prompt else ids
        while ids and ids[-1] in (generation.pad_token_id,):
            ids.pop()
        same = ids == result["tokenIds"] or ids[:-1] == result["tokenIds"]
        different += not same
        if not same:
            print(f"{image} ({beams} beams)\n  transformers: {tokenizer.decode(ids, skip_special_tokens=True)!r} {ids}\n  hotlens: {result['caption']!r} {result['tokenIds']}")
print(f"{2 * len(images) - different} of {2 * len(images)} captions are the same")
sys.exit(1 if different else 0)
