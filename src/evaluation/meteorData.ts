// METEOR's own data, where the user has it: the folder of METEOR 1.5 or of pycocoevalcap's `meteor`, the jar, or a folder with the files.
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { AppError, whyUnreadable } from '../errors.js';
import { type Paraphrases, readParaphrases } from './meteorParaphrases.js';
import { readSynonyms, type Synonyms } from './meteorSynonyms.js';

export interface MeteorData {
  readonly synonyms?: Synonyms;
  readonly paraphrases?: Paraphrases;
}

const SYNSETS = 'english.synsets';
const EXCEPTIONS = 'english.exceptions';
const PARAPHRASES = 'paraphrase-en.gz';
const JAR = 'meteor-1.5.jar';

/**
 * Reads what there is: synonyms from `english.synsets` and `english.exceptions` (in the folder, its `synonym/`, or `meteor-1.5.jar`), paraphrases
 * from `paraphrase-en.gz` (in the folder or its `data/`, or beside the jar). Paraphrases are kept as far as they are made of `words`.
 * Throws BAD_USER_INPUT naming the path where neither is there or one cannot be read.
 */
export function readMeteorData(where: string, words: ReadonlySet<string>): MeteorData {
  const jar = where.endsWith('.jar');
  const folder = jar ? path.dirname(where) : where;
  read(where, () => {
    const stat = statSync(where);
    if (!jar && !stat.isDirectory()) throw new Error('neither a folder nor a .jar file');
  });
  const synonyms = synonymsOf(folder, jar ? where : firstOf(folder, [JAR]), jar);
  const archive = firstOf(folder, [PARAPHRASES, path.join('data', PARAPHRASES)]);
  const paraphrases =
    archive === undefined ? undefined : read(archive, () => readParaphrases(gunzipSync(readFileSync(archive)), words));
  if (synonyms === undefined && paraphrases === undefined) {
    throw new AppError(
      'BAD_USER_INPUT',
      `${where} has no data of METEOR: expected ${JAR}, or ${SYNSETS} with ${EXCEPTIONS}, or ${PARAPHRASES}`,
    );
  }
  return { ...(synonyms === undefined ? {} : { synonyms }), ...(paraphrases === undefined ? {} : { paraphrases }) };
}

function synonymsOf(folder: string, jar: string | undefined, preferJar: boolean): Synonyms | undefined {
  const synsets = firstOf(folder, [SYNSETS, path.join('synonym', SYNSETS)]);
  if (synsets !== undefined && !preferJar) {
    const exceptions = path.join(path.dirname(synsets), EXCEPTIONS);
    return readSynonyms(
      read(synsets, () => readFileSync(synsets, 'utf8')),
      read(exceptions, () => readFileSync(exceptions, 'utf8')),
    );
  }
  if (jar === undefined) return undefined;
  const names = [`synonym/${SYNSETS}`, `synonym/${EXCEPTIONS}`] as const;
  const files = read(jar, () =>
    unzipSync(readFileSync(jar), { filter: ({ name }) => names.some((one) => one === name) }),
  );
  const texts = names.map((name) => {
    const bytes = files[name];
    if (bytes === undefined) throw new AppError('BAD_USER_INPUT', `${jar} is not METEOR's jar: it has no ${name}`);
    return new TextDecoder().decode(bytes);
  });
  return readSynonyms(texts[0]!, texts[1]!);
}

function firstOf(folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => path.join(folder, name)).find((file) => existsSync(file));
}

function read<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('BAD_USER_INPUT', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}
