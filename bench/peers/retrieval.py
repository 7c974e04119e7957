"""Compares the vectors of an embedder directory (`hotlens train stage1`) in Python transformers with those that Hotlens gives.

    node bench/embed.js DIRECTORY OUT.json        # Hotlens's vectors of drawn scenes and their captions
    python bench/peers/retrieval.py DIRECTORY OUT.json

Needs torch 2.13.0 (CPU), transformers 5.18.0 and pillow. Loads with AutoProcessor's parts and Blip2ForImageTextRetrieval, reports
missing and unexpected tensors, and exits with 1 where one is, or where token ids differ or a vector by more than 1e-4.
"""

import io
import json
import sys
from base64 import b64decode

import torch
from PIL import Image
from transformers import AutoTokenizer, Blip2ForImageTextRetrieval
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

directory, given = sys.argv[1], json.load(open(sys.argv[2]))
model, info = Blip2ForImageTextRetrieval.from_pretrained(directory, dtype=torch.float32, output_loading_info=True)
model.eval()
tokenizer = AutoTokenizer.from_pretrained(directory)
processor = BlipImageProcessorPil.from_pretrained(directory)
problems = {name: sorted(info[name]) for name in ("missing_keys", "unexpected_keys", "mismatched_keys") if info[name]}

texts = [row["text"] for row in given["rows"]]
batch = tokenizer(texts, padding=True, return_tensors="pt")
ids = [row[: int(keep.sum())].tolist() for row, keep in zip(batch["input_ids"], batch["attention_mask"])]
wrong_ids = [text for text, ours, theirs in zip(texts, [row["ids"] for row in given["rows"]], ids) if ours != theirs]
pictures = [Image.open(io.BytesIO(b64decode(row["png"]))) for row in given["rows"]]
pixels = processor(pictures, return_tensors="pt")["pixel_values"]
with torch.no_grad():
    out = model(pixel_values=pixels, input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
    matched = model(pixel_values=pixels, input_ids=batch["input_ids"], attention_mask=batch["attention_mask"],
                    use_image_text_matching_head=True).logits_per_image
vectors = torch.nn.functional.normalize(out.image_embeds.mean(1), dim=-1)
difference = {
    "text": (out.text_embeds - torch.tensor([row["text_vector"] for row in given["rows"]])).abs().max().item(),
    "picture": (vectors - torch.tensor([row["picture_vector"] for row in given["rows"]])).abs().max().item(),
}
print(json.dumps({
    "tensors": problems, "token ids that differ": wrong_ids, "largest difference": difference,
    "rows": len(texts), "parameters": sum(p.numel() for p in model.parameters()),
    "own text closest (best query)": (out.logits_per_image.argmax(1) == torch.arange(len(texts))).float().mean().item(),
    "matching head says match for own pairs": (matched.argmax(1) == 1).float().mean().item(),
}, indent=1))
sys.exit(1 if problems or wrong_ids or max(difference.values()) > 1e-4 else 0)
