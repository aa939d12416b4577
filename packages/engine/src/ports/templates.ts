/** Jinja2 templates, rendered apart. */
export interface TemplatePort {
  /** Longest output in characters; 400,000 unless given. */
  readonly maxOutputLength?: number;
  /** Renders; throws with a message for people when the template is wrong or takes too long. */
  render(request: {
    template: string;
    variables: Readonly<Record<string, unknown>>;
    signal: AbortSignal;
  }): Promise<string>;
}
