import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, validate } from 'graphql';
import { PACKAGE_ROOT } from '../../src/config.js';
import { createSchema } from '../../src/resolvers/index.js';

const html = readFileSync(path.join(PACKAGE_ROOT, 'web/index.html'), 'utf8');

describe('the page at /', () => {
  it('asks only what the schema has', () => {
    // const NAME = `{ ... }`; or '{ ... }';
    const documents = [...html.matchAll(/const \w+ = ([`'])(\{[\s\S]*?\})\1;/g)].map(([, , text]) => text!);
    expect(documents).toHaveLength(3);
    const schema = createSchema();
    for (const document of documents) expect(validate(schema, parse(document))).toEqual([]);
  });

  it('keeps names and titles of strangers from turning the rest of their line around', () => {
    // Direction marks end with the element that isolates them.
    expect(html).toMatch(/post\.author[\s\S]{0,200}element\('bdi', \{ textContent: part \}\)/);
    expect(html).toMatch(/element\('bdi', \{ textContent: title \}\)/);
    expect(html).toMatch(/element\('bdi', \{ textContent: caption\.text \}\)/);
  });

  it('never makes markup of what it was told', () => {
    expect(html).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });
});
