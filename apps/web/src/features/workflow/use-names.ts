import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Outline } from './graph-outline.ts';
import type { SummaryWords } from './node-summary.ts';

/** How nodes of an outline are told of in this language. */
export function useSummaryWords(outline: Outline): SummaryWords {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      variable: (selector) => {
        const [nodeId = '', ...path] = selector;
        // Places of form fields in a text.
        if (nodeId === '$output') return `[${path.join('.')}]`;
        return [outline.byId.get(nodeId)?.title ?? nodeId, ...path].filter(Boolean).join('.');
      },
      rounds: (count) => t('workflow.atMostRounds', { count }),
      lines: (count) => t('workflow.lines', { count }),
      over: (list) => t('workflow.over', { list }),
      inParallel: (count) => t('workflow.inParallel', { count }),
      bases: (count) => t('workflow.bases', { count }),
    }),
    [outline, t],
  );
}
