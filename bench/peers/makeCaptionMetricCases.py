"""Writes what the tools inside pycocoevalcap make of awkward captions: Stanford's PTBTokenizer 3.4.1 and METEOR 1.5.

    python bench/peers/makeCaptionMetricCases.py [HOW_MANY [OUTPUT_FOLDER [SEED]]]

Output, in test/fixtures/caption-metrics: tokens.json (captions, as one text, and the tokens of each) and meteor.json (candidates with references, and METEOR's
statistics in four modes). Needs pycocoevalcap 1.2 and java. Synonyms and paraphrases are those of the folder's own meteor/, a few lines in METEOR's formats,
which this script writes too: none of METEOR's data is used.
"""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

from pycocoevalcap.meteor import meteor as meteor_module
from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

ROOT = Path(__file__).resolve().parents[2]
MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
OUT = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "test/fixtures/caption-metrics"
METEOR = Path(meteor_module.__file__).parent / "meteor-1.5.jar"
random.seed(int(sys.argv[3]) if len(sys.argv) > 3 else 1)

PIECES = (
    "a the man woman's dog isn't can't won't don't I'm you're we've he'll she'd gonna wanna gotta lemme gimme cannot 'tis 'twas 'em y'all o'clock rock'n'roll 'n' '90s 90's "
    "Mr. Mrs. Dr. St. etc. U.S. U.K. a.m. p.m. e.g. i.e. vs. No. Inc. Ltd. Co. Jan. Sept. Mass. approx. Ph.D. J.K. R.E.M. NYC km/h 1/2 3/4 5-1/2 10,000 1,000.50 3.14 .5 -5 +5 "
    "50% $5 €10 £20 ¥100 25¢ US$5 12:55 2020-01-02 01/02/2020 1/2/20 555-1234 (555)-123-4567 (020) 7946 0958 +44 20 7946 0958 1.800.555.1234 http://example.org/a?b=c&d=e#f "
    "https://t.co/AbC123. www.foo.com example.com/foo-bar foo.net me@x.co first.last+tag@mail.example.co.uk @user_name #hashtag #hash_tag1 #1 c++ c# :) :-) ;) :D :P <3 ^_^ (-_-) "
    ":'( >:( =) XD T_T \U0001f600 \U0001f525\U0001f525 \u2764\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467 “quoted” ‘single’ „low” «guillemets» ‹single› it’s don’t ’em ’90s "
    "O’Neil O'Neil d'Avignon l'eau c'est … ... .. .... . -- --- ---- – — - _ __ * ** *** & &amp; &lt; &gt; &quot; &apos; &nbsp; &mdash; &#39; AT&T R&B S&P-500 <b>bold</b> <br/> "
    '<a href="x">link</a> <!--c--> << >> < > [brackets] (parens) {braces} state-of-the-art mother-in-law co-op pre-war 20-year-old e-mail anti- pro- x-ray T-shirt 1990s 1st 2nd '
    "café naïve résumé Zürich 日本語 привет مرحبا हिन्दी ไทย 한국어 ½ ¼ ¾ ⅓ ⅔ 2½ x² H₂O 25°C © ® ™ § • · † × ÷ ± → ★ ♥ ♪ ¡Hola! ¿Qué? !? ?! !!! ??? , ; : / // \\ | ~ ` ^ = == + # ## "
    "@ @@ % '' `` ' \" soft\u00adhyphen \u00ad zero\u200bwidth nb\u00a0sp thin\u2009sp \ufeff \u200e tab\there mp3 file.txt image.jpg a.b.c foo.bar. J. I. A. ft. O.K. OK! Yahoo! w/ "
    "b/c and/or 24/7 9-5 10-20 1-2-3 4x4 5'10\" 6' 7\" 3D $1.5M 1,234,567.89 No.5 no.5 Fig.3 art.5 pp.10 pty. ltd. Cap'n ma'am ol' nothin' goin' 'cause 'til till's dunno ain't shan't "
    "N'T ISN'T IT'S U.S.A. USA's James' dogs' 2's \u0092s \u0093x\u0094 \u0080 \u0096 \u0085 Straße İstanbul \u017f \u212a"
).split(" ")
PLAIN = "a man sitting on the bench with dog cat riding horse near big red bus Two people standing In front of An old The street He She It They New York sign".split()
CHARACTERS = "abcxyzABCXYZ0123456789'’`\".,;:!?-–—_/\\&@#$%*()[]{}<>+=~^| \u00a0\u00ad…“”‘éñßΩя中あ한\U0001f525\u200d\ufe0f"
JOINTS = ["", ",", ".", "!", ": ", "; ", "-", "/", "  ", ". ", ",", " '", "'", '"', ")", "(", "…"]


def caption():
    kind = random.random()
    if kind < 0.02:
        return ""
    if kind < 0.5:
        words = [random.choice(PIECES if random.random() < 0.5 else PLAIN) for _ in range(random.randint(1, 9))]
        return "".join(word + (" " if random.random() < 0.85 else random.choice(JOINTS)) for word in words)
    if kind < 0.75:
        return "".join(random.choice(PIECES) + (" " if random.random() < 0.4 else "") for _ in range(random.randint(1, 5)))
    if kind < 0.9:
        return "".join(random.choice(CHARACTERS) for _ in range(random.randint(0, 24)))
    word = random.choice(PIECES)
    at = random.randint(0, len(word))
    return f"{random.choice(PLAIN)} {word[:at]}{random.choice(CHARACTERS)}{word[at:]}{random.choice(['', ' ', '.', ' . '])}{random.choice(PLAIN)}"


