"""Writes tiny random checkpoints of many shapes and what transformers computes with them.

    python bench/peers/makeReferenceCheckpoints.py [NAME ...]

Output: test/fixtures/checkpoints/NAME/. Needs torch 2.13.0 (CPU), transformers 5.18.0, sentence-transformers 6.2.0 and pillow 12.3.0
(Pillow 13 resamples rows before columns where that is less work, which moves single pixels by 1 of 255).
Weights come from fixed seeds. All expected numbers are float32 on the CPU, from the files as they were written (float16
and bfloat16 ones are loaded as float32). Token ids are kept only where float64 chooses the same ones, so that none hangs
on rounding: a seed for which that fails is skipped.
"""

import json
import shutil
import sys
import warnings
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import (
    AutoTokenizer,
    BertTokenizer,
    Blip2Config,
    Blip2ForConditionalGeneration,
    Blip2ForImageTextRetrieval,
    GenerationConfig,
)
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "test/fixtures/checkpoints"
OPT_TINY = ROOT / "test/fixtures/blip2-opt-tiny"
IMAGES = [ROOT / f"test/fixtures/blip2-opt-tiny/image{i}.png" for i in range(3)]
PROMPTS = {"none": "", "photo": "a photo of"}
NEW_TOKENS = 12

VISION = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=28, image_size=28, patch_size=7,
              hidden_act="gelu", qkv_bias=True, initializer_range=0.2)
QFORMER = dict(hidden_size=18, num_hidden_layers=2, num_attention_heads=3, intermediate_size=28, vocab_size=421,
               max_position_embeddings=32, initializer_range=0.25, cross_attention_frequency=2)
TEXT = dict(model_type="opt", vocab_size=421, hidden_size=24, num_hidden_layers=2, num_attention_heads=4, ffn_dim=40,
            max_position_embeddings=64, word_embed_proj_dim=None, init_std=0.3, dropout=0.0, activation_function="relu",
            bos_token_id=2, eos_token_id=202, pad_token_id=1)

# Each: what differs from the base above; `save` says how the weights are stored; `generation` is generation_config.json.
CAPTIONERS = {
    "opt-post-norm": dict(
        about="post-LN OPT (do_layer_norm_before false), GELU, vocabulary padded beyond the tokenizer's, patches of 6 that do not fill the 32 px side",
        vision=dict(image_size=32, patch_size=6), text=dict(do_layer_norm_before=False, activation_function="gelu", vocab_size=424)),
    "opt-projected": dict(
        about="post-LN OPT whose words are narrower than its states: project_in, project_out (as opt-350m)",
        text=dict(do_layer_norm_before=False, hidden_size=28, word_embed_proj_dim=20), one_by_one=True),
    "sharded-float16": dict(
        about="float16 with a float32 Q-Former (as transformers saves a model loaded in float16), in shards with an index",
        save=dict(dtype=torch.float16, max_shard_size="30KB")),
    "bfloat16": dict(about="bfloat16, all of it", save=dict(dtype=torch.bfloat16, whole=True)),
    "other-heads": dict(
        about="no qkv bias, cross-attention in every layer, 35 px of 5 px patches, other head counts, 5 query tokens, quick_gelu / gelu_new / gelu activations, three end tokens and beams by default",
        vision=dict(image_size=35, patch_size=5, qkv_bias=False, hidden_size=20, num_attention_heads=5, hidden_act="quick_gelu"),
        qformer=dict(cross_attention_frequency=1, num_attention_heads=2, hidden_act="gelu_new", layer_norm_eps=1e-5),
        text=dict(num_attention_heads=3, activation_function="gelu_new"), num_query_tokens=5,
        generation=dict(num_beams=3, max_new_tokens=9, length_penalty=0.5, no_repeat_ngram_size=3, repetition_penalty=1.2,
                        early_stopping=True, min_new_tokens=2, eos="three")),
    "opt-bare": dict(
        about="untied lm_head, layer norms without weights, attention and feed-forward without bias, no final layer norm; max_length by default",
        text=dict(tie_word_embeddings=False, layer_norm_elementwise_affine=False, enable_bias=False, _remove_final_layer_norm=True),
        generation=dict(max_length=16, num_beams=2)),
}


