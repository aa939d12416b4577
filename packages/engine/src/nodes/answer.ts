import { defineNode } from '../plan/node-definition.ts';
import { isFile } from '../values/file.ts';
import { renderTemplate, templateSelectors } from '../values/template.ts';

/** Says something to the user: a text with variables in their markdown form, and the files it refers to. */
export const answerNode = defineNode({
  type: 'answer',
  run(data, { pool }) {
    const answer = renderTemplate(data.answer, pool, 'markdown');
    const files = templateSelectors(data.answer).flatMap((selector) => {
      const value = pool.get(selector)?.value;
      return Array.isArray(value) ? value.filter(isFile) : isFile(value) ? [value] : [];
    });
    return { status: 'succeeded', outputs: { answer, files } };
  },
});
