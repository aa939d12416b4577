import { typeError } from '../template-error.ts';
import { equals } from '../values/compare.ts';
import { Callable, type LoopState, Undefined, type Value } from '../values/model.ts';
import type { Budget } from './budget.ts';

/** An attribute of `loop`. */
export function loopAttribute(loop: LoopState, name: string, budget: Budget): Value | undefined {
  const { items, index0 } = loop;
  const integer = (value: number) => BigInt(value);
  switch (name) {
    case 'index':
      return integer(index0 + 1);
    case 'index0':
      return integer(index0);
    case 'revindex':
      return integer(items.length - index0);
    case 'revindex0':
      return integer(items.length - index0 - 1);
    case 'first':
      return index0 === 0;
    case 'last':
      return index0 === items.length - 1;
    case 'length':
      return integer(items.length);
    case 'depth':
      return integer(loop.depth0 + 1);
    case 'depth0':
      return integer(loop.depth0);
    case 'previtem':
      return index0 === 0 ? new Undefined('there is no previous item') : items[index0 - 1];
    case 'nextitem':
      return index0 === items.length - 1 ? new Undefined('there is no next item') : items[index0 + 1];
    case 'cycle':
      return new Callable({
        title: '<bound method LoopContext.cycle>',
        call: ({ positional }) => {
          if (positional.length === 0) throw typeError('no items for cycling given');
          return positional[index0 % positional.length] ?? null;
        },
      });
    case 'changed':
      return new Callable({
        title: '<bound method LoopContext.changed>',
        call: ({ positional }) => {
          budget.spend(positional.length);
          const last = loop.lastChanged;
          if (
            last?.length === positional.length &&
            last.every((value, index) => equals(value, positional[index] ?? null))
          ) {
            return false;
          }
          loop.lastChanged = positional;
          return true;
        },
      });
    default:
      return undefined;
  }
}

/** Calls `loop(children)` in a recursive loop. Errors: `TypeError` in other loops. */
export function callLoop(loop: LoopState, positional: readonly Value[]): Value {
  if (!loop.recurse) {
    throw typeError("The loop must have the 'recursive' marker to be called recursively.");
  }
  return loop.recurse(positional[0] ?? null);
}
