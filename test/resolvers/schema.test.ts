import { describe, expect, it } from '@jest/globals';
import { isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { createSchema } from '../../src/resolvers/index.js';

describe('the schema', () => {
  it('describes every type, field, argument and value to its reader', () => {
    const mute: string[] = [];
    const look = (name: string, { description }: { description?: string | null | undefined }) => {
      if (!description?.trim()) mute.push(name);
    };
    for (const type of Object.values(createSchema().getTypeMap())) {
      // Built-in scalars and introspection describe themselves; the root types are what their fields are.
      if (type.name.startsWith('__') || ['Query', 'Mutation', 'Subscription'].includes(type.name)) {
        if (type.name.startsWith('__')) continue;
      } else look(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
    expect(mute).toEqual([]);
  });
});
