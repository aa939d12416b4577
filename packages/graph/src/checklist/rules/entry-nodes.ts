import { type JsonObject, objectsOf, textOf } from '../../graph/json.ts';
import { webhookBodyTypes, webhookParameterTypes } from '../../nodes/trigger-webhook.ts';
import { isCronExpression, isTimeZone, visualToCron } from '../../schedule/cron.ts';
import { type Finding, invalid, required } from '../issues.ts';
import { firstOf, isBlank } from './common.ts';

/** Rules of human-input nodes. */
export function checkHumanInput(data: JsonObject): Finding | null {
  const methods = objectsOf(data['delivery_methods']);
  const actions = objectsOf(data['user_actions']);
  const ids = actions.map((action) => textOf(action['id']));
  return firstOf(
    () => (methods.length === 0 ? required('delivery_method') : null),
    () =>
      methods.some((method) => method['enabled'] !== false) ? null : required('enabled_delivery_method'),
    () => (actions.length === 0 ? required('user_action') : null),
    () =>
      new Set(ids).size === ids.length
        ? null
        : { code: 'value_not_unique', field: 'action_id', message: 'Ids of actions must be unique' },
    () => (ids.some((id) => id.trim() === '') ? required('action_id') : null),
    () => (actions.some((action) => isBlank(action['title'])) ? required('action_title') : null),
  );
}

/** Rules of webhook triggers. */
export function checkTriggerWebhook(data: JsonObject): Finding | null {
  const hasWrongType = (stored: unknown, types: readonly string[]) =>
    objectsOf(stored).some((entry) => !types.includes(textOf(entry['type']) || 'string'));
  return firstOf(
    () => (isBlank(data['webhook_url']) ? required('webhook_url') : null),
    () =>
      hasWrongType(data['headers'], ['string']) ||
      hasWrongType(data['params'], webhookParameterTypes) ||
      hasWrongType(data['body'], webhookBodyTypes)
        ? invalid('parameter_type', 'is not valid')
        : null,
  );
}

/** Rules of schedule triggers. */
export function checkTriggerSchedule(data: JsonObject): Finding | null {
  const mode = textOf(data['mode']);
  return firstOf(
    () => (mode === '' ? required('mode') : null),
    () => (mode === 'visual' || mode === 'cron' ? null : invalid('mode', 'is not valid')),
    () => (isTimeZone(textOf(data['timezone']) || 'UTC') ? null : invalid('timezone', 'is not valid')),
    () => (mode === 'cron' ? checkCron(data) : checkVisual(data)),
  );
}

function checkCron(data: JsonObject): Finding | null {
  const expression = textOf(data['cron_expression']);
  if (expression.trim() === '') return required('cron_expression');
  return isCronExpression(expression) ? null : invalid('cron_expression', 'is not valid or never comes due');
}

function checkVisual(data: JsonObject): Finding | null {
  if (isBlank(data['frequency'])) return required('frequency');
  return visualToCron(data) === null ? invalid('schedule', 'is not complete or not valid') : null;
}
