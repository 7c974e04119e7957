// What became of the pictures that a server was left with.

/** Each with whether it is captioned, whether a job is to caption it (`asked`), and whether any post shows it. */
export async function lookAtPictures(pool) {
  const { rows } = await pool.query(
    `SELECT i.sha256::text, c.status = 'COMPLETED' AS captioned, EXISTS (
       SELECT FROM pgboss.job j WHERE j.name = 'caption' AND j.state < 'completed'
         AND (j.data ->> 'captionId' = c.id::text OR j.data ->> 'imageSha256' = i.sha256)) AS asked,
       EXISTS (SELECT FROM post_images p WHERE p.image_sha256 = i.sha256) AS shown
     FROM images i LEFT JOIN captions c ON c.image_sha256 = i.sha256`,
  );
  return rows;
}

/** Neither captioned nor with a job. */
export const isForgotten = ({ captioned, asked }) => !captioned && !asked;
