// What is sent of an alert: why it was raised, its posts and pictures, and where to go on; made of what is still there.

import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { alertsOfMessage } from '../db/alerts/alertRow.js';
import { type EvidencePost, evidencePosts } from '../db/alerts/evidencePosts.js';
import { countsOfHotspots } from '../db/hotspots/hotspotContents.js';
import { hotspotsByIds } from '../db/hotspots/hotspotRow.js';
import type { Attachment, Message, Subject } from '../deliver/message.js';
import { cidOf, pictureAttachment } from '../deliver/pictureAttachment.js';
import { plainLine, plainText } from '../deliver/plainLine.js';
import { messageOf } from '../errors.js';
import { type PictureSource, smallCopy } from '../ingest/smallCopies.js';
import { VERSION } from '../version.js';
import { alertHtml } from './alertHtml.js';
import { type ShownAlert, timeInWords } from './shownAlert.js';

export interface AlertMessageDeps extends PictureSource {
  readonly pool: Pool;
  readonly publicUrl: string;
  readonly log: Logger;
}

/** Posts and pictures of one alert in a message, and alerts of which they are shown; of the others the reason. */
const POSTS = 5;
const PICTURES = 3;
const IN_FULL = 5;
/** Longest side of a picture in pixels: sharp in a column of text on a dense screen, and some 20 kB. */
const SIDE = 480;
const TITLE = 140;

/** Null where nothing is left of it: its hotspot is gone. */
export async function alertMessage(
  { id, subjectId }: Pick<Subject, 'id' | 'subjectId'>,
  { attachments: wanted = true }: { readonly attachments?: boolean | undefined },
  deps: AlertMessageDeps,
): Promise<Message | null> {
  const { pool, publicUrl } = deps;
  const rows = await alertsOfMessage(pool, subjectId);
  if (rows.length === 0) return null;
  const ids = [...new Set(rows.map(({ hotspotId }) => hotspotId))];
  const hotspots = new Map((await hotspotsByIds(pool, ids)).map((row) => [row.id, row]));
  const counts = new Map((await countsOfHotspots(pool, ids)).map((row) => [row.hotspotId, row]));
  const attachments: Attachment[] = [];
  const shown: ShownAlert[] = [];
  for (const [place, alert] of rows.entries()) {
    const hotspot = hotspots.get(alert.hotspotId);
    const known = place < IN_FULL ? await evidencePosts(pool, alert.postIds.slice(0, POSTS)) : [];
    const pictures = wanted ? await picturesOf(known, deps) : [];
    attachments.push(...pictures.filter(({ cid }) => !attachments.some((one) => one.cid === cid)));
    const cids = new Set(pictures.map(({ cid }) => cid));
    shown.push({
      alert,
      title: plainLine(hotspot?.title ?? '', TITLE) || `Hotspot ${alert.hotspotId}`,
      keywords: hotspot?.keywords ?? [],
      posts: counts.get(alert.hotspotId)?.posts ?? 0,
      authors: counts.get(alert.hotspotId)?.authors ?? 0,
      link: `${publicUrl}/hotspots/${alert.hotspotId}`,
      silenceLink: `${publicUrl}/alerts?silence=${alert.id}`,
      evidence: known.map((post) => {
        const cid = post.sha256 === null ? undefined : cidOf(post.sha256);
        return cid !== undefined && cids.has(cid) ? { ...post, cid } : post;
      }),
    });
  }
  const [first] = shown as [ShownAlert, ...ShownAlert[]];
  const title = titleOf(shown);
  const link = shown.length === 1 ? first.link : `${publicUrl}/alerts`;
  return {
    id,
    title,
    text: textOf(shown),
    html: alertHtml({ title, link, shown }),
    json: {
      ...{ schema: 1, type: 'alert', id, at: first.alert.at.toISOString(), title, text: textOf(shown), link },
      alerts: shown.map(asJson),
      hotlens: VERSION,
    },
    link,
    at: first.alert.at,
    attachments,
  };
}

/** Small copies of the first pictures that can be read: one that can't says nothing against the alert. */
async function picturesOf(posts: readonly EvidencePost[], deps: AlertMessageDeps): Promise<Attachment[]> {
  const found = new Map<string, Attachment>();
  for (const { sha256, sensitive } of posts) {
    if (sha256 === null || found.has(sha256) || found.size >= PICTURES) continue;
    try {
      const { jpeg } = await smallCopy(deps, { sha256, sensitive }, SIDE);
      found.set(sha256, pictureAttachment(sha256, jpeg));
    } catch (error) {
      deps.log.warn({ image: sha256, reason: messageOf(error) }, 'a picture of an alert is left out');
    }
  }
  return [...found.values()];
}

function titleOf(shown: readonly ShownAlert[]): string {
  const [{ alert, title }] = shown as [ShownAlert];
  if (shown.length > 1) return plainLine(`${shown.length} alerts: ${title} and ${shown.length - 1} more`, 200);
  return plainLine(`${title}: ${alert.reason}`, 200);
}

function textOf(shown: readonly ShownAlert[]): string {
  return `${shown.map(partOf).join('\n----\n\n')}`;
}

function partOf({ alert, title, posts, authors, link, silenceLink, evidence }: ShownAlert): string {
  const said = evidence.map(({ author, source, text, caption, url, postedAt }) => {
    const who = plainLine(author ?? 'somebody', 60);
    const words = plainLine(text, 280);
    const seen = plainLine(caption, 200);
    return [
      `- ${who} on ${plainLine(source, 60)}, ${timeInWords(postedAt)}${words === '' ? '' : `: ${words}`}`,
      ...(seen === '' ? [] : [`  picture: ${seen}`]),
      ...(url === null ? [] : [`  ${plainLine(url, 500)}`]),
    ].join('\n');
  });
  return plainText(
    [
      title,
      alert.reason,
      '',
      `Rule “${alert.ruleName}”, severity ${alert.severity}, ${timeInWords(alert.at)}`,
      `${posts} posts by ${authors} authors so far`,
      '',
      ...(said.length === 0 ? [] : ['Posts:', ...said, '']),
      `Open it: ${link}`,
      `Silence it: ${silenceLink}`,
      '',
    ].join('\n'),
    20_000,
  );
}

function asJson({ alert, title, keywords, posts, authors, link, silenceLink, evidence }: ShownAlert) {
  const { id, state, at, raisedAt, ruleId, ruleName, severity, value, threshold, reason, hotspotId } = alert;
  return {
    ...{ id, state, at: at.toISOString(), raisedAt: raisedAt.toISOString(), severity, value, threshold, reason },
    rule: { id: ruleId, name: ruleName },
    hotspot: { id: hotspotId, title, keywords, posts, authors, link },
    inWindow: { posts: alert.posts, authors: alert.authors },
    silenceLink,
    evidence: evidence.map(({ id: postId, source, author, text, caption, url, postedAt, sha256, sensitive }) => ({
      ...{
        postId,
        source,
        author,
        text: plainText(text, 1000),
        caption,
        url,
        postedAt: postedAt.toISOString(),
        picture: sha256,
        sensitive,
      },
    })),
  };
}
