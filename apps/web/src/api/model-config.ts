/** The configuration of prompt apps (keys of the app file format). */

/** Common to all variables. */
interface VariableBase {
  readonly label: string;
  readonly variable: string;
  readonly required: boolean;
  readonly hide?: boolean;
}

/** One variable of the form, by its control; file controls carry what may be uploaded. */
export type FormVariable =
  | (VariableBase & {
      readonly type: 'text-input' | 'paragraph';
      readonly max_length?: number | null;
      readonly default?: string;
    })
  | (VariableBase & {
      readonly type: 'select';
      readonly options: readonly string[];
      readonly default?: string;
    })
  | (VariableBase & { readonly type: 'number'; readonly default?: string | number })
  | (VariableBase & { readonly type: 'checkbox'; readonly default?: boolean })
  | (VariableBase & {
      readonly type: 'file' | 'file-list';
      readonly max_length?: number | null;
      readonly allowed_file_types?: readonly string[];
      readonly allowed_file_extensions?: readonly string[];
      readonly allowed_file_upload_methods?: readonly string[];
    })
  | (VariableBase & { readonly type: 'json_object'; readonly default?: unknown })
  | (VariableBase & { readonly type: 'external_data_tool' });

/** Control of a variable. */
export type VariableType = FormVariable['type'];

/** A form item on the wire: one key, the control's name. */
export type FormItem = Readonly<Record<string, Record<string, unknown>>>;

/** The model an app talks to. */
export interface ModelChoice {
  readonly provider: string;
  readonly name: string;
  readonly mode: 'chat' | 'completion';
  readonly completion_params: Readonly<Record<string, unknown>>;
}

/** A switch of a feature. */
export interface Toggle {
  readonly enabled: boolean;
}

/** Which files a message may carry. */
export interface FileUploadConfig {
  readonly enabled?: boolean;
  readonly allowed_file_types?: readonly string[];
  readonly allowed_file_extensions?: readonly string[];
  readonly allowed_file_upload_methods?: readonly string[];
  readonly number_limits?: number;
  readonly image?: {
    readonly enabled: boolean;
    readonly number_limits: number;
    readonly detail?: 'low' | 'high';
    readonly transfer_methods: readonly string[];
  };
}

/** Refusing words in or out. */
export interface ModerationConfig {
  readonly enabled: boolean;
  readonly type?: string;
  readonly config?: {
    readonly keywords?: string;
    readonly api_based_extension_id?: string;
    readonly inputs_config?: { readonly enabled: boolean; readonly preset_response?: string };
    readonly outputs_config?: { readonly enabled: boolean; readonly preset_response?: string };
  };
}

/** All keys of `model_config`; those this version does not edit are carried along untouched. */
export interface ModelConfig {
  readonly opening_statement: string | null;
  readonly suggested_questions: readonly string[];
  readonly suggested_questions_after_answer: Toggle & Readonly<Record<string, unknown>>;
  readonly speech_to_text: Toggle;
  readonly text_to_speech: Toggle & {
    readonly voice?: string;
    readonly language?: string;
    readonly autoPlay?: string;
  };
  readonly retriever_resource: Toggle;
  readonly more_like_this: Toggle;
  readonly sensitive_word_avoidance: ModerationConfig;
  readonly model: ModelChoice;
  readonly user_input_form: readonly FormItem[];
  readonly pre_prompt: string;
  readonly prompt_type: 'simple' | 'advanced';
  readonly chat_prompt_config?: {
    readonly prompt?: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly text: string }[];
  };
  readonly completion_prompt_config?: {
    readonly prompt?: { readonly text: string };
    readonly conversation_histories_role?: {
      readonly user_prefix: string;
      readonly assistant_prefix: string;
    };
  };
  readonly file_upload: FileUploadConfig;
  readonly [key: string]: unknown;
}

const controls = new Set<string>([
  'text-input',
  'paragraph',
  'select',
  'number',
  'checkbox',
  'file',
  'file-list',
  'json_object',
  'external_data_tool',
] satisfies VariableType[]);

/** Reads the wire's one-key form items; items of unknown controls are left out. */
export function readForm(items: readonly FormItem[] | undefined): FormVariable[] {
  return (items ?? []).flatMap((item) => {
    const [type, value] = Object.entries(item)[0] ?? [];
    if (!type || !value || !controls.has(type)) return [];
    const base = { label: '', variable: '', required: false, ...value, type };
    // The server validated the item when it was saved; the control's name decides its shape.
    return [base as unknown as FormVariable];
  });
}

/** Writes variables as the wire's one-key form items. */
export function writeForm(variables: readonly FormVariable[]): FormItem[] {
  return variables.map(({ type, ...value }) => ({ [type]: { ...value } }));
}
