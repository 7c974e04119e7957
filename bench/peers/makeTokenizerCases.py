"""Writes what transformers' tokenizers make of awkward texts.

    python bench/peers/makeTokenizerCases.py [HOW_MANY [OUTPUT]]

Output: test/fixtures/tokenizers/cases.json: awkward texts and some random ones (thousands for a number above 500). Needs transformers 5.18.0. `layouts` say which files of a directory the tokenizer is made from.
"""

import json
import random
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

from transformers import AutoTokenizer

warnings.filterwarnings("ignore")
ROOT = Path(__file__).resolve().parents[2]
MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 110
OUT = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "test/fixtures/tokenizers/cases.json"

NASTY = [
    "", " ", "  a  b ", "a photo of", "A Photo OF", "it's don't we'll I'm they've you're he'd", "Hello , world ! How ' s it ?", "1234567890 12 3.14",
    "\t tab\nnew line\r\nend", "\u00a0nbsp\u00a0x", "\u2003em\u2003space", "\ufeffbom\ufeff", "\u200bzero\u200bwidth\u200d", "\x00nul\x01\x7f", "\u0085next", "\ufffd?",
    "na\u00efve caf\u00e9", "nai\u0308ve cafe\u0301", "\u00dcberschwemmung Stra\u00dfe", "\u0130stanbul I\u0131", "\u01c5 \ufb01sh \uff21\uff22\uff23 \u2160",
    "\u4e2d\u6587\u5b57 mixed \u6f22\u5b57abc", "\u3053\u3093\u306b\u3061\u306f \u30ab\u30bf\u30ab\u30ca", "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u2764\ufe0f", "\U00020000\U0002a6df ext", "\U0001d4d0\U0001d7d8 math", "\u2014dash\u2013 \u201cquotes\u201d \u2026",
    "<s>x</s>", "a <image> b", "[CLS] a [SEP] [MASK]", "a <mask> b", "<pad><unk>[UNK][PAD]", "$1+2=3^4`~|", "\u00b0\u00b1\u00b2\u00bd\u00a7\u00b6", "x" * 101 + " y", "a" * 300,
    "word " * 60, "http://example.org/a?b=c&d#e @user #tag", "\u0301leading", "a\u0300\u0301\u0302b", "\u00ad soft\u00adhyphen", "\u2028line\u2029para", "\u180e\u3000ideographic\u3000", "\u0bcd\u0b95",
    "\ue000private\U000f0000", "\u0600\u06dd", "\u00aa\u00ba\u2070", "\u0660\u0661\u0967", "\u216b \u2460 \u3220", "\u1e9e \u03a3\u03c2 \u039f\u0394\u039f\u03a3", "'s 't 're'd 'Ll", " 's", "\u2019s don\u2019t",
]
RANGES = [(32, 126)] * 6 + [(0, 31), (127, 160), (0xA1, 0x24F), (0x300, 0x36F), (0x370, 0x58F), (0x590, 0x6FF), (0x900, 0x97F), (0x1100, 0x11FF), (0x1E00, 0x206F),
                            (0x2070, 0x2BFF), (0x3000, 0x30FF), (0x4E00, 0x4EFF), (0xAC00, 0xACFF), (0xFE00, 0xFEFF), (0xFF00, 0xFFEF), (0x1F300, 0x1F6FF), (0x1D400, 0x1D7FF), (0x20000, 0x20100), (0xA640, 0xABFF), (0x10000, 0x10FFF)]
WORDS = "a photo of two people standing under an umbrella don't it's café Straße crowd holding SIGNS! word burning".split()


def random_text(rng):
    parts = []
    for _ in range(rng.randint(1, 12)):
        if rng.random() < 0.5:
            parts.append(rng.choice(WORDS))
        else:
            low, high = rng.choice(RANGES)
            parts.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 4))))
        if rng.random() < 0.6:
            parts.append(rng.choice([" ", " ", "  ", "\n", "\t"]))
    return "".join(parts)


