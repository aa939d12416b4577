/** Schemas and types shared by the server, the web and clients. Depends on nothing. */
export * from './errors.ts';
export * from './events.ts';
