// Parts of the PTB tokenizer's rules, by name: what words, numbers, addresses, abbreviations and marks look like. They say which strings
// Stanford's PTBTokenizer 3.4.1 takes for them; the automaton made of the rules was compared with the original's over all strings, and accepts the same.
//
// Notation: see pattern.ts; a dot is a dot. In brackets case matters ([M]iss is a title, miss is not), outside it does not.
import { type Pattern, parsePattern } from './pattern.js';
import { DIGIT, LETTER, UPPERCASE } from './unicode63.js';

/** Parses a pattern that may use the names below. */
export function ptbPattern(source: string): Pattern {
  return parsePattern(source, names);
}

const names = new Map<string, Pattern>([
  ['letter', { kind: 'set', set: LETTER }],
  ['capital', { kind: 'set', set: UPPERCASE }],
  ['digit', { kind: 'set', set: DIGIT }],
]);

/** Names a pattern for the ones below it. */
function define(name: string, ...alternatives: readonly string[]): void {
  names.set(name, parsePattern(alternatives.join('|'), names));
}

// Space, quotes, hyphens
define('space', '[ \\t\\u00A0\\u2000-\\u200A\\u3000]');
define('newline', '\\r', '\\r?\\n', '[\\u2028\\u2029\\v\\f\\u0085]');
define('gap', '{space}', '{newline}');
define('apos', "['\\u0092\\u2019]", '&apos;');
define('innerApos', '{apos}', '[`\\u0091\\u2018\\u201B]');
define('hyphen', '[-_\\u058A\\u2010\\u2011]');
define('afterWord', '[,;:\\u3001]');

// Words
const COMBINING =
  '\\u00AD\\u0237-\\u024F\\u02C2-\\u02C5\\u02D2-\\u02DF\\u02E5-\\u02FF\\u0300-\\u036F\\u0370-\\u037D\\u0384\\u0385\\u03CF\\u03F6\\u03FC-\\u03FF' +
  '\\u0483-\\u0487\\u04CF\\u04F6-\\u04FF\\u0510-\\u0525\\u055A-\\u055F\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4\\u05C5\\u05C7\\u0615-\\u061A' +
  '\\u063B-\\u063F\\u064B-\\u065E\\u0670\\u06D6-\\u06EF\\u06FA-\\u06FF\\u070F\\u0711\\u0730-\\u074F\\u0750-\\u077F\\u07A6-\\u07B1\\u07CA-\\u07F5' +
  '\\u07FA\\u0900-\\u0903\\u093C\\u093E-\\u094E\\u0951-\\u0955\\u0962-\\u0963\\u0981-\\u0983\\u09BC-\\u09C4\\u09C7\\u09C8\\u09CB-\\u09CD\\u09D7' +
  '\\u09E2\\u09E3\\u0A01-\\u0A03\\u0A3C\\u0A3E-\\u0A4F\\u0A81-\\u0A83\\u0ABC-\\u0ACF\\u0B82\\u0BBE-\\u0BC2\\u0BC6-\\u0BC8\\u0BCA-\\u0BCD' +
  '\\u0C01-\\u0C03\\u0C3E-\\u0C56\\u0D3E-\\u0D44\\u0D46-\\u0D48\\u0E30-\\u0E3A\\u0E47-\\u0E4E\\u0EB1-\\u0EBC\\u0EC8-\\u0ECD';
define('accented', '&[aeiouAEIOU](acute|grave|uml);');
define('wordLetter', `[{letter}${COMBINING}]`, '{accented}');
define('word', '{wordLetter}({wordLetter}|{digit})*([.!?]{wordLetter}({wordLetter}|{digit})*)*');
define('contraction', '{apos}([msdMSD]|re|ve|ll)');
define('beforeNot', '[A-Za-z\\u00AD]*[A-MO-Za-mo-z](\\u00AD)*');
define('not', 'n{innerApos}t');
define(
  'apostropheWord',
  '{apos}n{apos}?',
  '[lLdDjJ]{apos}',
  'dunkin{apos}',
  'somethin{apos}',
  'ol{apos}',
  '{apos}em',
  '[A-HJ-XZn]{innerApos}{letter}{letter}{letter}*',
  '{apos}[2-9]0s',
  '{apos}till?',
  '{letter}{letter}*[aeiouyAEIOUY]{innerApos}[aeiouA-Z]{letter}*',
  '{apos}cause',
  "cont'd.?",
  "'twas",
  "nor'easter",
  "c'mon",
  "e'er",
  "s'mores",
  "ev'ry",
  "li'l",
  "nat'l",
  'O{innerApos}o',
);

