export * from './outputs.ts';
export * from './placeholders.ts';
export * from './references.ts';
export * from './rename.ts';
