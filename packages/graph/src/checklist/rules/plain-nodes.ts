import { type JsonObject, objectOf, objectsOf } from '../../graph/json.ts';
import { type Finding, required } from '../issues.ts';
import { firstOf, isBlank, isUnsetSelector, missingBinding } from './common.ts';

/** Rules of end nodes. */
export function checkEnd(data: JsonObject): Finding | null {
  const outputs = objectsOf(data['outputs']);
  return firstOf(
    () => (outputs.length === 0 ? required('output') : null),
    () => (outputs.some((output) => isBlank(output['variable'])) ? required('output_name') : null),
    () =>
      outputs.some((output) => isUnsetSelector(output['value_selector'])) ? required('output_value') : null,
  );
}

/** Rules of answer nodes. */
export function checkAnswer(data: JsonObject): Finding | null {
  return isBlank(data['answer']) ? required('answer') : null;
}

/** Rules of code nodes. */
export function checkCode(data: JsonObject): Finding | null {
  return firstOf(
    () => missingBinding(data['variables']),
    () => (isBlank(data['code']) ? required('code') : null),
  );
}

/** Rules of template nodes. */
export function checkTemplateTransform(data: JsonObject): Finding | null {
  return firstOf(
    () => missingBinding(data['variables']),
    () => (isBlank(data['template']) ? required('template') : null),
  );
}

/** Rules of http-request nodes. */
export function checkHttpRequest(data: JsonObject): Finding | null {
  if (isBlank(data['url'])) return required('url');
  const body = objectOf(data['body']);
  if (body['type'] !== 'binary') return null;
  const hasFile = objectsOf(body['data']).some((item) => !isUnsetSelector(item['file']));
  return hasFile ? null : required('binary_file');
}

/** Rules of document extractors. */
export function checkDocumentExtractor(data: JsonObject): Finding | null {
  return isUnsetSelector(data['variable_selector']) ? required('input_variable') : null;
}
