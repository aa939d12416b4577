import type { Value } from '../values/model.ts';

/** An expression of the template language; `line` is where it begins. */
export type Expression =
  | { readonly type: 'constant'; readonly value: Value; readonly line: number }
  | { readonly type: 'name'; readonly name: string; readonly line: number }
  | { readonly type: 'list' | 'tuple'; readonly items: readonly Expression[]; readonly line: number }
  | {
      readonly type: 'dict';
      readonly entries: readonly (readonly [key: Expression, value: Expression])[];
      readonly line: number;
    }
  | {
      readonly type: 'condition';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression | undefined;
      readonly line: number;
    }
  | {
      readonly type: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    }
  | { readonly type: 'not' | 'negative' | 'positive'; readonly operand: Expression; readonly line: number }
  | {
      readonly type: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[];
      readonly line: number;
    }
  | {
      readonly type: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    }
  | { readonly type: 'concat'; readonly parts: readonly Expression[]; readonly line: number }
  | { readonly type: 'attribute'; readonly target: Expression; readonly name: string; readonly line: number }
  | { readonly type: 'item'; readonly target: Expression; readonly key: Expression; readonly line: number }
  | {
      readonly type: 'slice';
      readonly start: Expression | undefined;
      readonly stop: Expression | undefined;
      readonly step: Expression | undefined;
      readonly line: number;
    }
  | {
      readonly type: 'call';
      readonly target: Expression;
      readonly args: CallArguments;
      readonly line: number;
    }
  | FilterExpression
  | {
      readonly type: 'test';
      readonly target: Expression;
      readonly name: string;
      readonly args: CallArguments;
      readonly negated: boolean;
      readonly line: number;
    };

/** `value | name(args)`; without `target` the filter of a block. */
export interface FilterExpression {
  readonly type: 'filter';
  readonly target: Expression | undefined;
  readonly name: string;
  readonly args: CallArguments;
  readonly line: number;
}

/** Operators between two values that give a value. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/** Operators of a comparison chain. */
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** Arguments of a call, a filter or a test. */
export interface CallArguments {
  readonly positional: readonly Expression[];
  readonly keyword: readonly (readonly [name: string, value: Expression])[];
  /** `*values` */
  readonly spread: Expression | undefined;
  /** `**mapping` */
  readonly keywordSpread: Expression | undefined;
}

/** What an assignment writes to. */
export type Target =
  | { readonly type: 'name'; readonly name: string; readonly line: number }
  | { readonly type: 'member'; readonly name: string; readonly member: string; readonly line: number }
  | { readonly type: 'tuple'; readonly items: readonly Target[]; readonly line: number };

/** Parameters of a macro or a call block; defaults belong to the last of the names. */
export interface Signature {
  readonly names: readonly string[];
  readonly defaults: readonly Expression[];
}

/** A part of a template. */
export type Statement =
  | { readonly type: 'text'; readonly text: string; readonly line: number }
  | { readonly type: 'output'; readonly expressions: readonly Expression[]; readonly line: number }
  | {
      readonly type: 'for';
      readonly target: Target;
      readonly iterable: Expression;
      readonly test: Expression | undefined;
      readonly recursive: boolean;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly type: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
      readonly line: number;
    }
  | { readonly type: 'set'; readonly target: Target; readonly value: Expression; readonly line: number }
  | {
      readonly type: 'set-block';
      readonly target: Target;
      readonly filter: FilterExpression | undefined;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly type: 'macro';
      readonly name: string;
      readonly signature: Signature;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly type: 'call-block';
      readonly call: Expression;
      readonly signature: Signature;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly type: 'filter-block';
      readonly filter: FilterExpression;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly type: 'with';
      readonly assignments: readonly (readonly [target: Target, value: Expression])[];
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly type: 'autoescape';
      readonly enabled: Expression;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly type: 'block';
      readonly name: string;
      readonly scoped: boolean;
      readonly required: boolean;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  /** `include`, `import`, `from`, `extends`: there is no other template to reach. */
  | { readonly type: 'other-template'; readonly line: number };

/** A parsed template. */
export interface Template {
  readonly body: readonly Statement[];
  readonly blocks: ReadonlyMap<string, Extract<Statement, { type: 'block' }>>;
}
