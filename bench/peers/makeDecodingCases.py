"""Writes what transformers' `generate` returns for several hundred random settings over a toy language model.

    python bench/peers/makeDecodingCases.py

Output: test/fixtures/decoding/cases.json. Needs torch 2.13.0 (CPU) and transformers 5.18.0.

The toy model: the logits after a sequence are row (7 a + 31 b + 5 n) mod T of a table [T, V], where a and b are its last two
ids (b = 0 where there is but one) and n its length. Every prompt runs by itself. A case is kept only if its ids stay the same when
every logit is moved by up to 2e-4 three times, so that none of them hangs on rounding or on the order of equal scores.
"""

import base64
import json
import random
import warnings
from pathlib import Path

import torch
from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
OUT = Path(__file__).resolve().parents[2] / "test/fixtures/decoding/cases.json"
V, T, CASES = 48, 61, 480


class ToyConfig(PretrainedConfig):
    model_type = "toy"
    vocab_size = V
    hidden_size = num_hidden_layers = num_attention_heads = 1


class Toy(PreTrainedModel, GenerationMixin):
    config_class = ToyConfig

    def __init__(self, config, table):
        super().__init__(config)
        self.table = torch.nn.Parameter(table)
        self.post_init()

    def forward(self, input_ids, attention_mask=None, use_cache=None, return_dict=None, **kwargs):
        a = input_ids[:, -1]
        b = input_ids[:, -2] if input_ids.shape[1] > 1 else torch.zeros_like(a)
        return CausalLMOutput(logits=self.table[(7 * a + 31 * b + 5 * input_ids.shape[1]) % T][:, None, :])

    def prepare_inputs_for_generation(self, input_ids, **kwargs):
        return {"input_ids": input_ids, "use_cache": False}


def random_case(rng):
    new = rng.choice([rng.randint(1, 12), rng.randint(6, 18)])
    prompts = [[V] * rng.randint(0, 3) + [rng.randrange(V) for _ in range(rng.randint(1, 5))] for _ in range(rng.randint(1, 3))]
    g = {"num_beams": rng.choice([1, 1, 2, 3, 4, 5, 6])}
    if rng.random() < 0.8:
        g["max_new_tokens"] = new
        if rng.random() < 0.4:
            g["min_new_tokens"] = rng.randint(0, new)
    else:
        g["max_length"] = 8 + new
        if rng.random() < 0.5:
            g["min_length"] = rng.randint(1, 8 + new)
    if rng.random() < 0.6:
        g["length_penalty"] = rng.choice([-2.0, -1.0, -0.3, 0.0, 0.5, 2.0, 3.0])
    if rng.random() < 0.4:
        g["repetition_penalty"] = rng.choice([0.7, 1.2, 1.5, 2.5])
    if rng.random() < 0.35:
        g["no_repeat_ngram_size"] = rng.randint(1, 3)
    if rng.random() < 0.7:
        g["early_stopping"] = rng.choice([True, False, "never"])
    g["eos_token_id"] = rng.choice([[], [5], [5], [5, 9], [9, 11, 5], [5, 6, 7, 8]])
    if len(g["eos_token_id"]) == 1 and rng.random() < 0.5:
        g["eos_token_id"] = g["eos_token_id"][0]
    if rng.random() < 0.1:
        g["suppress_tokens"] = rng.sample(range(V), 4)
    if rng.random() < 0.1:
        g["begin_suppress_tokens"] = rng.sample(range(V), 6)
    if rng.random() < 0.15:
        g["bad_words_ids"] = [[rng.randrange(V)], [5], [rng.randrange(V), rng.randrange(V)], [V, rng.randrange(V)]]
        g["bad_words_ids"] = [w for w in g["bad_words_ids"] if max(w) < V]
    if rng.random() < 0.12:
        # Forcing several gives them equal scores, of which topk may take any: only where the first is taken.
        g["forced_eos_token_id"] = [5, 9] if g["num_beams"] == 1 and rng.random() < 0.5 else 5
    if rng.random() < 0.08:
        g["forced_bos_token_id"] = rng.randrange(V)
    return prompts, g


def run(model, prompts, settings):
    settings = {**settings, "pad_token_id": 1, "use_cache": False, "return_dict_in_generate": True, "output_scores": True, "output_logits": True}
    if settings["eos_token_id"] == []:
        settings["eos_token_id"] = None
    eos = settings["eos_token_id"] or []
    eos = [eos] if isinstance(eos, int) else eos
    rows = []
    for prompt in prompts:
        with torch.no_grad():
            out = model.generate(torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long), generation_config=GenerationConfig(**settings))
        ids = out.sequences[0, len(prompt):].tolist()
        if settings["num_beams"] > 1:
            score = float(out.sequences_scores[0])
        else:  # greedy: the model's own log-probability
            score = sum(float(torch.log_softmax(model.table[row(prompt + ids[:i])].double(), -1)[token]) for i, token in enumerate(ids))
        logprob = sum(float(torch.log_softmax(model.table[row(prompt + ids[:i])].double(), -1)[token]) for i, token in enumerate(ids))
        rows.append((ids, score, logprob))
    return rows


def row(ids):
    return (7 * ids[-1] + 31 * (ids[-2] if len(ids) > 1 else 0) + 5 * len(ids)) % T


def main():
    generator = torch.Generator().manual_seed(7)
    table = torch.randn(T, V, generator=generator) * 1.6
    table[:, 5] += 1.0  # the end token has to be reached often enough
    table[:, 9] += 0.6
    table[::5, 5:10] += 4.0  # and sometimes nearly everything wants to end
    model = Toy(ToyConfig(), table).eval()
    near = [Toy(ToyConfig(), table + (torch.rand(T, V, generator=generator) - 0.5) * 4e-4).eval() for _ in range(3)]
    rng = random.Random(11)
    cases, dropped = [], 0
    while len(cases) < CASES:
        prompts, settings = random_case(rng)
        expected = run(model, prompts, settings)
        if any([ids for ids, *_ in run(other, prompts, settings)] != [ids for ids, *_ in expected] for other in near):
            dropped += 1
            continue
        cases.append({"prompts": prompts, "generation": settings, "ids": [ids for ids, *_ in expected],
                      "scores": [round(score, 6) for _, score, _ in expected], "logProbs": [round(value, 6) for *_, value in expected]})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    head = {"about": "bench/peers/makeDecodingCases.py", "transformers": "5.18.0", "vocabSize": V, "rows": T,
            "table": base64.b64encode(table.numpy().tobytes()).decode()}
    OUT.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")
    print(len(cases), "cases,", dropped, "dropped,", OUT.stat().st_size, "bytes")
    print({n: sum(c["generation"]["num_beams"] == n for c in cases) for n in range(1, 7)})


main()
