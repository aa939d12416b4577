import { canvasGraph } from '../graph/canvas.ts';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../graph/json.ts';
import { completeModelConfig } from '../model-config/defaults.ts';
import { readYaml, YamlError, type YamlLimits } from '../yaml/read.ts';
import { deriveDependencies } from './dependencies.ts';
import { AppFileError } from './errors.ts';
import {
  type AppFile,
  type AppIdentity,
  appModes,
  basicAppModes,
  type Dependency,
  graphAppModes,
  type IconType,
  type PipelineFile,
  type WorkflowSection,
} from './types.ts';
import { readConversationVariables, readEnvironmentVariables, VariableError } from './variables.ts';
import {
  appFileVersion,
  compareVersions,
  importStatusOf,
  parseVersion,
  pipelineFileVersion,
} from './version.ts';

/** Limits and settings of reading an app file. */
export interface ReadAppFileOptions extends YamlLimits {
  /** Largest environment or conversation variable in bytes. */
  maxVariableBytes?: number;
}

/** What a file says, and what its version means for the import. */
export interface ReadFile<F> {
  file: F;
  /** `pending`: a person must confirm the import before anything is made. */
  status: 'completed' | 'completed-with-warnings' | 'pending';
  /** The version that the file was written in; files without one count as 0.1.0. */
  fileVersion: string;
  currentVersion: string;
}

/**
 * Reads an app file of any version. What the file does not know of is filled in, what we do not know of is kept;
 * the graph stays as it was stored (`normaliseGraph` and `parseGraph` read it further).
 *
 * @throws {AppFileError}
 */
export function readAppFile(text: string, options: ReadAppFileOptions = {}): ReadFile<AppFile> {
  const content = readMapping(text, options);
  if (content['kind'] === 'rag_pipeline') {
    throw new AppFileError('wrong_kind', 'This is the file of a knowledge pipeline, not of an app.');
  }
  const versions = readVersion(content, appFileVersion);
  const app = content['app'];
  if (!isObject(app) || Object.keys(app).length === 0) {
    throw new AppFileError('missing_app', 'The file has no section "app".');
  }
  return { ...versions, file: readApp(content, app, versions.fileVersion, options) };
}

/**
 * Reads the file of a knowledge pipeline.
 *
 * @throws {AppFileError}
 */
export function readPipelineFile(text: string, options: ReadAppFileOptions = {}): ReadFile<PipelineFile> {
  const content = readMapping(text, options);
  if (content['kind'] !== 'rag_pipeline') {
    throw new AppFileError('wrong_kind', 'This is not the file of a knowledge pipeline.');
  }
  const versions = readVersion(content, pipelineFileVersion);
  const { kind, version, rag_pipeline, workflow, dependencies, ...extra } = content;
  const section = readWorkflow(workflow, options);
  if (!section.graph.nodes.some((node) => node.data['type'] === 'knowledge-index')) {
    throw new AppFileError('missing_knowledge_index', 'The pipeline has no knowledge base node.');
  }
  return {
    ...versions,
    file: {
      rag_pipeline: readIdentity(objectOf(rag_pipeline)),
      workflow: { ...section, rag_pipeline_variables: objectsOf(section['rag_pipeline_variables']) },
      dependencies: readDependencies(dependencies) ?? [],
      extra,
    },
  };
}

function readMapping(text: string, options: ReadAppFileOptions): JsonObject {
  let content: unknown;
  try {
    content = readYaml(text, options);
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause;
    throw new AppFileError(cause.code, `The file is not valid YAML: ${cause.message}`, { cause });
  }
  if (!isObject(content)) throw new AppFileError('not_a_mapping', 'The file must be a mapping of sections.');
  return content;
}

