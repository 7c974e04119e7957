// Prisma's schema engine without its download: the WebAssembly build, with an empty in-memory PGlite as shadow database.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import { openEmbedded } from '../dist/db/openEmbedded.js';

const SCHEMA = 'prisma/schema.prisma';
const MIGRATIONS = 'prisma/migrations';

/** The SQL that leads from the migrations to schema.prisma; '' when they agree. */
export async function migrationsToSchema() {
  const shadows = [];
  const factory = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connectShadow(shadows),
    connectToShadowDb: () => connectShadow(shadows),
  };
  try {
    const schema = { path: SCHEMA, content: readFileSync(SCHEMA, 'utf8') };
    const engine = await loadEngine(schema, factory);
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...listMigrations() },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 2 ? (stdout ?? '') : '';
  } catch (cause) {
    throw panic === undefined ? cause : new Error(panic, { cause });
  } finally {
    await Promise.all(shadows.map((shadow) => shadow.close()));
  }
}

/** Where the engine leaves the reason of a panic before it throws "unreachable". */
let panic;
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(message) {
    panic = message;
  },
};

async function loadEngine(schema, factory) {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(path.join(path.dirname(file), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engineModule });
  engineModule.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return await engineModule.SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
}

async function connectShadow(shadows) {
  const shadow = await openEmbedded({ dataDir: undefined });
  shadows.push(shadow);
  const adapter = await new PrismaPg(shadow.pool).connect();
  // The adapter would cut the script at every ';', also within a function's body.
  adapter.executeScript = async (script) => {
    await shadow.pool.query(script);
  };
  readCharColumns(adapter);
  return adapter;
}

/** The adapter refuses the catalogs' one-byte type "char"; the engine asks one thing at a time, which this relies on. */
function readCharColumns(adapter) {
  const CHAR_OID = 18;
  const TEXT_OID = 25;
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  let isChar = [];
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    isChar = result.fields.map(({ dataTypeID }) => dataTypeID === CHAR_OID);
    for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnTypes.map((type, i) => (isChar[i] ? ColumnTypeEnum.Character : type));
    return { ...result, columnTypes };
  };
}

function listMigrations() {
  const names = readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  return {
    baseDir: path.resolve(MIGRATIONS),
    lockfile: {
      path: 'migration_lock.toml',
      content: readFileSync(path.join(MIGRATIONS, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}
