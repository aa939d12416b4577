import type { z } from 'zod';
import { nodeData } from './common.ts';
import { selector } from './fields.ts';

/** Data of a document-extractor node: the file or files whose text it reads. */
export const documentExtractorData = nodeData('document-extractor', { variable_selector: selector });

/** Data of a document-extractor node. */
export type DocumentExtractorData = z.output<typeof documentExtractorData>;
