"""One training step of the shipped model's shapes in PyTorch with transformers' own modules: what bench/training.js compares with.

Usage: python training.py CONFIG_JSON STAGE BATCH LENGTH ROWS STEPS  (torch 2.13.0, transformers 5.18.0)
Prints one JSON line: milliseconds of each step after the warm-up. STAGE is `vision` (tower and heads move; LENGTH patches are looked at), `language` (the
language model alone), `stage1` (Q-Former with its text branch, on features of a frozen tower: contrast and generation in one pass, as the queries see no text in
either, matching in a second) or `captioning` (the Q-Former's side moves, on features of a frozen tower, through a frozen language model).
"""
import json
import sys
import time

import torch
from torch.nn.functional import cross_entropy, gelu, log_softmax, normalize
from transformers import Blip2Config, Blip2ForImageTextRetrieval, Blip2QFormerModel, Blip2VisionModel, OPTForCausalLM

config = Blip2Config.from_dict(json.load(open(sys.argv[1])))
stage, batch, length, rows, steps = sys.argv[2], *map(int, sys.argv[3:7])
torch.set_num_threads(2)
torch.manual_seed(0)
vision = config.vision_config
grid = vision.image_size // vision.patch_size
config.qformer_config._attn_implementation = "sdpa"
vision._attn_implementation = "sdpa"
config.text_config._attn_implementation = "sdpa"


def still(model):
    """In training, without dropout."""
    for module in model.train().modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


if stage == "vision":
    classes = 86
    model = Blip2VisionModel(vision)
    heads = torch.nn.ModuleList([torch.nn.Linear(vision.hidden_size, n) for n in (classes, classes, 10, 6, 2, 4)])
    parameters = [*model.parameters(), *heads.parameters()]
    pixels = torch.rand(batch, 3, vision.image_size, vision.image_size)
    seen = length  # of all patches, as a shorter sequence after the embedding
    patches = torch.randint(classes, (batch * seen,))
    presence = torch.rand(batch, classes)
    choices = [torch.randint(n, (batch,)) for n in (10, 6, 2, 4)]

    def loss():
        embedded = model.embeddings(pixels)[:, : 1 + seen]
        features = model.post_layernorm(model.encoder(inputs_embeds=embedded).last_hidden_state)
        summary = features[:, 0]
        total = torch.nn.functional.cross_entropy(heads[0](features[:, 1:]).flatten(0, 1), patches)
        total = total + 4 * torch.nn.functional.binary_cross_entropy_with_logits(heads[1](summary), presence)
        for head, choice in zip(heads[2:], choices):
            total = total + 0.3 * torch.nn.functional.cross_entropy(head(summary), choice)
        return total
elif stage == "language":
    language = OPTForCausalLM(config.text_config).eval()
    parameters = [*language.parameters()]
    ids = torch.randint(10, 900, (batch, length))
    places = torch.randint(batch * length, (rows,))
    labels = torch.randint(900, (rows,))

    def loss():
        hidden = language.model(input_ids=ids).last_hidden_state.flatten(0, 1)
        return torch.nn.functional.cross_entropy(language.lm_head(hidden[places]), labels)
