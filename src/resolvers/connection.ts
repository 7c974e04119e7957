// Relay connections: the one place where lists are bounded and cursors are made.
import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { AppError } from '../errors.js';
import { DEFAULT_PAGE, MAX_PAGE } from './pageLength.js';

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follows behind `endCursor`.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether something lies before `startCursor`.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first edge; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last edge; null on an empty page.' })
  endCursor!: string | null;
}

@ArgsType()
export class ForwardArgs {
  @Field(() => Int, {
    nullable: true,
    description: `Length of the page, 1 to ${MAX_PAGE} (${DEFAULT_PAGE} where neither end is asked for).`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what follows this cursor.' })
  after?: string | null;
}

@ArgsType()
export class ConnectionArgs extends ForwardArgs {
  @Field(() => Int, { nullable: true, description: `The last so many, 1 to ${MAX_PAGE}, in the same order.` })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string | null;
}

export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node; readonly cursor: string }[];
  readonly pageInfo: PageInfo;
  readonly count: () => Promise<number>;
}

/** The object types `NameEdge` and `NameConnection` of a node type. */
export function connectionType<Node extends object>(name: string, NodeType: ClassType<Node>) {
  @ObjectType(`${name}Edge`, { description: `One place of a list of ${name}.` })
  class Edge {
    @Field(() => NodeType, { description: 'What is listed.' })
    node!: Node;

    @Field(() => String, {
      description: 'Marks this place for `after` and `before`. Opaque, and stable while new items arrive.',
    })
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list (Relay connection) of ${name}.` })
  class Page {
    @Field(() => [Edge], { description: 'The items of the page, each with its cursor.' })
    edges!: Edge[];

    @Field(() => [NodeType], { description: 'The nodes of `edges`, for those who need no cursors.' })
    nodes(): Node[] {
      return this.edges.map(({ node }) => node);
    }

    @Field(() => PageInfo, { description: 'Where the page lies in the list.' })
    pageInfo!: PageInfo;

    readonly count!: () => Promise<number>;

    @Field(() => Int, { description: 'Length of the whole list under the same filter. Counted only when asked for.' })
    totalCount(): Promise<number> {
      return this.count();
    }
  }
  return Page as ClassType<Connection<Node>>;
}

/** The length of a plain list (`first`), checked. */
export function listLength(name: string, value: number | null | undefined, fallback = DEFAULT_PAGE): number {
  const length = value ?? fallback;
  if (length < 1 || length > MAX_PAGE) {
    throw new AppError('BAD_USER_INPUT', `${name}: expected 1 to ${MAX_PAGE}, got ${length}`);
  }
  return length;
}

export interface PageRequest<Place> {
  readonly limit: number;
  readonly backward: boolean;
  readonly after?: Place | undefined;
  readonly before?: Place | undefined;
}

/** Checks the arguments of a connection and reads its cursors. */
export function pageRequest<Place>(
  args: Partial<ConnectionArgs>,
  parse: (cursor: string) => Place,
): PageRequest<Place> {
  if (args.first != null && args.last != null) {
    throw new AppError('BAD_USER_INPUT', 'first and last: give one of them');
  }
  const backward = args.last != null;
  return {
    limit: backward ? listLength('last', args.last) : listLength('first', args.first),
    backward,
    after: args.after == null ? undefined : parse(args.after),
    before: args.before == null ? undefined : parse(args.before),
  };
}

/** The connection of the rows of a page. `more`: whether rows follow in the direction of travel. */
export function connection<Node>(
  { rows, more }: { readonly rows: readonly Node[]; readonly more: boolean },
  {
    page,
    cursorOf,
    count,
  }: {
    readonly page: PageRequest<unknown>;
    readonly cursorOf: (row: Node) => string;
    readonly count: () => Promise<number>;
  },
): Connection<Node> {
  const edges = rows.map((node) => ({ node, cursor: cursorOf(node) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.backward ? page.before !== undefined : more,
      hasPreviousPage: page.backward ? more : page.after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    count,
  };
}

/** A cursor of a list: its parts in base64url, marked with the list's name so that one list's cursor is refused by another. */
export function writeCursor(list: string, ...parts: readonly (string | number)[]): string {
  return Buffer.from([list, ...parts].join(' ')).toString('base64url');
}

/** The parts of a cursor of the list. Throws AppError BAD_USER_INPUT for any other text. */
export function readCursor(list: string, pattern: RegExp): (cursor: string) => string[] {
  return (cursor) => {
    const [name, ...parts] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
    if (name !== list || !pattern.test(parts.join(' '))) {
      throw new AppError('BAD_USER_INPUT', `not a cursor of ${list}: ${cursor.slice(0, 100)}`);
    }
    return parts;
  };
}

/** SQL-shaped parts of a cursor over (time, uuid). */
export const TIME_AND_ID = /^-?\d{1,16} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
