/** Jinja2 templates, rendered apart. */
export interface TemplatePort {
  /** Renders; throws with a message for people when the template is wrong or takes too long. */
  render(request: {
    template: string;
    variables: Readonly<Record<string, unknown>>;
    signal: AbortSignal;
  }): Promise<string>;
}
