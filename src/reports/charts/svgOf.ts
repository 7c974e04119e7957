// A drawing as SVG whose colours come from the page that it stands in.
import { escapeMarkup, round } from '../svg.js';
import { type Drawing, FONT_SIZE, type Shape } from './shapes.js';

/** An <svg> of its drawing's width; classes tone-* and light are the page's to colour. */
export function svgOf({ width, height, shapes, says }: Drawing): string {
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return `<svg role="img" aria-label="${escapeMarkup(says)}" ${size} font-size="${FONT_SIZE}">${shapes.map(drawn).join('')}</svg>`;
}

function drawn(shape: Shape): string {
  switch (shape.kind) {
    case 'rect':
      return `<rect class="tone-${shape.tone}" x="${round(shape.x)}" y="${round(shape.y)}" width="${round(shape.width)}" height="${round(shape.height)}"/>`;
    case 'line':
      return `<line class="rule" x1="${round(shape.x1)}" y1="${round(shape.y1)}" x2="${round(shape.x2)}" y2="${round(shape.y2)}"/>`;
    case 'text':
      return `<text${shape.light ? ' class="light"' : ''} x="${round(shape.x)}" y="${round(shape.y)}" text-anchor="${shape.anchor}">${escapeMarkup(shape.text)}</text>`;
  }
}
