import { type DocumentPort, NodeError } from '@trellis/engine';
import { type DocumentExtractor, formatOf, isExtractionError } from '@trellis/knowledge';
import type { FileContents } from './file-contents.ts';

/** Text of files of the workspace and of remote ones, for the nodes of a run. */
export function createDocumentPort(contents: FileContents, documents: DocumentExtractor): DocumentPort {
  return {
    async extract(file, signal) {
      const name = file.filename ?? 'The file';
      try {
        // What nothing can read is not worth fetching.
        const kind = { extension: file.extension, mimeType: file.mime_type };
        if (kind.extension || kind.mimeType) formatOf(kind);
        const { bytes, mimeType } = await contents.read(file, signal);
        return await documents.text(
          { name, ...kind, mimeType: kind.mimeType || mimeType, content: bytes },
          signal,
        );
      } catch (error) {
        if (!isExtractionError(error)) throw error;
        if (signal.aborted) throw signal.reason;
        // A list of files fails with one of them: which, is what people ask first.
        throw new NodeError('', `${name}: ${error.message}`, { cause: error });
      }
    },
  };
}
