// Draws the points: on the graphics card, or where there is no WebGL 2 on a canvas as it is.

import type { Scheme } from '../../scheme.js';
import { flatPainter } from './flatPainter.js';
import { lookOf, palette } from './looks.js';
import type { MapPoints } from './mapPoints.js';
import type { Size, View } from './view.js';

export interface Picture {
  readonly points: MapPoints;
  /** Of each point 1 where it is chosen; null: nothing is, and all are shown alike. */
  readonly chosen: Uint8Array | null;
}

export interface Frame {
  readonly view: View;
  readonly size: Size;
  readonly scheme: Scheme;
  /** Diameter of a point in CSS pixels. */
  readonly diameter: number;
}

export interface Painter {
  /** What it draws by: `webgl2` or `2d`. */
  readonly kind: 'webgl2' | '2d';
  show(picture: Picture): void;
  draw(frame: Frame): void;
  dispose(): void;
}

export function createPainter(canvas: HTMLCanvasElement): Painter {
  const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, depth: false, premultipliedAlpha: true });
  return gl === null ? flatPainter(canvas) : cardPainter(canvas, gl);
}

const VERTEX = `#version 300 es
in vec2 place;
in vec3 look;
uniform vec2 middle;
uniform vec2 reach;
uniform float diameter;
uniform vec3 colours[9];
flat out vec4 colour;
flat out float shape;
void main() {
  gl_Position = vec4((place - middle) * reach, 0.0, 1.0);
  bool of = look.x > 0.5;
  gl_PointSize = diameter * (of ? 1.35 : 1.0);
  float strength = look.z < 0.5 ? 0.12 : of ? 0.92 : 0.5;
  colour = vec4(colours[int(look.x + 0.5)] * strength, strength);
  shape = look.y;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec4 colour;
flat in float shape;
out vec4 drawn;
void main() {
  vec2 at = 2.0 * gl_PointCoord - 1.0;
  float outside = shape < 0.5 ? dot(at, at)
    : shape < 1.5 ? max(abs(at.x), abs(at.y)) * 1.2
    : shape < 2.5 ? max(abs(at.x) * 1.7 - 0.85 * at.y - 0.15, at.y * 1.15 + 0.05)
    : abs(at.x) + abs(at.y);
  if (outside > 1.0) discard;
  drawn = colour;
}`;

function cardPainter(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext): Painter {
  let { program, vertices } = begin();
  let shown: Picture | null = null;
  let last: Frame | null = null;
  const lost = (event: Event) => event.preventDefault();
  const restored = () => {
    ({ program, vertices } = begin());
    if (shown !== null) show(shown);
    if (last !== null) draw(last);
  };
  canvas.addEventListener('webglcontextlost', lost);
  canvas.addEventListener('webglcontextrestored', restored);

  function begin() {
    const built = gl.createProgram();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, VERTEX],
      [gl.FRAGMENT_SHADER, FRAGMENT],
    ] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(built, shader);
    }
    gl.bindAttribLocation(built, 0, 'place');
    gl.bindAttribLocation(built, 1, 'look');
    gl.linkProgram(built);
    // A context that is lost links nothing, and says so later by itself.
    if (!gl.getProgramParameter(built, gl.LINK_STATUS) && !gl.isContextLost())
      throw new Error(`the map can’t be drawn: ${gl.getProgramInfoLog(built)}`);
    return { program: built, vertices: [gl.createBuffer(), gl.createBuffer()] as const };
  }

  function show(picture: Picture): void {
    shown = picture;
    const { points, chosen } = picture;
    const places = new Float32Array(2 * points.count);
    const looks = new Uint8Array(4 * points.count);
    for (let i = 0; i < points.count; i += 1) {
      places[2 * i] = points.xs[i]!;
      places[2 * i + 1] = points.ys[i]!;
      const { colour, shape } = lookOf(points.hotspotOf[i]!);
      looks[4 * i] = colour;
      looks[4 * i + 1] = shape;
      looks[4 * i + 2] = chosen === null ? 1 : chosen[i]!;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices[0]);
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices[1]);
    gl.bufferData(gl.ARRAY_BUFFER, looks, gl.STATIC_DRAW);
  }

  function draw(frame: Frame): void {
    last = frame;
    const { view, size, scheme, diameter } = frame;
    const ratio = resized(canvas, size);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (shown === null || shown.points.count === 0) return;
    const uniform = (name: string) => gl.getUniformLocation(program, name);
    // biome-ignore lint/correctness/useHookAtTopLevel: it is no hook, but WebGL's
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform2f(uniform('middle'), view.x, view.y);
    gl.uniform2f(uniform('reach'), (2 * view.scale) / size.width, (2 * view.scale) / size.height);
    gl.uniform1f(uniform('diameter'), diameter * ratio);
    gl.uniform3fv(uniform('colours'), palette(scheme));
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices[0]);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices[1]);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 3, gl.UNSIGNED_BYTE, false, 4, 0);
    gl.drawArrays(gl.POINTS, 0, shown.points.count);
  }

  return {
    kind: 'webgl2',
    show,
    draw,
    dispose() {
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
      for (const buffer of vertices) gl.deleteBuffer(buffer);
      gl.deleteProgram(program);
    },
  };
}

/** Gives the canvas the pixels of the screen; how many there are of a CSS pixel. */
export function resized(canvas: HTMLCanvasElement, { width, height }: Size): number {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  return ratio;
}
