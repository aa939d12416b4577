import type { HumanInputData } from '@trellis/graph';

/** What became of a form. */
export type FormState =
  | { readonly status: 'waiting'; readonly form: IssuedForm }
  | {
      readonly status: 'submitted';
      readonly actionId: string;
      readonly values: Readonly<Record<string, unknown>>;
    }
  | { readonly status: 'expired'; readonly expirationTime: number };

/** A form that waits for somebody. */
export interface IssuedForm {
  readonly formId: string;
  /** Null when it is not delivered by web. */
  readonly formToken: string | null;
  readonly displayInUi: boolean;
  /** Seconds since the epoch. */
  readonly expirationTime: number;
}

/** Forms that people answer. */
export interface FormPort {
  /**
   * The form of a run and node: made and delivered at the first call (recognised by its key), looked up later.
   */
  open(request: {
    runId: string;
    nodeId: string;
    idempotencyKey: string;
    data: HumanInputData;
    /** Markdown with variables filled in, fields as `{{#$output.name#}}`. */
    content: string;
    /** Defaults of the fields as text. */
    defaults: Readonly<Record<string, string>>;
    /** Text with placeholders (subjects and bodies of mails) filled in. */
    render(text: string): string;
    signal: AbortSignal;
  }): Promise<FormState>;
}
