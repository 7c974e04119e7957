// A backup of the embedded database while it is being used.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Ctx, Field, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { writeBackup } from '../backup/writeBackup.js';
import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import { Changes } from './changes.js';

/** Longest that a backup may take. */
const LONGEST_MS = 6 * 3_600_000;

@ObjectType({ description: 'A backup that was written. `hotlens restore` makes a data folder of it.' })
export class Backup {
  @Field(() => String, { description: 'The file, on the server.' })
  file!: string;

  @Field(() => Int, { description: 'Posts in it.' })
  posts!: number;

  @Field(() => Int, { description: 'Pictures in it.' })
  pictures!: number;

  @Field(() => [String], { description: 'Pictures whose files are missing or damaged, by their SHA-256.' })
  missing!: readonly string[];
}

@Resolver()
export class BackUpResolver {
  @Mutation(() => Backup, {
    description:
      'Writes the embedded database as it is now and its pictures to one file in `backups` in the data folder. Other requests wait while the rows are read. For PostgreSQL there is pg_dump.',
  })
  @Changes<unknown, Backup>({ by: 'ADMIN', told: (_args, { file, posts }) => ({ file, posts }), afterwards: true })
  async backUp(@Ctx() { services, deadline }: Context): Promise<Backup> {
    const { db, media, config, log } = services;
    deadline.prolong(LONGEST_MS);
    if (db.kind !== 'embedded')
      throw new AppError('BAD_USER_INPUT', 'the data is in PostgreSQL: use pg_dump, and copy the media folder');
    const folder = path.join(config.dataDir, 'backups');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.tar`);
    const { rows, pictures, missing } = await writeBackup({ pool: db.pool, media: media.store }, file);
    log.info({ file, posts: rows.posts, pictures: pictures.count, missing: missing.length }, 'backup written');
    return { file, posts: rows.posts ?? 0, pictures: pictures.count, missing };
  }
}
