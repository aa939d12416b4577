/**
 * Knowledge: what documents say, and finding it again. So far the first stage, extraction, is here.
 *
 * @module
 */
export type { DocumentFile, DocumentPart, PartMetadata } from './extract/document.ts';
export { ExtractionError, type ExtractionErrorCode, isExtractionError } from './extract/errors.ts';
export {
  createDocumentExtractor,
  type DocumentExtractor,
  type DocumentExtractorOptions,
} from './extract/extractor.ts';
export { type DocumentFormat, formatOf, formats } from './extract/format.ts';
export { defaultExtractionLimits, type ExtractionLimits } from './extract/limits.ts';
export type { PartitionRequest, PartitionService } from './extract/partition-service.ts';
