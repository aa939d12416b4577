import { z } from 'zod';
import { nodeData } from './common.ts';
import { looseText, mapping, orElse, textOrEmpty, typedValue } from './fields.ts';

/** Data of a datasource node, the root of a knowledge pipeline. */
export const datasourceData = nodeData('datasource', {
  plugin_id: textOrEmpty,
  provider_name: textOrEmpty,
  provider_type: orElse(
    z.enum(['local_file', 'online_document', 'online_drive', 'website_crawl']),
    () => 'local_file' as const,
  ),
  datasource_name: textOrEmpty,
  datasource_label: textOrEmpty,
  datasource_parameters: mapping(typedValue.nullable()),
  datasource_configurations: mapping(z.unknown()),
  plugin_unique_identifier: looseText.nullish(),
});

/** Data of a datasource node. */
export type DatasourceData = z.output<typeof datasourceData>;
