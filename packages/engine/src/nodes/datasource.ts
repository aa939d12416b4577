import { NodeError } from '../errors.ts';
import { defineNode } from '../plan/node-definition.ts';
import { isFile } from '../values/file.ts';
import { isObject } from '../values/types.ts';
import { failureOf } from './error-of.ts';
import { requirePort } from './node-context.ts';

/** Brings the document of a knowledge pipeline's run: a file, a crawled page, or what an online source holds. */
export const datasourceNode = defineNode({
  type: 'datasource',
  async run(data, context) {
    const type = context.pool.get(['sys', 'datasource_type'])?.value;
    const info = context.pool.get(['sys', 'datasource_info'])?.value ?? null;
    const report = {
      inputs: { datasource_type: type, datasource_info: info },
      metadata: { datasource_info: info },
    };
    try {
      if (typeof type !== 'string') throw new NodeError('', 'The run has no datasource type');
      if (type === 'local_file') {
        if (!isFile(info)) throw new NodeError('', 'The run has no file');
        return { ...report, status: 'succeeded', outputs: { file: info, datasource_type: type } };
      }
      if (type === 'website_crawl') {
        const fields = isObject(info) ? info : {};
        return { ...report, status: 'succeeded', outputs: { ...fields, datasource_type: type } };
      }
      const indexing = requirePort(context, 'indexing');
      const outputs = await indexing.read({ data, type, info, signal: context.signal });
      return { ...report, status: 'succeeded', outputs: { ...outputs, datasource_type: type } };
    } catch (error) {
      return failureOf(error, report, 'DatasourceNodeError');
    }
  },
});
