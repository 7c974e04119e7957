/** How few bits a captioner's weights may have. Alone in its file: what names them at start-up must not load onnxruntime. */
export const QUANTIZATIONS = ['int8', 'int4'] as const;
export type Quantization = (typeof QUANTIZATIONS)[number];
