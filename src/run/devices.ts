/** ONNX Runtime's execution providers that may be asked for by name. Only `cpu` is tested by this project. */
export const DEVICES = ['cpu', 'cuda', 'coreml', 'dml', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];
