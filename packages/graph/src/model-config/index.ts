export * from './defaults.ts';
export * from './form.ts';
export * from './schema.ts';
export * from './validate.ts';
