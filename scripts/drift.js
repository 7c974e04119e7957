// What is derived from something else and committed must agree with it. One file per check in scripts/drift: each exports
// `title` and `check()`, which resolves to what is missing, or to '' when all is well.
import * as graphql from './drift/graphql.js';
import * as migrations from './drift/migrations.js';

const checks = [migrations, graphql];

for (const { title, check } of checks) {
  const missing = await check();
  process.stdout.write(`${missing === '' ? 'agrees' : 'DIFFERS'}: ${title}\n`);
  if (missing === '') continue;
  process.stderr.write(`${missing}\n`);
  process.exitCode = 1;
}