// Addresses
define('value', "'[^']*'", '"[^"]*"');
define('attribute', '[A-Za-z][A-Za-z0-9_:.\\-]*( *= *({value}))?');
define(
  'markup',
  '<([!?][A-Za-z\\-][^>\\r\\n]*|[A-Za-z][A-Za-z0-9_:.\\-]*( +({attribute}))* */?|/[A-Za-z][A-Za-z0-9_:.\\-]*) *>',
);
define('fullUrl', 'https?://[^ \\t\\n\\f\\r"<>|(){}]+[^ \\t\\n\\f\\r"<>|.!?(){},\\-]');
define(
  'likelyUrl',
  '((www.([^ \\t\\n\\f\\r"<>|.!?(){},]+.)+[a-zA-Z]{2,4})|(([^ \\t\\n\\f\\r"`\'<>|.!?(){},-_$]+.)+(com|net|org|edu)))(/[^ \\t\\n\\f\\r"<>|()]+[^ \\t\\n\\f\\r"<>|.!?(){},\\-])?',
);
define(
  'email',
  '(&lt;|<)?[a-zA-Z0-9][^ \\t\\n\\f\\r"<>|(){}\\u00A0]*@([^ \\t\\n\\f\\r"<>|(){}.\\u00A0]+.)*([^ \\t\\n\\f\\r"<>|(){}.\\u00A0]+)(&gt;|>)?',
);
define('handle', '@[a-zA-Z_][a-zA-Z_0-9]*');
define('hashtag', '#{wordLetter}+');

// Numbers
define('date', '{digit}{1,2}[\\-/]{digit}{1,2}[\\-/]{digit}{2,4}');
define('number', '{digit}+', '{digit}*([.:,\\u00AD\\u066B\\u066C]{digit}+)+');
define('signedNumber', '[\\-+]?{number}');
define('raised', '[\\u207A\\u207B\\u208A\\u208B]?([\\u2070\\u00B9\\u00B2\\u00B3\\u2074-\\u2079]+|[\\u2080-\\u2089]+)');
define('fraction', '({digit}{1,4}[- \\u00A0])?{digit}{1,4}(\\\\?/|\\u2044){digit}{1,4}');
define(
  'phone',
  '(\\([0-9]{2,3}\\)[ \\u00A0]?|(\\+\\+?)?([0-9]{2,4}[\\- \\u00A0])?[0-9]{2,4}[\\- \\u00A0])[0-9]{3,4}[\\- \\u00A0]?[0-9]{3,5}',
  '((\\+\\+?)?[0-9]{2,4}.)?[0-9]{2,4}.[0-9]{3,4}.[0-9]{3,5}',
);

// Abbreviations that end in a full stop. Those of 'abbreviation1' are usually followed by a lower-case word.
define('month', 'jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec');
define('day', 'mon|tue|tues|wed|thu|thurs|fri');
define(
  'state',
  'ala|ariz|[A]z|[A]rk|calif|colo|conn|ct|dak|[D]el|fla|ga|[I]ll|ind|kans?|ky|[L]a|[M]ass|md|mich|minn|[M]iss|mo|mont|neb|nev|okla|[O]re|[P]a|penn|tenn|[T]ex|va|vt|[W]ash|wisc?|wyo',
);
define('company', 'inc|cos?|corp|pp?t[ye]s?|ltd|plc|rt|bancorp|bhd|assn|univ|intl|sys');
define('unit', 'tel|est|ext|sq');
define('suffix', 'jr|sr|bros|(ed|ph).d|blvd|rd|esq');
define('abbreviation1', '({month}|{day}|{state}|{company}|{unit}|{suffix}|etc|al|seq|bldg).');
define('initials', '[A-Za-z](.[A-Za-z])*', '(canada|sino|korean|eu|japan|non)-u.s', 'u.s.-(u.k|u.s.s.r)');
define('initials2', '[A-Za-z](.[A-Za-z])+', '(canada|sino|korean|eu|japan|non)-u.s', 'u.s.-(u.k|u.s.s.r)');
define(
  'title',
  'mr|mrs|ms|[M]iss|drs?|profs?|sens?|reps?|attys?|lt|col|gen|messrs|govs?|adm|rev|maj|sgt|cpl|pvt|capt|ste?|ave|pres|lieut|hon|brig|co?mdr|pfc|spc|supts?|det|mt|ft|adj|adv|asst|assoc|ens|insp|mlle|mme|msgr|sfc',
);
define('company2', 'invt|elec|natl|m[ft]g|dept');
define('stem2', '{title}|vs|[v]|alex|wm|jos|cie|a.k.a|cf|treas|ph|{initials}|{company2}');
define('abbreviation2', '{stem2}.');
define('acronym', '{initials}.');
define('abbreviation3', '(ca|figs?|prop|nos?|art|bldg|pp|op).');
define('sentenceEnd', '{gap}({gap}|{capital}|{markup})');
define(
  'starter',
  '[A]bout|[A]ccording|[A]dditionally|[A]fter|[A]n|[A]|[A]s|[A]t|[B]ut|[E]arlier|[H]e|[H]er|[H]ere|[H]owever|[I]f|[I]n|[I]t|[L]ast|[M]any|[M]ore|[M]r.|[M]s.|[N]ow|[O]nce|[O]ne|[O]ther|[O]ur|[S]he|[S]ince|[S]o|[S]ome|[S]uch|[T]hat|[T]he|[T]heir|[T]hen|[T]here|[T]hese|[T]hey|[T]his|[W]e|[W]hen|[W]hile|[W]hat|[Y]et|[Y]ou',
);

