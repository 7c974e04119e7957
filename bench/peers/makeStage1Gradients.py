"""Writes the losses of BLIP-2's first stage, and their gradients, as torch's autograd has them.

    python bench/peers/makeStage1Gradients.py

Output: test/fixtures/stage1/. Needs torch 2.13.0 (CPU) and transformers 5.18.0. The model is test/fixtures/checkpoints/retrieval-float16
in float64. Each loss has passes of its own, as in LAVIS (blip2_qformer.py): queries alone, text alone, both for matching, and the
said text after the queries. Texts, noise and the head that says are drawn from a fixed seed. Pictures 0 and 3 have the same text.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy, gelu, layer_norm, log_softmax, normalize
from transformers import Blip2ForImageTextRetrieval

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "test/fixtures/checkpoints/retrieval-float16"
OUT = ROOT / "test/fixtures/stage1"
LENGTHS = [7, 9, 5, 7]
HIDDEN = -1e9

model = Blip2ForImageTextRetrieval.from_pretrained(MODEL, dtype=torch.float64, attn_implementation="eager").eval()
config = model.config.qformer_config
queries, width, vocabulary = model.config.num_query_tokens, config.hidden_size, config.vocab_size
generator = torch.Generator().manual_seed(11)


def draw(*shape):
    return torch.randn(shape, generator=generator).float().double()


pixels = load_file(MODEL / "expected.safetensors")["pixel_values"].double()
pixels = torch.cat([pixels[:3], pixels[:1].flip(-1)])
batch, length, say = len(LENGTHS), max(LENGTHS), 4
ids = torch.randint(5, vocabulary, (batch, length), generator=generator)
ids[:, 0] = 2
ids[3] = ids[0]
keep = torch.arange(length)[None] < torch.tensor(LENGTHS)[:, None]
ids[~keep] = 0
alike = torch.eye(batch, dtype=torch.bool)
alike[0, 3] = alike[3, 0] = True
targets = alike / alike.sum(1, keepdim=True)
noise = torch.where(alike, torch.tensor(-1e4), draw(batch, batch))
heads = {
    "heads.query_scale": torch.tensor([1.3]),
    "heads.picture_scale": torch.tensor([1.9]),
    "heads.lm.dense.weight": 0.3 * draw(width, width),
    "heads.lm.dense.bias": 0.2 * draw(width),
    "heads.lm.norm.weight": 1 + 0.2 * draw(width),
    "heads.lm.norm.bias": 0.2 * draw(width),
    "heads.lm.bias": 0.2 * draw(vocabulary),
}
heads = {name: value.float().double().requires_grad_() for name, value in heads.items()}


def qformer(embeddings, sees, image, query_length):
    """`sees`: which places each place sees, [B, S, S]."""
    mask = torch.where(sees, 0.0, HIDDEN)[:, None]
    return model.qformer.encoder(model.qformer.layernorm(embeddings), attention_mask=mask, encoder_hidden_states=image,
                                 query_length=query_length).last_hidden_state


def embed(tokens):
    return model.embeddings(input_ids=tokens)


def over(rows, columns):
    return torch.ones(batch, rows, columns, dtype=torch.bool)


with torch.no_grad():
    image = model.vision_model(pixels).last_hidden_state
tokens = model.query_tokens.expand(batch, -1, -1)

# Contrast.
seen = qformer(tokens, over(queries, queries), image, queries)
text = qformer(embed(ids), keep[:, None] & over(length, length), None, 0)
q = normalize(model.vision_projection(seen), dim=-1)
t = normalize(model.text_projection(text[:, 0]), dim=-1)
largest = torch.einsum("ine,je->inj", q, t).amax(1) * heads["heads.query_scale"].exp()
picture = normalize(q.mean(1), dim=-1) @ t.T * heads["heads.picture_scale"].exp()
contrast = sum(-(targets * log_softmax(s, 1)).sum(1).mean() for logits in (largest, picture) for s in (logits, logits.T)) / 4

# Matching: one hard negative a row, of a picture for the first half's texts, of a text for the other half's pictures.
scores = (largest + noise).detach()
half = batch // 2
hard_pictures = scores[:, :half].argmax(0)
hard_texts = scores[half:].argmax(1)
own = torch.arange(batch)
pictures = torch.cat([own, hard_pictures, own[half:]])
texts = torch.cat([own, own[:half], hard_texts])
both = torch.cat([model.query_tokens.expand(2 * batch, -1, -1), embed(ids[texts])], 1)
visible = torch.cat([torch.ones(2 * batch, queries, dtype=torch.bool), keep[texts]], 1)
hidden = qformer(both, visible[:, None].expand(-1, queries + length, -1), image[pictures], queries)
logits = model.itm_head(hidden[:, :queries]).mean(1)
match = cross_entropy(logits, torch.cat([torch.ones(batch), torch.zeros(batch)]).long())

# Generation.
said = ids.clone()
said[:, 0] = say
sees = torch.zeros(batch, queries + length, queries + length, dtype=torch.bool)
sees[:, :queries, :queries] = True
sees[:, queries:, :queries] = True
sees[:, queries:, queries:] = torch.ones(length, length).tril().bool()
hidden = qformer(torch.cat([tokens, embed(said)], 1), sees, image, queries)[:, queries:]
inner = gelu(hidden @ heads["heads.lm.dense.weight"].T + heads["heads.lm.dense.bias"], approximate="tanh")
inner = layer_norm(inner, (width,), heads["heads.lm.norm.weight"], heads["heads.lm.norm.bias"], config.layer_norm_eps)
words = inner @ model.embeddings.word_embeddings.weight.T + heads["heads.lm.bias"]
labels = torch.where(keep, ids, -100)[:, 1:]
say_loss = cross_entropy(words[:, :-1].reshape(-1, vocabulary), labels.reshape(-1), ignore_index=-100)

loss = contrast + match + say_loss
loss.backward()
gradients = {name: parameter.grad for name, parameter in model.named_parameters() if parameter.grad is not None}
gradients.update({name: value.grad for name, value in heads.items()})
lacking = [name for name, p in model.named_parameters() if p.grad is None and not name.startswith("vision_model.")]
assert not lacking, lacking

OUT.mkdir(parents=True, exist_ok=True)
save_file({name: value.float().contiguous() for name, value in gradients.items()}, OUT / "gradients.safetensors")
save_file({"pixel_values": pixels.float(), "noise": noise.float(), **{n: v.detach().float() for n, v in heads.items()}},
          OUT / "inputs.safetensors")
(OUT / "expected.json").write_text(json.dumps({
    "input_ids": ids.tolist(), "lengths": LENGTHS, "say_id": say, "alike": alike.int().tolist(),
    "loss": loss.item(), "contrast_loss": contrast.item(), "match_loss": match.item(), "say_loss": say_loss.item(),
    "hard_pictures": hard_pictures.tolist(), "hard_texts": hard_texts.tolist(),
}, indent=1) + "\n")
print({"loss": loss.item(), "contrast": contrast.item(), "match": match.item(), "say": say_loss.item()}, len(gradients), hard_pictures, hard_texts)
