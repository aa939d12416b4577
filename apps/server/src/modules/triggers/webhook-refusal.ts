/** What a caller is told of a call that does not fit the webhook's settings. */
export class WebhookRefusal extends Error {
  override readonly name = 'WebhookRefusal';
}
