// The sign of a hotspot's points.
import { colourOf, lookOf, SHAPES } from './looks.js';
import { useScheme } from './useScheme.js';

export function Swatch({ place }: { place: number }) {
  const fill = colourOf(place, useScheme());
  const shape = SHAPES[lookOf(place).shape];
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" fill={fill}>
      {shape === 'circle' && <circle cx="6" cy="6" r="5" />}
      {shape === 'square' && <rect x="1.5" y="1.5" width="9" height="9" />}
      {shape === 'triangle' && <path d="M6 1 L11 11 H1 Z" />}
      {shape === 'diamond' && <path d="M6 0.5 L11.5 6 L6 11.5 L0.5 6 Z" />}
    </svg>
  );
}
