/**
 * Adaptive average pooling of a g x g grid to s x s as a matrix [s*s, g*g], row-major, rows summing to 1. Bin i covers
 * floor(i g / s) .. ceil((i + 1) g / s) - 1, so bins overlap where s does not divide g.
 * Source: PyTorch's adaptive_avg_pool2d (aten/src/ATen/native/AdaptiveAveragePooling.cpp).
 */
export function adaptiveAveragePool(g: number, s: number): Float32Array {
  const matrix = new Float32Array(s * s * g * g);
  for (let row = 0; row < s * s; row += 1) {
    const [top, bottom] = bin(Math.floor(row / s), g, s);
    const [left, right] = bin(row % s, g, s);
    const weight = 1 / ((bottom - top) * (right - left));
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) matrix[row * g * g + y * g + x] = weight;
    }
  }
  return matrix;
}

function bin(i: number, g: number, s: number): [number, number] {
  return [Math.floor((i * g) / s), Math.ceil(((i + 1) * g) / s)];
}
