/** How one app file of other people is run, and what must come of it. */
export interface Scenario {
  /** File in the folder of app files. */
  readonly file: string;
  /** Why the result must be this, from the file's graph and the rules of the engine alone. */
  readonly reason: string;
  readonly query?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Values of conversation variables that differ from the file's defaults. */
  readonly conversation?: Readonly<Record<string, unknown>>;
  /** Answers of models by node id; `answer of <node id>` unless given. */
  readonly models?: Readonly<Record<string, string>>;
  /** What code nodes give back, by node id. */
  readonly code?: Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>>;
  /** Output of templates that need more than plain variables, by node id. */
  readonly templates?: Readonly<Record<string, string>>;
  /** Bodies of web answers, in the order of the requests. */
  readonly web?: readonly string[];
  /** Passages that knowledge bases find. */
  readonly passages?: readonly string[];
  readonly expect: {
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Ids of the nodes that ran, each once unless named more often; `all` for every node of the file. */
    readonly ran: readonly string[] | 'all';
    /** Inputs of single nodes, as their records show them. */
    readonly inputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    /** Conversation variables afterwards. */
    readonly conversation?: Readonly<Record<string, unknown>>;
    /** What the knowledge base was asked. */
    readonly searched?: string;
  };
}

/** The answer of a model without one of its own. */
export const answerOf = (nodeId: string) => `answer of ${nodeId}`;

/** Outputs of a chatflow with one answer. */
export const answered = (answer: string) => ({ answer, files: [] });
