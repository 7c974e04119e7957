// What a person can say of hotspots. It is kept apart from what is found, and outlasts it.
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { decideMerge, decideSplit, decideUndo, decisionById } from '../db/hotspots/decisions.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { hotspotMark, markHotspot } from '../db/hotspots/markHotspot.js';
import { waitForDecision } from '../db/hotspots/waitForDecision.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { DETECT } from '../jobs/queue.js';
import { type Change, Changes } from './changes.js';
import { Hotspot } from './hotspot.js';
import { hotspotIdOf, plainText, uuidOf } from './ids.js';
import { MAX_PAGE } from './pageLength.js';

const MAX_NAME = 200;

interface OfHotspot {
  readonly id: string;
}

const MARK: Change<OfHotspot> = {
  by: 'ANALYST',
  target: ({ id }) => id,
  state: (db, { id }) => hotspotMark(db, id),
};

@Resolver()
export class HotspotMutationsResolver {
  @Mutation(() => Hotspot, {
    description: 'Gives a hotspot a name that is shown instead of its title. Null takes it back.',
  })
  @Changes(MARK)
  async renameHotspot(
    @Arg('id', () => ID, { description: 'The hotspot.' }) id: string,
    @Arg('name', () => String, {
      nullable: true,
      description: `1 to ${MAX_NAME} characters; null: the found title again.`,
    })
    name: string | null,
    @Ctx() context: Context,
  ): Promise<HotspotRow> {
    const wording = plainText('name', name)?.trim() ?? null;
    if (wording !== null && (wording.length === 0 || wording.length > MAX_NAME))
      throw new AppError('BAD_USER_INPUT', `name: expected 1 to ${MAX_NAME} characters, got ${wording.length}`);
    return mark(context, id, { name: wording });
  }

  @Mutation(() => Hotspot, { description: 'Lists a hotspot before all others, or no longer.' })
  @Changes(MARK)
  pinHotspot(
    @Arg('id', () => ID, { description: 'The hotspot.' }) id: string,
    @Arg('pinned', () => Boolean, { defaultValue: true, description: 'False takes it back.' }) pinned: boolean,
    @Ctx() context: Context,
  ): Promise<HotspotRow> {
    return mark(context, id, { pinned });
  }

  @Mutation(() => Hotspot, {
    description: 'Leaves a hotspot out of the lists, or no longer. It is followed all the same.',
  })
  @Changes(MARK)
  muteHotspot(
    @Arg('id', () => ID, { description: 'The hotspot.' }) id: string,
    @Arg('muted', () => Boolean, { defaultValue: true, description: 'False takes it back.' }) muted: boolean,
    @Ctx() context: Context,
  ): Promise<HotspotRow> {
    return mark(context, id, { muted });
  }

  @Mutation(() => Hotspot, {
    description:
      'Makes one hotspot part of another, until `undoDecision`. Answers with the whole; its posts have moved once `parts` names the part.',
  })
  @Changes<OfHotspot & { readonly part: string }>({
    by: 'ANALYST',
    target: ({ id }) => id,
    told: ({ part }) => ({ part }),
  })
  async mergeHotspots(
    @Arg('id', () => ID, { description: 'The whole.' }) id: string,
    @Arg('part', () => ID, { description: 'What becomes part of it.' }) part: string,
    @Ctx() context: Context,
  ): Promise<HotspotRow> {
    const [whole, other] = [await existing(context, id), await existing(context, part)];
    if (whole.id === other.id) throw new AppError('BAD_USER_INPUT', 'part: expected another hotspot than the whole');
    for (const { id: one, state } of [whole, other])
      if (state === 'MERGED') throw new AppError('BAD_USER_INPUT', `${one} is part of another hotspot already`);
    const decision = await withTransaction(context.services.db.pool, (client) =>
      decideMerge(client, { whole: whole.id, part: other.id }),
    );
    return carriedOut(context, decision, whole.id);
  }

