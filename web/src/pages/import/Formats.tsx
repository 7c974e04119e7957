// What files look like, as shortly as can be shown.
import styles from './Formats.module.css';

const NDJSON = `{"id": "1", "source": "forum", "author": "ana",
 "postedAt": "2026-03-01T09:30:00Z",
 "text": "Smoke over the harbour", "images": "pictures/1.jpg"}`;
const CSV = `id,author,date,text,image_url
1,ana,2026-03-01 09:30:00,Smoke over the harbour,https://example.org/1.jpg`;

export function Formats() {
  return (
    <section aria-labelledby="formats" className={styles.formats}>
      <h2 id="formats">What they look like</h2>
      <figure>
        <figcaption>NDJSON: a post a line (here broken up)</figcaption>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <pre tabIndex={0}>{NDJSON}</pre>
      </figure>
      <figure>
        <figcaption>CSV: a header, then a post a row; commas, semicolons or tabs</figcaption>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <pre tabIndex={0}>{CSV}</pre>
      </figure>
      <p>
        A post needs an id, a time, and a text or a picture. Pictures are addresses, or files beside the rows. Columns
        are known by many names, such as those of 4CAT. A row that can’t be used is rejected by itself, and the rest
        comes in; the same file again changes nothing.
      </p>
    </section>
  );
}
