// What a backup says of itself. It is the last but one of its files; the last is the manifest's own hash.
import { z } from 'zod';

export const FORMAT = 1;
export const MANIFEST = 'manifest.json';
export const MANIFEST_HASH = 'manifest.sha256';

const count = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const manifestSchema = z.strictObject({
  /** Raised when an older Hotlens could not read it. */
  format: z.number().int(),
  hotlens: z.string(),
  madeAt: z.iso.datetime(),
  /** Of the schema that the rows are of, in their order. */
  migrations: z.array(z.strictObject({ name: z.string(), checksum: sha256 })),
  /** Rows by table. */
  rows: z.record(z.string(), count),
  /** Last values by sequence; null: not used yet. */
  sequences: z.record(z.string(), z.string().regex(/^\d+$/).nullable()),
  /** Files of rows, in their order. (Pictures are named by their own hashes.) */
  parts: z.array(z.strictObject({ name: z.string(), bytes: count, sha256 })),
  pictures: z.strictObject({ count, bytes: count }),
  /** Pictures whose files were not there, or not what they should be. */
  missing: z.array(sha256),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** The name of a file of rows. */
export function partName(table: string, number: number): string {
  return `db/${table}/${String(number).padStart(6, '0')}.ndjson`;
}

/** The table that a file of rows is of; null for any other name. */
export function tableOf(name: string): string | null {
  return /^db\/([a-z0-9_]{1,63})\/\d{6,}\.ndjson$/.exec(name)?.[1] ?? null;
}

/** The name of a picture's file, and its hash by that. */
export const pictureName = (hash: string): string => `media/${hash}`;

export function pictureOf(name: string): string | null {
  return /^media\/([0-9a-f]{64})$/.exec(name)?.[1] ?? null;
}