function readVersion(content: JsonObject, currentVersion: string): Omit<ReadFile<never>, 'file'> {
  const stored = content['version'];
  const fileVersion = stored === undefined || stored === null || stored === '' ? '0.1.0' : stored;
  if (typeof fileVersion !== 'string') {
    throw new AppFileError('invalid_version_type', 'The version must be a text: put it between quotes.');
  }
  const status = importStatusOf(fileVersion, currentVersion);
  if (status === null) throw new AppFileError('invalid_version', `${fileVersion} is not a version.`);
  return { status, fileVersion, currentVersion };
}

function readApp(
  content: JsonObject,
  app: JsonObject,
  fileVersion: string,
  options: ReadAppFileOptions,
): AppFile {
  const { kind, version, app: _app, workflow, model_config, dependencies, ...extra } = content;
  const { mode, ...identity } = app;
  if (mode === undefined || mode === null || mode === '') {
    throw new AppFileError('missing_mode', 'The section "app" has no mode.');
  }
  const common = { app: readIdentity(identity), extra };
  const graphMode = graphAppModes.find((known) => known === mode);
  const basicMode = basicAppModes.find((known) => known === mode);
  let file: AppFile;
  if (graphMode) {
    file = { mode: graphMode, ...common, dependencies: [], workflow: readWorkflow(workflow, options) };
  } else if (basicMode) {
    if (!isObject(model_config)) {
      throw new AppFileError('missing_model_config', 'The file has no section "model_config".');
    }
    file = { mode: basicMode, ...common, dependencies: [], model_config: completeModelConfig(model_config) };
  } else {
    throw new AppFileError('unknown_mode', `The mode ${textOf(mode)} is not one of ${appModes.join(', ')}.`);
  }
  return { ...file, dependencies: readDependencies(dependencies) ?? deriveWhereOld(file, fileVersion) };
}

const lastVersionWithoutDependencies = '0.1.5';

function deriveWhereOld(file: AppFile, fileVersion: string): Dependency[] {
  const version = parseVersion(fileVersion);
  const last = parseVersion(lastVersionWithoutDependencies);
  return version && last && compareVersions(version, last) <= 0 ? deriveDependencies(file) : [];
}

function readDependencies(stored: unknown): Dependency[] | null {
  if (!Array.isArray(stored)) return null;
  return objectsOf(stored).map((item) => ({
    ...item,
    current_identifier: typeof item['current_identifier'] === 'string' ? item['current_identifier'] : null,
    type: textOf(item['type']),
    value: objectOf(item['value']),
  }));
}

function readIconType(stored: unknown): IconType {
  return stored === 'image' || stored === 'link' ? stored : 'emoji';
}

function readIdentity(stored: JsonObject): AppIdentity {
  return {
    ...stored,
    name: textOf(stored['name']),
    description: textOf(stored['description']),
    icon_type: readIconType(stored['icon_type']),
    icon: textOf(stored['icon']),
    icon_background: textOf(stored['icon_background']) || '#FFFFFF',
    use_icon_as_answer_icon: stored['use_icon_as_answer_icon'] === true,
  };
}

function readWorkflow(stored: unknown, options: ReadAppFileOptions): WorkflowSection {
  if (!isObject(stored)) throw new AppFileError('missing_workflow', 'The file has no section "workflow".');
  const graph = canvasGraph.safeParse(stored['graph'] ?? {});
  if (!graph.success) {
    throw new AppFileError('invalid_graph', 'The graph of the file is not a list of nodes and edges.', {
      cause: graph.error,
    });
  }
  try {
    return {
      ...stored,
      graph: graph.data,
      features: objectOf(stored['features']),
      environment_variables: readEnvironmentVariables(
        stored['environment_variables'],
        options.maxVariableBytes,
      ),
      conversation_variables: readConversationVariables(
        stored['conversation_variables'],
        options.maxVariableBytes,
      ),
    };
  } catch (cause) {
    if (!(cause instanceof VariableError)) throw cause;
    throw new AppFileError('invalid_variable', `A variable cannot be used: ${cause.message}.`, { cause });
  }
}
