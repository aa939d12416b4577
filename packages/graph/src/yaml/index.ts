export * from './read.ts';
export * from './scalars.ts';
export * from './write.ts';
