import type { Environment } from '../environment.ts';
import type { UploadRules } from './accept-upload.ts';
import { knowledgeExtensions } from './file-category.ts';

/** Rules of uploads to apps, out of the UPLOAD_… variables. */
export function uploadRules(environment: Pick<Environment, 'uploads'>): UploadRules {
  const { uploads } = environment;
  const blocked = uploads.refusedExtensions.map((extension) =>
    extension.trim().toLowerCase().replace(/^\.+/, ''),
  );
  return { limits: uploads, blockedExtensions: new Set(blocked.filter((extension) => extension !== '')) };
}

/** Rules of uploads to knowledge: only what its extractor can read. */
export function knowledgeUploadRules(environment: Pick<Environment, 'uploads' | 'knowledge'>): UploadRules {
  const { extractor, unstructuredAddress } = environment.knowledge;
  const onlyExtensions = knowledgeExtensions({
    etlType: extractor,
    hasUnstructuredApi: unstructuredAddress !== '',
  });
  return { ...uploadRules(environment), onlyExtensions };
}
