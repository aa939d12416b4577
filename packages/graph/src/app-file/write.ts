import { completeModelConfig } from '../model-config/defaults.ts';
import { writeYaml } from '../yaml/write.ts';
import { mapDatasetIds } from './datasets.ts';
import { exportModelConfig, exportWorkflow } from './secrets.ts';
import { type AppFile, isGraphAppFile, type PipelineFile, type WorkflowSection } from './types.ts';
import { appFileVersion, pipelineFileVersion } from './version.ts';

/** How a file is written. */
export interface WriteAppFileOptions {
  /** Write secret variables and credentials too. Default false. */
  includeSecrets?: boolean;
  /** Makes knowledge ids unreadable for other workspaces. Without it they are written as they are. */
  encryptDatasetId?: (datasetId: string) => string;
}

// Below these keys stand JSON schemas and declared outputs, whose order is shown to people and models.
const keepOrderBelow: ReadonlySet<string> = new Set(['schema', 'json_schema', 'output_schema', 'outputs']);

/** The file of an app in today's version, as YAML. Equal apps give equal texts. */
export function writeAppFile(file: AppFile, options: WriteAppFileOptions = {}): string {
  const secrets = { includeSecrets: options.includeSecrets ?? false };
  const common = {
    ...file.extra,
    app: { ...file.app, mode: file.mode },
    dependencies: file.dependencies,
    kind: 'app',
    version: appFileVersion,
  };
  if (isGraphAppFile(file)) {
    const workflow = exportWorkflow(withDatasetIds(file.workflow, options), secrets);
    return writeYaml({ ...common, workflow }, { keepOrderBelow });
  }
  const config = exportModelConfig(completeModelConfig(file.model_config), secrets);
  return writeYaml({ ...common, model_config: config }, { keepOrderBelow });
}

/** The file of a knowledge pipeline in today's version, as YAML. */
export function writePipelineFile(file: PipelineFile, options: WriteAppFileOptions = {}): string {
  const secrets = { includeSecrets: options.includeSecrets ?? false };
  return writeYaml(
    {
      ...file.extra,
      dependencies: file.dependencies,
      kind: 'rag_pipeline',
      rag_pipeline: file.rag_pipeline,
      version: pipelineFileVersion,
      workflow: exportWorkflow(withDatasetIds(file.workflow, options), secrets),
    },
    { keepOrderBelow },
  );
}

function withDatasetIds<W extends WorkflowSection>(section: W, options: WriteAppFileOptions): W {
  const encrypt = options.encryptDatasetId;
  return encrypt ? { ...section, graph: mapDatasetIds(section.graph, (id) => encrypt(id)) } : section;
}
