import { z } from 'zod';
import { flag, orElse, textOrEmpty } from './fields.ts';

/** Colours of notes. */
export const noteThemes = ['blue', 'cyan', 'green', 'yellow', 'pink', 'violet'] as const;

/** Data of a note on the canvas: `text` is an editor state as JSON text. Never part of a run. */
export const noteData = z.looseObject({
  text: textOrEmpty,
  theme: orElse(z.enum(noteThemes).catch('blue'), () => 'blue' as const),
  author: textOrEmpty,
  showAuthor: flag,
});

/** Data of a note on the canvas. */
export type NoteData = z.output<typeof noteData>;
