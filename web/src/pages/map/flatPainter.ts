// Draws the points where there is no WebGL 2: slower, all of them squares but of the same colours.
import { colourOf, lookOf } from './looks.js';
import { type Painter, type Picture, resized } from './painter.js';

export function flatPainter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d');
  let shown: Picture | null = null;
  return {
    kind: '2d',
    show(picture) {
      shown = picture;
    },
    draw({ view, size, scheme, diameter }) {
      const ratio = resized(canvas, size);
      if (context === null) return;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.width, size.height);
      if (shown === null) return;
      const { points, chosen } = shown;
      let before = -1;
      for (let i = 0; i < points.count; i += 1) {
        const x = size.width / 2 + (points.xs[i]! - view.x) * view.scale;
        const y = size.height / 2 - (points.ys[i]! - view.y) * view.scale;
        if (x < -diameter || y < -diameter || x > size.width + diameter || y > size.height + diameter) continue;
        const place = points.hotspotOf[i]!;
        const { colour } = lookOf(place);
        if (colour !== before) context.fillStyle = colourOf(place, scheme);
        before = colour;
        context.globalAlpha = chosen !== null && chosen[i] === 0 ? 0.12 : place > 0 ? 0.92 : 0.5;
        context.fillRect(x - diameter / 2, y - diameter / 2, diameter, diameter);
      }
    },
    dispose() {
      shown = null;
    },
  };
}
