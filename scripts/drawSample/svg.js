// SVG as text: one function per element, numbers rounded to a tenth so that the files compare well.

const text = (value) => (typeof value === 'number' ? String(Math.round(value * 10) / 10) : value);

/** Any element; `attributes` in the order given, undefined ones left out. */
export function element(name, attributes, body = '') {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return `<${name}${given.map(([key, value]) => ` ${key}="${text(value)}"`).join('')}>${body}</${name}>`;
}

export const rect = (x, y, width, height, fill, more = {}) => element('rect', { x, y, width, height, fill, ...more });
export const circle = (cx, cy, r, fill, more = {}) => element('circle', { cx, cy, r, fill, ...more });
export const ellipse = (cx, cy, rx, ry, fill, more = {}) => element('ellipse', { cx, cy, rx, ry, fill, ...more });
export const path = (d, fill, more = {}) => element('path', { d, fill, ...more });

/** A closed shape through [x, y] points. */
export const polygon = (points, fill, more = {}) =>
  element('polygon', { points: points.map(([x, y]) => `${text(x)},${text(y)}`).join(' '), fill, ...more });

/** An open line through [x, y] points with round ends. */
export const stroke = (points, colour, width, more = {}) =>
  element('polyline', {
    points: points.map(([x, y]) => `${text(x)},${text(y)}`).join(' '),
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    ...more,
  });

export const group = (attributes, ...parts) => element('g', attributes, parts.flat().join(''));

/** A gradient from top to bottom; fill with `url(#id)`. Stops: colours at even distances. */
export const gradient = (id, colours) =>
  element(
    'linearGradient',
    { id, x1: '0', y1: '0', x2: '0', y2: '1' },
    colours
      .map((colour, i) => element('stop', { offset: (i / (colours.length - 1)).toFixed(2), 'stop-color': colour }))
      .join(''),
  );

/** A blur; use with `filter: 'url(#id)'`. */
export const blur = (id, radius) =>
  element(
    'filter',
    { id, x: '-50%', y: '-50%', width: '200%', height: '200%' },
    element('feGaussianBlur', { stdDeviation: radius }),
  );

/** The whole picture. */
export const svg = (width, height, ...parts) =>
  element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` },
    parts.flat(9).join(''),
  );