SYNSETS = {"man": "1 2", "guy": "2", "person": "3", "human": "3 4", "street": "5", "road": "5 6", "car": "7", "automobile": "7", "big": "8", "large": "8", "huge": "8", "run": "9", "sprint": "9",
           "child": "10", "kid": "10", "glass": "11", "tumbler": "11", "church": "12", "chapel": "12", "city": "13", "town": "13", "bake": "14", "cook": "14", "fast": "15", "quick": "15"}
EXCEPTIONS = {"man": "men", "child": "children", "run": "ran", "mouse": "mice"}
PARAPHRASES = [("in front of", "before"), ("before", "in front of"), ("next to", "near"), ("a lot of", "many"), ("many", "a lot of"), ("take a picture", "photograph"), ("taking pictures of", "photographing"),
               ("young man", "boy"), ("boy", "young man"), ("group of people", "crowd"), ("crowd", "group of people"), ("crowd", "people"), ("the", "this"), ("of", "from the"), ("is running", "runs")]
WORDS = (
    "a the of in on with to and is are he it man men guy person human humans street streets road car cars automobile big large huge run runs running ran sprint child children kid kids glass glasses churches chapel "
    "city cities town bake baking baked cook faster fastest quick in front of before next to near a lot of many take a picture photograph taking pictures of photographing young man boy boys group of people crowd this "
    "from the is running sit sitting sits hold holding red dog dogs n't 's we're state-of-the-art u.s. e.g. - , ... 5 10,000 2nd"
).split()


def sentence():
    parts = [random.choice(random.choice(PARAPHRASES)) if random.random() < 0.2 else random.choice(WORDS) for _ in range(random.randint(0, 10))]
    return " ".join(parts).split()


def same_said_otherwise(word):
    sets = set(SYNSETS.get(word, "-").split())
    return random.choice([other for other, others in SYNSETS.items() if sets & set(others.split())] or [word])


def variation(words):
    text = " ".join(same_said_otherwise(word) if random.random() < 0.2 else word for word in words)
    for phrase, other in random.sample(PARAPHRASES, 4):
        text = f" {text} ".replace(f" {phrase} ", f" {other} ").strip()
    words = text.split()
    for _ in range(random.randint(0, 4)):
        at = random.randint(0, len(words))
        change = random.random()
        if change < 0.25:
            del words[at : at + 1]
        elif change < 0.6:
            words.insert(at, random.choice(WORDS))
        else:
            start = random.randint(0, len(words))
            piece = words[start : start + random.randint(1, 3)]
            if change < 0.85:
                del words[start : start + len(piece)]
            words[at:at] = piece
    return words


def write_tiny_data(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "english.synsets").write_text("".join(f"{word}\n{sets}\n" for word, sets in SYNSETS.items()))
    (folder / "english.exceptions").write_text("".join(f"{base}\n{forms}\n" for base, forms in EXCEPTIONS.items()))
    (folder / "english.relations").write_text("")
    with gzip.GzipFile(folder / "paraphrase-en.gz", "wb", mtime=0) as file:
        file.write("".join(f"0.5\n{phrase}\n{other}\n" for phrase, other in PARAPHRASES).encode())


def meteor(pairs, options):
    lines = "".join(f"SCORE ||| {' ||| '.join(references)} ||| {candidate}\n" for candidate, references in pairs)
    run = subprocess.run(["java", "-jar", METEOR, "-", "-", "-stdio", "-l", "en", "-norm", *options], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [[int(float(number)) for number in line.split()] for line in run.stdout.decode().splitlines()]


def dump(path, head, rows):
    body = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(json.dumps(head, ensure_ascii=False)[:-1] + ',\n"cases": [\n' + body + "\n]}\n", encoding="utf-8")


captions = [caption() for _ in range(MANY)]
tokens = PTBTokenizer().tokenize({0: [{"caption": one} for one in captions]})[0]
dump(OUT / "tokens.json", {"tokenizer": "Stanford PTBTokenizer 3.4.1 -preserveLines -lowerCase, punctuation removed by pycocoevalcap 1.2"}, zip(captions, tokens))

write_tiny_data(OUT / "meteor")
pairs = []
for _ in range(MANY // 2):
    candidate = sentence()
    references = [variation(candidate) if random.random() < 0.7 else sentence() for _ in range(random.randint(1, 3))]
    pairs.append((" ".join(candidate), [" ".join(reference) for reference in references]))
tiny = ["-d", OUT / "meteor", "-a", OUT / "meteor/paraphrase-en.gz"]
modes = {
    "METEOR": tiny,
    "METEOR (exact)": ["-m", "exact"],
    "METEOR (exact, stem)": ["-m", "exact stem"],
    "METEOR (exact, stem, synonym)": ["-m", "exact stem synonym", *tiny],
}
results = {name: meteor(pairs, options) for name, options in modes.items()}
rows = [[candidate, references, *(results[name][i] for name in modes)] for i, (candidate, references) in enumerate(pairs)]
dump(OUT / "meteor.json", {"scorer": "METEOR 1.5 -l en -norm", "modes": list(modes)}, rows)
