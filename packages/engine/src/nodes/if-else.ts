import { defineNode } from '../plan/node-definition.ts';
import { type ConditionGroup, evaluateConditions } from './conditions.ts';

/** Chooses the first case whose conditions hold, else the ELSE branch `false`. */
export const ifElseNode = defineNode({
  type: 'if-else',
  run(data, { pool }) {
    const cases: (ConditionGroup & { case_id: string; isLegacy?: true })[] = data.cases ?? [
      {
        case_id: 'true',
        isLegacy: true,
        logical_operator: data.logical_operator,
        conditions: data.conditions,
      },
    ];
    const conditionResults: unknown[] = [];
    let inputs: Record<string, unknown> = { conditions: [] };
    for (const candidate of cases) {
      const { result, results, compared } = evaluateConditions(candidate, pool);
      inputs = { conditions: compared };
      conditionResults.push({
        group: candidate.isLegacy ? 'default' : candidate,
        results,
        final_result: result,
      });
      if (result) return chosen(candidate.case_id, true);
    }
    return chosen('false', false);

    function chosen(handle: string, result: boolean) {
      return {
        status: 'succeeded' as const,
        inputs,
        processData: { condition_results: conditionResults },
        outputs: { result, selected_case_id: handle },
        handle,
      };
    }
  },
});