// Compounds
define('alnum', '[{letter}{digit}]');
define('compound', '([dDoOlL]{innerApos}{alnum})?{alnum}+({hyphen}([dDoOlL]{innerApos}{alnum})?{alnum}+)*');
define('letterPlus', '[A-Z]+(([+&]|&amp;)[A-Z]+)+');
define('slashed', '[A-Za-z0-9]+(-[A-Za-z]+){0,2}(\\\\?/[A-Za-z0-9]+(-[A-Za-z]+){0,2}){1,2}');
define('hyphenated', '[A-Za-z0-9][A-Za-z0-9.,\\u00AD]*(-([A-Za-z0-9\\u00AD]+|{initials2}.))+');
define('treebank', '-(rrb|lrb|rcb|lcb|rsb|lsb)-|c.d.s|pro-|anti-|s(&|&amp;)p-500|s(&|&amp;)ls|cap{apos}n|c{apos}est');
define(
  'fileName',
  '({wordLetter}|{digit})+(.({wordLetter}|{digit})+)*.(bat|bmp|c|class|cgi|cpp|dll|doc|docx|exe|gif|gz|h|htm|html|jar|java|jpeg|jpg|mov|mp3|pdf|php|pl|png|ppt|ps|py|sql|tar|txt|wav|x|xml|zip)',
);

// Marks
define(
  'quotes',
  "{apos}|''|[`\\u2018\\u2019\\u201A\\u201B\\u201C\\u201D\\u0091\\u0092\\u0093\\u0094\\u201E\\u201F\\u2039\\u203A\\u00AB\\u00BB]{1,2}",
);
define('dots', '.{3,5}|(.[ \\u00A0]){2,4}.|[\\u0085\\u2026]');
define('smiley', "[<>]?[:;=][\\-o*']?[()DPdpO\\\\\\{@|\\[\\]]");
define(
  'eastSmiley',
  "[\\^x=~<>].\\[\\^x=[^<]*<>\\]|[\\-\\^x=~<>']_[\\-\\^x=~<>']|\\([\\-\\^x=~<>'][_.]?[\\-\\^x=~<>']\\)|\\([\\^x=~<>']-[\\^x=~<>'`]\\)",
);
const SYMBOLS =
  '+%&~\\^|\\\\\\u00A6\\u00A7\\u00A8\\u00A9\\u00AC\\u00AE\\u00AF\\u00B0-\\u00B3\\u00B4-\\u00BA\\u00D7\\u00F7\\u0387\\u05BE\\u05C0\\u05C3\\u05C6\\u05F3\\u05F4\\u0600-\\u0603' +
  '\\u0606-\\u060A\\u060C\\u0614\\u061B\\u061E\\u066A\\u066D\\u0703-\\u070D\\u07F6\\u07F7\\u07F8\\u0964\\u0965\\u0E4F\\u1FBD\\u2016\\u2017' +
  '\\u2020-\\u2023\\u2030-\\u2038\\u203B\\u203E-\\u2042\\u2044\\u207A-\\u207F\\u208A-\\u208E\\u2100-\\u214F\\u2190-\\u21FF\\u2200-\\u2BFF' +
  '\\u3012\\u30FB\\uFF01-\\uFF0F\\uFF1A-\\uFF20\\uFF3B-\\uFF40\\uFF5B-\\uFF65';
define('symbol', `[${SYMBOLS}]`);