def opt_vocabulary(target):
    """vocab.json and merges.txt alone, as OPT's first checkpoints have them."""
    model = json.loads((ROOT / "test/fixtures/blip2-opt-tiny/tokenizer.json").read_text())["model"]
    (target / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False))
    merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
    (target / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    config = {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "bos_token": {"__type": "AddedToken", "content": "</s>", "lstrip": False, "normalized": True, "rstrip": False, "single_word": False},
              "eos_token": "</s>", "unk_token": "</s>", "pad_token": "<pad>", "added_tokens_decoder": {"420": {"content": "<image>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}}}
    (target / "tokenizer_config.json").write_text(json.dumps(config))
    (target / "config.json").write_text(json.dumps({"model_type": "opt"}))


def cased(target):
    source = ROOT / "test/fixtures/checkpoints/retrieval-float16"
    shutil.copy(source / "vocab.txt", target)
    (target / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False, "tokenize_chinese_chars": False, "strip_accents": True}))


def only(source, *names):
    def copy(target):
        for name in names:
            shutil.copy(ROOT / source / name, target)
    return copy


LAYOUTS = {
    "opt": only("test/fixtures/blip2-opt-tiny", "tokenizer.json", "tokenizer_config.json"),
    "opt-vocabulary": opt_vocabulary,
    "bert": only("test/fixtures/sentence-tiny", "tokenizer.json", "tokenizer_config.json"),
    "bert-vocabulary": only("test/fixtures/checkpoints/retrieval-float16", "vocab.txt", "tokenizer_config.json"),
    "bert-cased-vocabulary": cased,
    "mpnet": only("test/fixtures/checkpoints/sentence-mpnet", "tokenizer.json", "tokenizer_config.json"),
    "mpnet-vocabulary": only("test/fixtures/checkpoints/sentence-mpnet", "vocab.txt", "tokenizer_config.json"),
    "roberta": only("test/fixtures/checkpoints/sentence-roberta-max", "tokenizer.json", "tokenizer_config.json"),
    "roberta-vocabulary": only("test/fixtures/checkpoints/sentence-roberta-max", "vocab.json", "merges.txt", "tokenizer_config.json"),
}

rng = random.Random(2)
texts = NASTY + [random_text(rng) for _ in range(MANY)]
result = {}
for name, make in LAYOUTS.items():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        written = {file.name: file.read_text() for file in folder.iterdir()} if name in ("opt-vocabulary", "bert-cased-vocabulary") else None
        # In the fixture each layout has all of the nasty texts and its share of the random ones.
        mine = texts if MANY > 500 else [t for i, t in enumerate(texts) if i < len(NASTY) or i % len(LAYOUTS) == list(LAYOUTS).index(name)]
        cases = []
        for text in mine:
            ids = tokenizer(text)["input_ids"]
            cases.append({"text": text, "ids": ids, "plain": tokenizer(text, add_special_tokens=False)["input_ids"],
                          "cut": tokenizer(text, truncation=True, max_length=7)["input_ids"],
                          "decoded": tokenizer.decode(ids, skip_special_tokens=True), "whole": tokenizer.decode(ids)})
        size = len(tokenizer)
        runs = []
        for _ in range(25 if MANY < 500 else 300):
            ids = [rng.randrange(size + 3) for _ in range(rng.randint(1, 12))]
            runs.append({"ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True)})
        for case in cases:  # what follows from the rest is left out
            if case["whole"] == case["decoded"]:
                del case["whole"]
            if case["cut"] == case["ids"]:
                del case["cut"]
            if any(case["ids"][i:i + len(case["plain"])] == case["plain"] for i in range(2)) and len(case["ids"]) > len(case["plain"]):
                del case["plain"]
        result[name] = {"cases": cases, "runs": runs, **({"files": written} if written else {})}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(value, ensure_ascii=True)}' for name, value in result.items()) + "\n}\n")
print(OUT, OUT.stat().st_size, "bytes", {k: len(v["cases"]) for k, v in result.items()})
