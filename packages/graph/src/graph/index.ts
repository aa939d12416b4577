export * from './canvas.ts';
export * from './errors.ts';
export * from './json.ts';
export * from './layout.ts';
export * from './normalise.ts';
export * from './parse.ts';
export * from './providers.ts';
