// GraphQL documents by the schema's grammar: most are valid or nearly so.
import {
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Draw } from './draw.js';

const LITERALS = [
  ...[
    '1',
    '0',
    '-1',
    '100',
    '101',
    '2147483648',
    '1.5',
    '1e400',
    'true',
    'null',
    '""',
    '"a"',
    '"""\nblock"""',
    '"\\u0000"',
    '"\\ud800"',
    '[]',
    '{}',
    '$v',
    'ENUM',
    '[[1]]',
  ],
  ...[
    '"00000000-0000-4000-8000-000000000001"',
    '"2026-05-01T10:00:00Z"',
    '"9999-99-99"',
    '"https://127.0.0.1/a"',
    '"AAAA"',
    '{__proto__: 1}',
    '"%_\\\\"',
    `"${'x'.repeat(5000)}"`,
  ],
];

/** A document with one operation, an alias, a fragment or a directive here and there. */
export function drawDocument(schema: GraphQLSchema, draw: Draw): string {
  const roots = [schema.getQueryType(), schema.getQueryType(), schema.getQueryType(), schema.getMutationType()];
  const root = draw.one(roots)!;
  const keyword = root === schema.getMutationType() ? 'mutation' : 'query';
  let aliases = 0;
  let body = selection(root, 3);
  const odd = draw.chance(0.1);
  const fragment = draw.chance(0.2) && body.includes('posts');
  // Where posts are listed plainly, by a fragment; spread where it does not fit, or within itself, it is refused.
  if (fragment) body = body.replace(/(nodes|node) \{ /, '$1 { ...F ');
  const declared = body.includes('$v') || odd ? '($v: Int = 3)' : '';
  return `${keyword} Q${declared} { ${body} }${fragment ? ` fragment F on Post { id ${odd ? '...F' : ''} }` : ''}`;

  function selection(type: unknown, depth: number): string {
    if (!isObjectType(type)) return '';
    const fields = Object.values(type.getFields());
    return Array.from({ length: 1 + draw.int(3) }, () => {
      const field = draw.one(fields);
      const args = field.args.filter(({ type: of }) => isNonNullType(of) || draw.chance(0.3));
      const given = args.map(({ name, type: of }) => `${name}: ${literal(of, 3)}`).join(', ');
      // Two fields of one name must not differ: with an alias of their own they may, and mostly have one.
      const alias = draw.chance(0.95) ? `a${aliases++}: ` : '';
      const directive = draw.chance(0.05)
        ? draw.one([' @include(if: true)', ' @skip(if: false)', ' @skip(if: $v)', ' @nope'])
        : '';
      return `${alias}${field.name}${given === '' ? '' : `(${given})`}${directive}${inner(field.type, depth)}`;
    }).join(' ');
  }

  function inner(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    if (!isObjectType(named)) return '';
    return depth === 0 ? ' { __typename }' : ` { __typename ${selection(named, depth - 1)} }`;
  }

  function literal(type: GraphQLInputType, depth: number): string {
    if (draw.chance(0.04) || depth === 0) return draw.one(LITERALS);
    const nullable = getNullableType(type);
    if (isListType(nullable)) return `[${literal(nullable.ofType, depth - 1)}]`;
    if (isEnumType(nullable)) return draw.one(nullable.getValues()).name;
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(
        ({ type: of }) => isNonNullType(of) || draw.chance(0.4),
      );
      return `{ ${fields.map(({ name, type: of }) => `${name}: ${literal(of, depth - 1)}`).join(', ')} }`;
    }
    const scalars: Readonly<Record<string, readonly string[]>> = {
      Int: ['1', '3', '50'],
      Float: ['1.5', '3'],
      Boolean: ['true', 'false'],
      DateTime: ['"2026-05-01T10:00:00Z"'],
      JSON: ['{ id: "1", text: "a", createdAt: "2026-05-01" }', '[1]', '"x"'],
    };
    return draw.one(scalars[nullable.name] ?? ['"00000000-0000-4000-8000-000000000001"', '"a"', '"b c"']);
  }
}
