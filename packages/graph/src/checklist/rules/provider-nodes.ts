import type { RequirementTarget } from '../../app-file/requirements.ts';
import { isObject, type JsonObject, objectOf, objectsOf } from '../../graph/json.ts';
import type { CheckContext, ParameterFacts, ProviderFacts } from '../context.ts';
import { type Finding, required } from '../issues.ts';
import { firstOf, isBlank, isEmptyValue, isUnsetSelector } from './common.ts';

const notAuthorized: Finding = {
  code: 'not_authorized',
  field: 'authorization',
  message: 'Authorization is required',
};

function factsOf(
  targets: RequirementTarget[],
  kind: RequirementTarget['kind'],
  context: CheckContext,
): ProviderFacts | null {
  const target = targets.find((candidate) => candidate.kind === kind);
  return target ? (context.provider?.(target) ?? null) : null;
}

function isParameterUnset(stored: unknown): boolean {
  if (!isObject(stored)) return isEmptyValue(stored);
  if (stored['type'] === 'variable') return isUnsetSelector(stored['value']);
  return 'value' in stored ? isEmptyValue(stored['value']) : false;
}

function missingParameter(parameters: ParameterFacts[], values: JsonObject): Finding | null {
  const missing = parameters.find(
    (parameter) => parameter.isRequired && !parameter.hasDefault && isParameterUnset(values[parameter.name]),
  );
  return missing ? required(missing.label ?? missing.name) : null;
}

/** Rules of tool nodes. */
export function checkTool(
  data: JsonObject,
  context: CheckContext,
  targets: RequirementTarget[],
): Finding | null {
  if (isBlank(data['provider_id']) && isBlank(data['provider_name'])) return required('tool');
  const facts = factsOf(targets, 'tool', context);
  if (!facts) return null;
  const inputs = facts.parameters.filter((parameter) => parameter.kind !== 'setting');
  const settings = facts.parameters.filter((parameter) => parameter.kind === 'setting');
  return firstOf(
    () => (facts.isAuthorized ? null : notAuthorized),
    // Old files hold some inputs among the settings.
    () =>
      missingParameter(inputs, {
        ...objectOf(data['tool_configurations']),
        ...objectOf(data['tool_parameters']),
      }),
    () => missingParameter(settings, objectOf(data['tool_configurations'])),
  );
}

/** Rules of plugin triggers. */
export function checkTriggerPlugin(
  data: JsonObject,
  context: CheckContext,
  targets: RequirementTarget[],
): Finding | null {
  const facts = factsOf(targets, 'trigger', context);
  return firstOf(
    () => (isBlank(data['subscription_id']) ? required('subscription') : null),
    () => (facts ? missingParameter(facts.parameters, objectOf(data['event_parameters'])) : null),
  );
}

/** Rules of datasource nodes. */
export function checkDatasource(
  data: JsonObject,
  context: CheckContext,
  targets: RequirementTarget[],
): Finding | null {
  const facts = factsOf(targets, 'datasource', context);
  if (!facts) return null;
  return firstOf(
    () => (facts.isAuthorized ? null : notAuthorized),
    () =>
      missingParameter(facts.parameters, {
        ...objectOf(data['datasource_configurations']),
        ...objectOf(data['datasource_parameters']),
      }),
  );
}

/** Rules of agent nodes. */
export function checkAgent(
  data: JsonObject,
  context: CheckContext,
  targets: RequirementTarget[],
): Finding | null {
  if (isBlank(data['agent_strategy_name']) && data['agent_node_kind'] !== 'dify_agent') {
    return required('strategy');
  }
  const facts = factsOf(targets, 'agent-strategy', context);
  if (!facts) return null;
  const parameters = objectOf(data['agent_parameters']);
  for (const parameter of facts.parameters.filter((candidate) => candidate.isRequired)) {
    const finding = checkAgentParameter(parameter, parameters[parameter.name], context);
    if (finding) return finding;
  }
  return null;
}

function checkAgentParameter(
  parameter: ParameterFacts,
  stored: unknown,
  context: CheckContext,
): Finding | null {
  const label = parameter.label ?? parameter.name;
  const value = objectOf(stored)['value'];
  switch (parameter.takes ?? 'value') {
    case 'tool':
      return isObject(value) && value['tool_name'] && value['enabled'] !== false
        ? missingToolParameter(value, context)
        : required(label);
    case 'tools': {
      const enabled = objectsOf(value).filter((tool) => tool['enabled'] !== false);
      if (enabled.length === 0) return required(label);
      return firstOf(...enabled.map((tool) => () => missingToolParameter(tool, context)));
    }
    case 'model': {
      const model = objectOf(value);
      return isBlank(model['provider']) || isBlank(model['model']) ? required(label) : null;
    }
    case 'value':
      return !parameter.hasDefault && isParameterUnset(stored) ? required(label) : null;
  }
}

// A parameter that is left to the model (`auto` 1) need not be filled in.
function missingToolParameter(tool: JsonObject, context: CheckContext): Finding | null {
  const facts = context.provider?.({
    kind: 'tool',
    providerType: String(tool['type'] ?? 'builtin'),
    providerId: String(tool['provider_name'] ?? ''),
    toolName: String(tool['tool_name'] ?? ''),
  });
  if (!facts) return null;
  if (!facts.isAuthorized) return notAuthorized;
  const given: JsonObject = {};
  for (const [name, entry] of Object.entries(objectOf(tool['settings'])))
    given[name] = objectOf(entry)['value'];
  const byModel = new Set<string>();
  for (const [name, entry] of Object.entries(objectOf(tool['parameters']))) {
    // Old files hold plain values; an empty one is left to the model.
    if (!isObject(entry) && !isBlank(entry)) given[name] = entry;
    else if (objectOf(entry)['auto'] === 0) given[name] = objectOf(entry)['value'];
    else byModel.add(name);
  }
  return missingParameter(
    facts.parameters.filter((parameter) => parameter.kind === 'setting' || !byModel.has(parameter.name)),
    given,
  );
}
