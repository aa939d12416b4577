import type { CanvasGraph } from '../graph/canvas.ts';
import type { JsonObject } from '../graph/json.ts';
import type { ConversationVariable, EnvironmentVariable } from './variables.ts';

/** Modes of apps that are one prompt with a model. */
export const basicAppModes = ['chat', 'agent-chat', 'completion'] as const;

/** Modes of apps that are a graph. */
export const graphAppModes = ['workflow', 'advanced-chat'] as const;

/** Modes of apps that app files may hold. */
export const appModes = [...basicAppModes, ...graphAppModes] as const;

/** A mode of an app that is one prompt. */
export type BasicAppMode = (typeof basicAppModes)[number];

/** A mode of an app that is a graph. */
export type GraphAppMode = (typeof graphAppModes)[number];

/** A mode of an app. */
export type AppMode = (typeof appModes)[number];

/** Kinds of app icons; the icon is an emoji, the id of an uploaded image, or an address. */
export type IconType = 'emoji' | 'image' | 'link';

/** How an app presents itself. Keys that are not known are kept. */
export interface AppIdentity extends JsonObject {
  name: string;
  description: string;
  icon_type: IconType;
  icon: string;
  icon_background: string;
  use_icon_as_answer_icon: boolean;
}

/** A plugin that an app needs. `value` names it in the way of its `type`. Keys that are not known are kept. */
export interface Dependency extends JsonObject {
  current_identifier: string | null;
  type: string;
  value: JsonObject;
}

/** The graph of an app with everything that belongs to it, as stored: nothing is normalised or filled in. */
export interface WorkflowSection extends JsonObject {
  graph: CanvasGraph;
  features: JsonObject;
  environment_variables: EnvironmentVariable[];
  conversation_variables: ConversationVariable[];
}

interface AppFileBase {
  app: AppIdentity;
  dependencies: Dependency[];
  /** Top-level keys that are not known; they are kept. */
  extra: JsonObject;
}

/** The file of an app that is a graph. */
export interface GraphAppFile extends AppFileBase {
  mode: GraphAppMode;
  workflow: WorkflowSection;
}

/** The file of an app that is one prompt. Every key of the configuration is there, none is checked. */
export interface BasicAppFile extends AppFileBase {
  mode: BasicAppMode;
  model_config: JsonObject;
}

/** What an app file says, whatever the version it was written in. */
export type AppFile = GraphAppFile | BasicAppFile;

/** How a knowledge pipeline presents itself. */
export interface PipelineIdentity extends JsonObject {
  name: string;
  description: string;
  icon_type: IconType;
  icon: string;
  icon_background: string;
}

/** What the file of a knowledge pipeline says. */
export interface PipelineFile {
  rag_pipeline: PipelineIdentity;
  workflow: WorkflowSection & { rag_pipeline_variables: JsonObject[] };
  dependencies: Dependency[];
  extra: JsonObject;
}

/** Whether the app of a file is a graph. */
export function isGraphAppFile(file: AppFile): file is GraphAppFile {
  return file.mode === 'workflow' || file.mode === 'advanced-chat';
}
