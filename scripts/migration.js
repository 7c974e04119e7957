// Writes the migration that leads from the present ones to prisma/schema.prisma: `npm run migration -- NAME`.
// To be read and, where the data needs it, completed by hand before it is committed. Never change one that was released.
import { mkdirSync, writeFileSync } from 'node:fs';
import { migrationsToSchema } from './schemaEngine.js';

const [name] = process.argv.slice(2);
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  process.stderr.write('usage: npm run migration -- NAME   (lower case letters, digits and _)\n');
  process.exit(2);
}
const sql = await migrationsToSchema();
if (sql === '') {
  process.stderr.write('the migrations agree with prisma/schema.prisma: nothing to write\n');
  process.exit(0);
}
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const directory = `prisma/migrations/${stamp}_${name}`;
mkdirSync(directory);
writeFileSync(`${directory}/migration.sql`, sql);
process.stdout.write(`${directory}/migration.sql\n`);
