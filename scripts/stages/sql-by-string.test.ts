// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings here are sources to be looked at
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSqlByString, sqlByStringFaults } from './sql-by-string.ts';

const inFunction = (line: string) =>
  `const table = 'apps';\nasync function f(pool: any, x: string) {\n  ${line}\n}`;
const found = (line: string, file?: string) =>
  findSqlByString(inFunction(line), file).map(({ expression }) => expression);

describe('the rule against SQL made of strings', () => {
  it('holds for the server', () => {
    expect(sqlByStringFaults(join(import.meta.dirname, '../..'))).toEqual([]);
  });

  it.each([
    ['await pool.query(`select * from apps where id = ${x}`);', ['x']],
    ["await pool.query('select * from apps where id = ' + x);", ['x']],
    ["await pool.query('select * from ' + table + ' where id = \\'' + x + '\\'');", ['x']],
    ['const text = `delete from ${x.toLowerCase()}`;', ['x.toLowerCase()']],
    ['await pool.query(`${x}`);', ['x']],
    ["return [`name ilike '%${x}%'`];", ['x']],
    ['return { text: `update apps set name = ${x as string}` };', ['x']],
    ['sql.raw(x);', ['x']],
    ['sql`select ${sql.raw(x)}`;', ['x']],
  ])('finds %s', (line, expressions) => {
    expect(found(line)).toEqual(expressions);
  });

  it.each([
    ['await pool.query(`select * from ${table} where id = $1`, [x]);'],
    ['await pool.query(`select 1 limit $${values.length + 1}`, values);'],
    ['db.execute(sql`select * from apps where id = ${x}`);'],
    ["console.log('Select ' + 'nothing');"],
  ])('lets %s pass', (line) => {
    expect(found(line)).toEqual([]);
  });

  it('looks for conditions in stores only: elsewhere a sentence may hold an equals sign', () => {
    const line = 'return `the variable a = ${x} is not there`;';
    expect(found(line, 'apps/server/src/modules/a/store.ts')).toEqual(['x']);
    expect(found(line, 'apps/server/src/modules/a/service.ts')).toEqual([]);
  });

  it('lets a module put its statements together while it is loaded', () => {
    expect(
      findSqlByString("const columns = ['a'].join();\nconst all = `select ${columns.trim()} from b`;"),
    ).toEqual([]);
  });

  it('says where it is', () => {
    expect(findSqlByString(inFunction('pool.query(`select ${x}`);'))).toEqual([{ line: 3, expression: 'x' }]);
  });
});
