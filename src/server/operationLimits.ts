// How much a GraphQL operation asks for, told from its document and variables before anything of it runs.
//
// One walk for all bounds. Cost is the number of values that the answer may hold, as far as the document tells: each field counts once for
// every object that it will be asked of, lists by the length that is asked for (`first`, `last`), those of unknown length as ASSUMED_LENGTH.
// A fragment is walked once, however often it is spread: thirty that each spread the next one twice are a billion fields, and cost thirty steps.
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '../errors.js';
import { DEFAULT_PAGE } from '../resolvers/pageLength.js';

export interface OperationLimits {
  /** Words and signs of the document; checked while it is parsed. */
  readonly maxTokens: number;
  /** Fields within fields. */
  readonly maxDepth: number;
  /** Fields in all, those of a fragment for each time that it is spread. */
  readonly maxFields: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  readonly maxCost: number;
}

/** What an operation asks for, in the terms of OperationLimits. */
export interface OperationSize {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly cost: number;
}

interface Asked {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What lists count as whose length the document does not say. */
const ASSUMED_LENGTH = 10;
/** Fields, of one type or of all, that do more than to look something up: they start inference, or count or write whole tables. */
const WEIGHTS: Readonly<Record<string, number>> = {
  previewCaption: 10_000,
  captionExplanation: 10_000,
  searchPosts: 5_000,
  previewAlertRule: 5_000,
  ingestPosts: 10_000,
  recaption: 10_000,
  refetchImages: 10_000,
  previewReport: 20_000,
  document: 1_000,
  totalCount: 20,
  nearDuplicates: 20,
  'Hotspot.pictures': 50,
};
const NOTHING: OperationSize = { depth: 0, fields: 0, aliases: 0, directives: 0, cost: 0 };

/** Throws AppError TOO_COSTLY that names every bound the (validated) operation is beyond. */
export function checkOperation(asked: Asked, limits: OperationLimits): void {
  const size = measureOperation(asked);
  const bounds = [
    ['depth', size.depth, limits.maxDepth],
    ['fields', size.fields, limits.maxFields],
    ['aliases', size.aliases, limits.maxAliases],
    ['directives', size.directives, limits.maxDirectives],
    ['cost', size.cost, limits.maxCost],
  ] as const;
  const beyond = bounds.filter(([, value, most]) => value > most);
  if (beyond.length === 0) return;
  const reasons = beyond.map(([name, value, most]) => `${name} ${value.toLocaleString('en')}, at most ${most}`);
  throw new AppError('TOO_COSTLY', `the operation asks for too much: ${reasons.join('; ')}`);
}

/** Walks a validated operation. */
export function measureOperation({ schema, operation, fragments, variables }: Asked): OperationSize {
  const known = new Map<string, OperationSize>();
  const root = schema.getRootType(operation.operation);
  const size = root == null ? NOTHING : selection(operation.selectionSet, root, undefined);
  return { ...size, directives: size.directives + directivesOf(operation) };

  /** `page`: how long the lists `edges` and `nodes` are, where the selection is of a connection. */
  function selection(set: SelectionSetNode, parent: GraphQLCompositeType, page: number | undefined): OperationSize {
    let sum = NOTHING;
    for (const node of set.selections) {
      const own = { ...NOTHING, directives: directivesOf(node) };
      if (node.kind === Kind.FIELD) sum = plus(sum, plus(own, field(node, parent, page)));
      else if (node.kind === Kind.FRAGMENT_SPREAD) sum = plus(sum, plus(own, fragment(node.name.value, page)));
      else sum = plus(sum, plus(own, selection(node.selectionSet, conditionOf(node, parent), page)));
    }
    return sum;
  }

  function fragment(name: string, page: number | undefined): OperationSize {
    const key = `${name} ${page}`;
    const definition = fragments.get(name);
    if (definition === undefined) return NOTHING;
    const size =
      known.get(key) ?? selection(definition.selectionSet, typeNamed(definition.typeCondition.name.value), page);
    known.set(key, size);
    return size;
  }

  function field(node: FieldNode, parent: GraphQLCompositeType, page: number | undefined): OperationSize {
    const name = node.name.value;
    const own = {
      depth: 1,
      fields: 1,
      aliases: node.alias === undefined ? 0 : 1,
      directives: 0,
      cost: WEIGHTS[`${parent.name}.${name}`] ?? WEIGHTS[name] ?? 1,
    };
    const definition = fieldOf(parent, name);
    if (node.selectionSet === undefined) return own;
    if (definition === undefined) {
      // __schema and __type: their depth is bounded by validation, and they ask no database.
      const inner = selection(node.selectionSet, introspected(name), undefined);
      return { ...plus(own, inner), depth: 1, cost: own.cost + inner.fields };
    }
    const type = getNamedType(definition.type) as GraphQLCompositeType;
    const asked = lengthAsked(node, definition);
    const inner = type.name.endsWith('Connection')
      ? selection(node.selectionSet, type, asked ?? DEFAULT_PAGE)
      : selection(node.selectionSet, type, undefined);
    const times = isList(definition.type) ? (asked ?? (isPart(name) ? page : undefined) ?? ASSUMED_LENGTH) : 1;
    return { ...plus(own, inner), depth: 1 + inner.depth, cost: own.cost + times * inner.cost };
  }

  function lengthAsked(node: FieldNode, { args }: GraphQLField<unknown, unknown>): number | undefined {
    for (const name of ['first', 'last']) {
      const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
      const given =
        value?.kind === Kind.INT
          ? Number(value.value)
          : value?.kind === Kind.VARIABLE
            ? (variables[value.name.value] ?? defaultOf(value.name.value))
            : args.find((argument) => argument.name === name)?.defaultValue;
      if (typeof given === 'number' && given >= 0) return given;
    }
    return undefined;
  }

  function defaultOf(variable: string): number | undefined {
    const given = operation.variableDefinitions?.find(
      ({ variable: { name } }) => name.value === variable,
    )?.defaultValue;
    return given?.kind === Kind.INT ? Number(given.value) : undefined;
  }

  function conditionOf(
    node: { typeCondition?: { name: { value: string } } | undefined },
    parent: GraphQLCompositeType,
  ) {
    return node.typeCondition === undefined ? parent : typeNamed(node.typeCondition.name.value);
  }

  function typeNamed(name: string): GraphQLCompositeType {
    const type = schema.getType(name);
    if (!isCompositeType(type))
      throw new Error(`measureOperation: expected a validated document, got a fragment on ${name}`);
    return type;
  }

  function introspected(field: string): GraphQLObjectType {
    const type = schema.getType(field === '__schema' ? '__Schema' : '__Type');
    if (!(type instanceof GraphQLObjectType))
      throw new Error(`measureOperation: expected a validated document, got ${field}`);
    return type;
  }
}

function fieldOf(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}

function isPart(name: string): boolean {
  return name === 'edges' || name === 'nodes';
}

function directivesOf({ directives }: { readonly directives?: readonly unknown[] | undefined }): number {
  return directives?.length ?? 0;
}

function plus(a: OperationSize, b: OperationSize): OperationSize {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    cost: a.cost + b.cost,
  };
}
