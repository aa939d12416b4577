import * as z from 'zod';

/** What a reading process is asked. */
export interface ReadRequest {
  readonly format: string;
  readonly label: string;
  readonly archive: {
    readonly maxEntries: number;
    readonly maxUnpackedBytes: number;
    readonly maxRatio: number;
  };
}

/** A part as it comes from the process, which strangers' bytes went through. */
export const partMessage = z.object({
  text: z.string(),
  metadata: z.object({
    page: z.number().int().exactOptional(),
    slide: z.number().int().exactOptional(),
    sheet: z.string().exactOptional(),
  }),
});

/** A failure as it comes from the process: codes that a reader may give. */
export const failureMessage = z.object({
  code: z.enum(['document_damaged', 'document_protected', 'document_too_large']),
  message: z.string(),
  detail: z.string(),
});