def settings(eos):
    """The decoding settings every captioner is tried under; `eos` is a token its weights do reach."""
    two = [eos[0], eos[1]]
    return {
        "greedy": dict(),
        "beam3": dict(num_beams=3),
        "greedy_rep": dict(repetition_penalty=1.4),
        "eos_greedy": dict(eos_token_id=eos[0]),
        "eos_beam4": dict(eos_token_id=eos[0], num_beams=4),
        "eos2_beam3_lpm1": dict(eos_token_id=two, num_beams=3, length_penalty=-1.0),
        "eos2_beam4_lp2_early": dict(eos_token_id=two, num_beams=4, length_penalty=2.0, early_stopping=True),
        "eos_beam5_min5_ngram2_rep": dict(eos_token_id=eos[0], num_beams=5, min_new_tokens=5, no_repeat_ngram_size=2, repetition_penalty=1.3),
    }


def randomise(model, seed):
    """Weights that make outputs vary: norms and biases away from 1 and 0, projections of order one."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape, generator=generator)
            if "norm" in name.lower() and name.endswith("weight"):
                values = 1 + 0.2 * values
            elif parameter.ndim == 1:
                values = 0.2 * values
            elif "embed" in name or "query_tokens" in name:
                values = 0.5 * values
            else:
                values = values * (1.4 / parameter.shape[-1] ** 0.5)
            if name.endswith("patch_embedding.weight"):
                values = values * (1.0 / parameter[0, 0].numel() ** 0.5)
            parameter.copy_(values)
    model.tie_weights()
    return model


def make_captioner(name, variant):
    target = OUT / name
    tokenizer = AutoTokenizer.from_pretrained(OPT_TINY)
    vision = {**VISION, **variant.get("vision", {})}
    text = {**TEXT, **variant.get("text", {})}
    queries = variant.get("num_query_tokens", 4)
    config = Blip2Config(vision_config=vision, qformer_config={**QFORMER, **variant.get("qformer", {})}, text_config=text,
                         num_query_tokens=queries, image_token_index=420, image_text_hidden_size=16)
    processor = BlipImageProcessorPil(size={"height": vision["image_size"], "width": vision["image_size"]})
    pixels = processor([Image.open(path) for path in IMAGES], return_tensors="pt")["pixel_values"]
    ids = {key: tokenizer(text)["input_ids"] for key, text in PROMPTS.items()}

    for seed in range(400):
        shutil.rmtree(target, ignore_errors=True)
        model = randomise(Blip2ForConditionalGeneration(config).eval(), seed)
        save(model, target, variant.get("save", {}))
        model = Blip2ForConditionalGeneration.from_pretrained(target, dtype=torch.float32).eval()
        assert all(p.dtype == torch.float32 for p in model.parameters())
        tied = model.language_model.lm_head.weight.data_ptr() == model.language_model.get_input_embeddings().weight.data_ptr()
        assert tied == text.get("tie_word_embeddings", True)
        eos = reachable(model, pixels, ids, queries)
        generation = dict(bos_token_id=2, pad_token_id=1, eos_token_id=202, **variant.get("generation", {}))
        if generation.pop("eos", None):
            generation["eos_token_id"] = [eos[0], 202, eos[1]]
        GenerationConfig(**generation).save_pretrained(target)
        tried = settings(eos)
        if "generation" in variant:
            tried["defaults"] = generation
        chosen = generate_all(model, pixels, ids, queries, tried)
        same = chosen == generate_all(Blip2ForConditionalGeneration.from_pretrained(target, dtype=torch.float64).eval(),
                                      pixels.double(), ids, queries, tried)
        if same and varied(chosen):
            break
    else:
        raise SystemExit(f"{name}: no seed gave choices with a margin")

    processor.save_pretrained(target)
    tokenizer.save_pretrained(target)
    (target / "chat_template.jinja").unlink(missing_ok=True)
    save_file({k: v.contiguous() for k, v in outputs(model, pixels, ids, queries, variant).items()}, target / "expected.safetensors")
    write_json(target / "expected.json", {
        "about": variant["about"], "seed": seed, "transformers": "5.18.0", "torch": torch.__version__, "max_new_tokens": NEW_TOKENS,
        "settings": tried,
        "generate": {key: {"text": PROMPTS[key], "input_ids": ids[key], "ids": chosen[key]} for key in PROMPTS}})
    readable(target)
    print(name, "seed", seed, "eos", eos, "bytes", sum(f.stat().st_size for f in target.rglob("*") if f.is_file()))


def save(model, target, how):
    dtype = how.get("dtype", torch.float32)
    if dtype == torch.float32:
        model.save_pretrained(target)
        return
    if how.get("whole"):
        model = model.to(dtype)
    else:  # all but what transformers keeps in float32
        for name, parameter in model.named_parameters():
            if not any(part in name for part in model._keep_in_fp32_modules):
                parameter.data = parameter.data.to(dtype)
    model.config.dtype = dtype
    for part in (model.config.text_config, model.config.vision_config, model.config.qformer_config):
        part.dtype = dtype
    model.save_pretrained(target, max_shard_size=how.get("max_shard_size", "5GB"))


def prompt_batch(prompt, queries, batch):
    return torch.tensor([[420] * queries + prompt] * batch)


def generate_all(model, pixels, ids, queries, tried):
    """Ids under every setting, each image by itself: {prompt: {setting: [[id, ...] per image]}}, cut after the end token."""
    result = {}
    for key, prompt in ids.items():
        result[key] = {}
        for setting, options in tried.items():
            limits = {} if setting == "defaults" else {"max_new_tokens": NEW_TOKENS}
            rows = []
            for image in pixels:
                full = prompt_batch(prompt, queries, 1)
                row = model.generate(pixel_values=image[None], input_ids=full, attention_mask=torch.ones_like(full),
                                     **{**limits, **options})[0]
                rows.append(row[full.shape[1]:].tolist())
            result[key][setting] = rows
    return result


def reachable(model, pixels, ids, queries):
    """Two tokens that greedy decoding does produce, neither of them first: good end tokens to try."""
    rows = [row for prompt in generate_all(model, pixels, ids, queries, {"g": {}}).values() for row in prompt["g"]]
    counts = {}
    for row in rows:
        for position, token in enumerate(row):
            if 2 <= position <= 8 and token not in row[:2] and token > 3:
                counts[token] = counts.get(token, 0) + 1
    best = sorted(counts, key=lambda token: (-counts[token], token))
    return (best + [107, 218])[:2]


def varied(chosen):
    """Images differ, prompts differ, the end token ends some but not all, and no row is one token repeated."""
    greedy = [tuple(row) for prompt in chosen.values() for row in prompt["greedy"]]
    ended = [len(row) < NEW_TOKENS for prompt in chosen.values() for key in ("eos_greedy", "eos_beam4", "eos2_beam4_lp2_early") for row in prompt[key]]
    return len(set(greedy)) >= 5 and min(len(set(row)) for row in greedy) >= 4 and 4 <= sum(ended) <= len(ended) - 2


def outputs(model, pixels, ids, queries, variant):
    with torch.no_grad():
        vision = model.vision_model(pixels).last_hidden_state
        attention = torch.ones(vision.shape[:2], dtype=torch.long)
        qformer = model.qformer(query_embeds=model.query_tokens.expand(len(pixels), -1, -1), encoder_hidden_states=vision,
                                encoder_attention_mask=attention).last_hidden_state
        result = {"pixel_values": pixels, "vision.last_hidden_state": vision, "qformer.last_hidden_state": qformer,
                  "language_model_inputs": model.language_projection(qformer)}
        for key, prompt in ids.items():
            # One image at a time: where the projection is wider than the words, transformers spreads its numbers over the batch.
            result[f"logits.{key}"] = torch.cat([
                model(pixel_values=image[None], input_ids=prompt_batch(prompt, queries, 1)).logits for image in pixels])
    return result


# ---- retrieval and sentence encoders -------------------------------------------------------------------------------

TEXTS = ["two people standing under an umbrella", "a house on fire", "football match at night, full stadium!", "",
         "na\u00efve caf\u00e9 \u2014 S\u00e3o Paulo \U0001f600", "word " * 60]


def make_retrieval(name):
    target = OUT / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    vocabulary = wordpiece_vocabulary()
    (target / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    tokenizer = BertTokenizer(vocab=str(target / "vocab.txt"), do_lower_case=True)
    config = Blip2Config(
        vision_config={**VISION, "image_size": 42, "patch_size": 14, "qkv_bias": False, "num_hidden_layers": 1},
        qformer_config={**QFORMER, "use_qformer_text_input": True, "vocab_size": len(vocabulary), "hidden_act": "gelu_new",
                        "num_attention_heads": 2, "cross_attention_frequency": 1},
        text_config=TEXT, num_query_tokens=3, image_token_index=None, image_text_hidden_size=16)
    model = randomise(Blip2ForImageTextRetrieval(config).eval(), 5)
    model.half().save_pretrained(target)
    model = Blip2ForImageTextRetrieval.from_pretrained(target, dtype=torch.float32).eval()
    processor = BlipImageProcessorPil(size={"height": 42, "width": 42})
    processor.save_pretrained(target)
    tokenizer.save_pretrained(target)
    for extra in ("tokenizer.json", "special_tokens_map.json"):  # older checkpoints have the vocabulary alone
        (target / extra).unlink(missing_ok=True)
    (target / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    pixels = processor([Image.open(path) for path in IMAGES], return_tensors="pt")["pixel_values"]
    texts = [text for text in TEXTS if len(tokenizer(text)["input_ids"]) <= 32][:3]
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        head = dict(pixel_values=pixels, input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        out = model(**head)
        itm = model(**head, use_image_text_matching_head=True).logits_per_image
        save_file({"pixel_values": pixels, "image_embeds": out.image_embeds.contiguous(), "text_embeds": out.text_embeds.contiguous(),
                   "logits_per_image": out.logits_per_image.contiguous(), "itm_logits": itm.contiguous()}, target / "expected.safetensors")
    write_json(target / "expected.json", {
        "about": "Blip2ForImageTextRetrieval in float16: no qkv bias, cross-attention in every layer, gelu_new; vocab.txt without tokenizer.json",
        "transformers": "5.18.0", "texts": texts, "input_ids": batch["input_ids"].tolist(), "attention_mask": batch["attention_mask"].tolist()})
    readable(target)
    print(name, "bytes", sum(f.stat().st_size for f in target.rglob("*") if f.is_file()))


def wordpiece_vocabulary():
    words = sorted({word for text in TEXTS for word in text.lower().replace(",", " ").replace("!", " ").split()} - {"\u2014"})
    letters = sorted({letter for word in words for letter in word} | set("abcdefghijklmnopqrstuvwxyz0123456789,.!?-\u2014"))
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), *(w for w in words[::2] if len(w) > 1)]


def make_sentence_encoder(name, kind, pooling, max_length, about, normalise=True, dense=False):
    """In the layout of older sentence-transformers; the new one is test/fixtures/sentence-tiny."""
    from sentence_transformers import SentenceTransformer
    from tokenizers import ByteLevelBPETokenizer
    from transformers import (BertConfig, BertModel, DistilBertConfig, DistilBertModel, MPNetConfig, MPNetModel, MPNetTokenizer,
                              RobertaConfig, RobertaModel, RobertaTokenizer)

    target = OUT / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shape = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40)
    if kind == "roberta":
        bpe = ByteLevelBPETokenizer()
        bpe.train_from_iterator(TEXTS, vocab_size=330, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
        bpe.save_model(str(target))
        tokenizer = RobertaTokenizer.from_pretrained(target, model_max_length=40)
        model = RobertaModel(RobertaConfig(vocab_size=bpe.get_vocab_size(), max_position_embeddings=42, pad_token_id=1, type_vocab_size=1, layer_norm_eps=1e-5, **shape))
    else:
        vocabulary = wordpiece_vocabulary()
        if kind == "mpnet":
            vocabulary = ["<s>", "<pad>", "</s>", "<unk>", "[UNK]", *vocabulary[5:], "<mask>"]
        (target / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
        size = len(vocabulary)
        if kind == "mpnet":
            tokenizer = MPNetTokenizer.from_pretrained(target, model_max_length=40)
            model = MPNetModel(MPNetConfig(vocab_size=size, max_position_embeddings=44, **shape))
        elif kind == "distilbert":
            tokenizer = BertTokenizer(vocab=str(target / "vocab.txt"), do_lower_case=True, model_max_length=40)
            model = DistilBertModel(DistilBertConfig(vocab_size=size, dim=24, n_layers=2, n_heads=3, hidden_dim=40, max_position_embeddings=40))
        else:
            tokenizer = BertTokenizer(vocab=str(target / "vocab.txt"), do_lower_case=True, model_max_length=40)
            model = BertModel(BertConfig(vocab_size=size, max_position_embeddings=40, **shape))
    randomise(model.eval(), 11)
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)

    modules = [("", "Transformer"), ("1_Pooling", "Pooling")]
    if dense:
        modules.append(("2_Dense", "Dense"))
    if normalise:
        modules.append((f"{len(modules)}_Normalize", "Normalize"))
    write_json(target / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{part}"} for i, (path, part) in enumerate(modules)])
    write_json(target / "sentence_bert_config.json", {"max_seq_length": max_length, "do_lower_case": False})
    (target / "1_Pooling").mkdir()
    flags = {f"pooling_mode_{mode}": mode.startswith(pooling) for mode in ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")}
    if pooling == "mean":
        flags["pooling_mode_mean_sqrt_len_tokens"] = False
    write_json(target / "1_Pooling/config.json", {"word_embedding_dimension": 24, **flags})
    if dense:
        (target / "2_Dense").mkdir()
        write_json(target / "2_Dense/config.json", {"in_features": 24, "out_features": 10, "bias": True, "activation_function": "torch.nn.modules.activation.Tanh"})
        generator = torch.Generator().manual_seed(3)
        save_file({"linear.weight": torch.randn(10, 24, generator=generator) * 0.4, "linear.bias": torch.randn(10, generator=generator) * 0.3},
                  target / "2_Dense/model.safetensors")

    encoder = SentenceTransformer(str(target), device="cpu")
    vectors = encoder.encode(TEXTS, batch_size=1)
    ids = [encoder.tokenizer(text, truncation=True, max_length=max_length)["input_ids"] for text in TEXTS]
    write_json(target / "expected.json", {"about": about, "sentence-transformers": "6.2.0", "transformers": "5.18.0", "texts": TEXTS, "ids": ids,
                                          "embeddings": [[round(float(x), 8) for x in row] for row in vectors]})
    readable(target)
    print(name, "bytes", sum(f.stat().st_size for f in target.rglob("*") if f.is_file()))


def readable(target):
    """safetensors writes files that only their owner may read."""
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


SENTENCES = {
    "sentence-bert-cls": ("bert", "cls", 32, "BERT, old sentence-transformers layout, CLS pooling, not normalised", dict(normalise=False)),
    "sentence-mpnet": ("mpnet", "mean", 24, "MPNet (relative positions), old layout, mean pooling, normalised", {}),
    "sentence-roberta-max": ("roberta", "max", 30, "RoBERTa (byte-level BPE, positions from 2), old layout, max pooling, normalised", {}),
    "sentence-distilbert-dense": ("distilbert", "mean", 32, "DistilBERT, old layout, mean pooling, then a dense layer with tanh", dict(dense=True)),
}

if __name__ == "__main__":
    wanted = sys.argv[1:]
    for name, variant in CAPTIONERS.items():
        if not wanted or name in wanted:
            make_captioner(name, variant)
    if not wanted or "retrieval-float16" in wanted:
        make_retrieval("retrieval-float16")
    for name, (kind, pooling, length, about, extra) in SENTENCES.items():
        if not wanted or name in wanted:
            make_sentence_encoder(name, kind, pooling, length, about, **extra)
