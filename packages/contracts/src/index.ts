/** Schemas and types shared by the server, the web and clients. Depends on zod alone. */
export * from './errors.ts';
export * from './events.ts';
