import type { ModelReference, PromptMessage } from '../../ports/index.ts';

/** What a classifier is asked. */
export interface Classification {
  readonly model: ModelReference;
  readonly query: string;
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  readonly instruction: string;
  /** The conversation so far as text; empty without memory. */
  readonly histories: string;
}

const task = `You sort texts into categories.
Read the input text and the list of categories, and choose exactly one category: the one that fits best.
Follow the classification instructions where there are any.
Answer with one JSON object and nothing else. It has the keys "keywords" (a list of words of the text that decided),
"category_id" and "category_name"; id and name must be those of one category of the list.`;

function question(text: string, classes: Classification['classes'], instruction: string): string {
  return JSON.stringify({
    input_text: [text],
    categories: classes.map(({ id, name }) => ({ category_id: id, category_name: name })),
    classification_instructions: instruction === '' ? [] : [instruction],
  });
}

const examples: readonly (readonly [string, string])[] = [
  [
    question(
      'The parcel came two days late and the box was torn.',
      [
        { id: 'a1', name: 'Delivery' },
        { id: 'a2', name: 'Billing' },
      ],
      'Sort messages of customers by the department that answers them.',
    ),
    '{"keywords": ["parcel", "late", "torn"], "category_id": "a1", "category_name": "Delivery"}',
  ],
  [
    question(
      'Lovely place, we will be back.',
      [
        { id: 'b1', name: 'Praise' },
        { id: 'b2', name: 'Complaint' },
        { id: 'b3', name: 'Question' },
      ],
      '',
    ),
    '{"keywords": ["lovely", "back"], "category_id": "b1", "category_name": "Praise"}',
  ],
];

/** Messages that make a model classify: instructions, two examples and the question, as one text for completion models. */
export function classifierMessages({
  model,
  query,
  classes,
  instruction,
  histories,
}: Classification): PromptMessage[] {
  const system = `${task}\nThe conversation so far, for context:\n<histories>\n${histories}\n</histories>`;
  const asked = question(query, classes, instruction);
  if (model.mode === 'completion') {
    const shown = examples.map(([input, output]) => `User: ${input}\nAssistant: ${output}`).join('\n\n');
    return [{ role: 'user', content: `${system}\n\n${shown}\n\nUser: ${asked}\nAssistant:` }];
  }
  return [
    { role: 'system', content: system },
    ...examples.flatMap(([input, output]): PromptMessage[] => [
      { role: 'user', content: input },
      { role: 'assistant', content: output },
    ]),
    { role: 'user', content: asked },
  ];
}
