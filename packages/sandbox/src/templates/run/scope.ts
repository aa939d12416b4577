import type { Value } from '../values/model.ts';

/** Names that are visible at a place of a template; inner scopes see the outer ones. */
export class Scope {
  readonly #parent: Scope | undefined;
  readonly #values = new Map<string, Value>();

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  find(name: string): Value | undefined {
    let scope: Scope | undefined = this;
    while (scope) {
      const value = scope.#values.get(name);
      if (value !== undefined) return value;
      scope = scope.#parent;
    }
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }
}
