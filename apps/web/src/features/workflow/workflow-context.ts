import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import type { AppDetail } from '../../api/apps.ts';
import type { FormVariable } from '../../api/model-config.ts';
import type { CheckIssue, Workflow } from '../../api/workflows.ts';
import type { WorkflowPanel } from '../../console/search.ts';
import type { ChatState } from '../chat/chat-store.ts';
import type { VariableValues } from '../chat/variables-form.tsx';
import type { RunState } from '../runs/run-store.ts';
import type { Outline } from './graph-outline.ts';

/** What of a build page is open. */
export interface WorkflowPlace {
  readonly panel?: WorkflowPanel;
  readonly node?: string;
  readonly version?: string;
  readonly run?: string;
  readonly tab?: 'result' | 'detail' | 'tracing';
  readonly inputs?: string;
}

/** What the parts of a graph app's build page share. */
export interface WorkflowStudio {
  readonly app: AppDetail;
  readonly draft: Workflow;
  readonly outline: Outline;
  readonly issues: readonly CheckIssue[];
  /** The newest test run. */
  readonly run: StoreApi<RunState>;
  /** The conversation in which a chatflow is tried. */
  readonly chat: StoreApi<ChatState>;
  readonly form: {
    readonly variables: readonly FormVariable[];
    readonly values: VariableValues;
    readonly setValues: (values: VariableValues) => void;
  };
  /** Changes the address: the open panel, step, version or run. */
  readonly go: (place: WorkflowPlace, how?: { replace: boolean }) => void;
  /** Asks the server again for everything about the draft and its versions. */
  readonly refresh: () => void;
}

/** The build page around a component. */
export const WorkflowContext = createContext<WorkflowStudio | undefined>(undefined);

/** The build page in which this component stands. */
export function useWorkflow(): WorkflowStudio {
  const studio = useContext(WorkflowContext);
  if (!studio) throw new Error('This component belongs on the build page of a graph app.');
  return studio;
}