elif stage == "stage1":
    model = still(Blip2ForImageTextRetrieval(config))
    queries, width, vocabulary = config.num_query_tokens, config.qformer_config.hidden_size, config.qformer_config.vocab_size
    dense, norm, scales = torch.nn.Linear(width, width), torch.nn.LayerNorm(width), torch.nn.Parameter(torch.full((2,), 2.66))
    bias = torch.nn.Parameter(torch.zeros(vocabulary))
    parameters = [p for name, p in model.named_parameters() if not name.startswith("vision_model.")]
    parameters += [*dense.parameters(), *norm.parameters(), scales, bias]
    image = torch.randn(batch, grid * grid + 1, vision.hidden_size)
    ids = torch.randint(10, 400, (batch, length))
    said = torch.cat([torch.full((batch, 1), 4), ids[:, 1:]], 1)
    own = torch.arange(batch)
    alike = torch.eye(batch)
    half = batch // 2
    size = queries + 2 * length
    # Queries see queries, the read text itself, the said text queries and what it said before.
    sees = torch.zeros(size, size, dtype=torch.bool)
    sees[:queries, :queries] = True
    sees[queries : queries + length, queries : queries + length] = True
    sees[queries + length :, :queries] = True
    sees[queries + length :, queries + length :] = torch.ones(length, length).tril().bool()
    joint = torch.where(sees, 0.0, -1e9)[None, None].expand(batch, -1, -1, -1)
    every = torch.zeros(2 * batch, 1, queries + length, queries + length)
    pairs = torch.cat([torch.ones(batch), torch.zeros(batch)]).long()
    places = torch.arange(rows) % batch * size + queries + length + torch.arange(rows) // batch % length
    labels = torch.randint(400, (rows,))

    def qformer(embeddings, mask, image):
        return model.qformer.encoder(model.qformer.layernorm(embeddings), attention_mask=mask, encoder_hidden_states=image,
                                     query_length=queries).last_hidden_state

    def loss():
        asked, read = model.query_tokens.expand(batch, -1, -1), model.embeddings(input_ids=ids)
        hidden = qformer(torch.cat([asked, read, model.embeddings(input_ids=said)], 1), joint, image)
        q = normalize(model.vision_projection(hidden[:, :queries]), dim=-1)
        t = normalize(model.text_projection(hidden[:, queries]), dim=-1)
        largest = torch.einsum("ine,je->inj", q, t).amax(1) * scales[0].exp()
        picture = normalize(q.mean(1), dim=-1) @ t.T * scales[1].exp()
        contrast = sum(-(alike * log_softmax(s, 1)).sum(1).mean() for a in (largest, picture) for s in (a, a.T)) / 4
        others = (largest - 1e4 * alike).detach()
        pictures = torch.cat([own, others[:, :half].argmax(0), own[half:]])
        texts = torch.cat([own, own[:half], others[half:].argmax(1)])
        both = torch.cat([model.query_tokens.expand(2 * batch, -1, -1), read[texts]], 1)
        match = cross_entropy(model.itm_head(qformer(both, every, image[pictures])[:, :queries]).mean(1), pairs)
        inner = norm(gelu(dense(hidden.flatten(0, 1)[places])))
        return contrast + match + cross_entropy(inner @ model.embeddings.word_embeddings.weight.T + bias, labels)
else:
    qformer = still(Blip2QFormerModel(config.qformer_config))
    queries = torch.nn.Parameter(torch.randn(1, config.num_query_tokens, config.qformer_config.hidden_size) * 0.02)
    projection = torch.nn.Linear(config.qformer_config.hidden_size, config.text_config.hidden_size)
    language = OPTForCausalLM(config.text_config).eval().requires_grad_(False)
    parameters = [queries, *projection.parameters(), *qformer.parameters()]
    image = torch.randn(batch, grid * grid + 1, vision.hidden_size)
    ids = torch.randint(10, 1000, (batch, length))
    places = torch.randint(config.num_query_tokens, config.num_query_tokens + length, (rows,)) + torch.arange(rows) % batch * (
        config.num_query_tokens + length
    )
    labels = torch.randint(10, 1000, (rows,))

    def loss():
        seen = qformer(query_embeds=queries.expand(batch, -1, -1), encoder_hidden_states=image).last_hidden_state
        embedded = torch.cat([projection(seen), language.get_input_embeddings()(ids)], 1)
        hidden = language.model(inputs_embeds=embedded).last_hidden_state.flatten(0, 1)
        return torch.nn.functional.cross_entropy(language.lm_head(hidden[places]), labels)


optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.98), weight_decay=0.02, fused=True)
times = []
for step in range(steps + 3):
    started = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    value = loss()
    value.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    if step >= 3:
        times.append(1000 * (time.perf_counter() - started))
print(json.dumps({"ms": times, "loss": value.item()}))