  @Mutation(() => Hotspot, {
    description:
      'Takes posts out of a hotspot and makes them one of their own, until `undoDecision`. Answers with the new one.',
  })
  @Changes<OfHotspot & { readonly postIds: readonly string[] }>({
    by: 'ANALYST',
    target: ({ id }) => id,
    told: ({ postIds }) => ({ postIds }),
  })
  async splitPosts(
    @Arg('id', () => ID, { description: 'The hotspot that they are in.' }) id: string,
    @Arg('postIds', () => [ID], { description: `The posts, 1 to ${MAX_PAGE}.` }) postIds: string[],
    @Ctx() context: Context,
  ): Promise<HotspotRow> {
    if (postIds.length < 1 || postIds.length > MAX_PAGE)
      throw new AppError('BAD_USER_INPUT', `postIds: expected 1 to ${MAX_PAGE}, got ${postIds.length}`);
    const hotspot = await existing(context, id);
    const decision = await withTransaction(context.services.db.pool, async (client) => {
      const made = await decideSplit(client, { hotspotId: hotspot.id, postIds: postIds.map(uuidOf) });
      if (made === null)
        throw new AppError('BAD_USER_INPUT', `postIds: none of them is in ${hotspot.id} and still looked at`);
      return made;
    });
    return carriedOut(context, decision, hotspot.id);
  }

  @Mutation(() => Hotspot, {
    description:
      'Takes a person’s merge or split back: the part is again what it was, or the posts go back to where they were taken out of. Answers with the hotspot that has them then.',
  })
  @Changes<OfHotspot>({ by: 'ANALYST', target: ({ id }) => id })
  async undoDecision(
    @Arg('id', () => ID, { description: 'As `Hotspot.decisions` gives it.' }) id: string,
    @Ctx() context: Context,
  ): Promise<HotspotRow> {
    const { pool } = context.services.db;
    const known = uuidOf(id);
    const decision = await decisionById(pool, known);
    if (decision === null) throw new AppError('NOT_FOUND', `there is no decision ${known}`);
    const refused = (reason: string) => new AppError('BAD_USER_INPUT', `${known} can’t be taken back: ${reason}`);
    if (decision.undone) throw refused('it was already');
    if (decision.doneAt === null) throw refused('it is not carried out yet');
    if (!decision.effective || decision.otherId === null) throw refused('nothing came of it');
    const other = await existing(context, decision.otherId);
    if (decision.kind === 'MERGE' && other.state !== 'MERGED') throw refused(`${other.id} is a hotspot of its own`);
    if (decision.kind === 'SPLIT' && other.state === 'MERGED') throw refused(`${other.id} became part of another`);
    const whole = await existing(context, decision.hotspotId);
    if (decision.kind === 'SPLIT' && whole.state === 'MERGED') throw refused(`${whole.id} became part of another`);
    const undo = await withTransaction(pool, (client) => decideUndo(client, decision));
    if (undo === null) throw refused('its posts are no longer looked at');
    return carriedOut(context, undo, decision.kind === 'MERGE' ? other.id : whole.id);
  }
}

async function existing({ loaders }: Context, id: string): Promise<HotspotRow> {
  const hotspot = await loaders.hotspot.load(hotspotIdOf(id));
  if (hotspot === null) throw new AppError('NOT_FOUND', `there is no hotspot ${hotspotIdOf(id)}`);
  return hotspot;
}

async function mark(context: Context, id: string, change: Parameters<typeof markHotspot>[2]): Promise<HotspotRow> {
  const { id: known } = await existing(context, id);
  await withTransaction(context.services.db.pool, (client) => markHotspot(client, known, change));
  return fresh(context, known);
}

/** Waits until detection has carried it out; where it takes long (no worker runs) answers with what is there, and it is done later. */
async function carriedOut(context: Context, decision: string, hotspotId: string): Promise<HotspotRow> {
  const { db, queue } = context.services;
  await queue.add('detect', [DETECT]);
  queue.wake('detect');
  return fresh(context, (await waitForDecision(db.pool, decision)) ?? hotspotId);
}

async function fresh({ loaders }: Context, id: string): Promise<HotspotRow> {
  return (await loaders.hotspot.clear(id).load(id))!;
}
