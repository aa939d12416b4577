import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '../lib/cx.ts';
import { usePhone } from '../lib/hooks.ts';
import { range } from '../lib/range.ts';
import { Skeleton } from './skeleton.tsx';

/** One column; on phones the first is the card's title and the others its lines. */
export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
  /** Tailwind width, `w-40`. */
  readonly width?: string;
  /** Sorting by this column is asked of the server. */
  readonly sortable?: boolean;
}

/** The column and direction in which the server sorts. */
export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

interface DataTableProps<Row> {
  /** Says what the table holds, for assistive technology. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  readonly selectedKey?: string | undefined;
  readonly sort?: Sort;
  readonly onSortChange?: (sort: Sort) => void;
  readonly rowActions?: (row: Row) => ReactNode;
  /** Rows drawn while loading. */
  readonly skeletonRows?: number;
}

/** Rows of records: a table on wide screens, cards on phones; `rows` undefined draws the loading state. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  return usePhone() ? <Cards {...props} /> : <WideTable {...props} />;
}

function OpenButton<Row>({
  row,
  props,
  children,
}: {
  row: Row;
  props: DataTableProps<Row>;
  children: ReactNode;
}) {
  const { onOpen } = props;
  if (!onOpen) return <>{children}</>;
  return (
    <button
      type="button"
      onClick={() => onOpen(row)}
      className="block max-w-full text-start after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {children}
    </button>
  );
}

function WideTable<Row>(props: DataTableProps<Row>) {
  const { t } = useTranslation();
  const { columns, rows, sort, onSortChange, rowActions } = props;
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be scrollable by keyboard.
      tabIndex={0}
      aria-label={props.label}
      aria-busy={!rows}
      className="overflow-x-auto rounded-panel border bg-surface"
    >
      <table className="w-full text-base">
        <thead className="sticky top-0 z-10 bg-surface">
          <tr className="border-b text-start text-sm text-ink-faint">
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                aria-sort={
                  sort?.key === column.key ? (sort.descending ? 'descending' : 'ascending') : undefined
                }
                className={cx(
                  'h-9 px-3 font-medium',
                  column.numeric ? 'text-end' : 'text-start',
                  column.width,
                )}
              >
                {column.sortable && onSortChange ? (
                  <button
                    type="button"
                    className="inline-flex items-center gap-1 hover:text-ink"
                    onClick={() =>
                      onSortChange({
                        key: column.key,
                        descending: sort?.key === column.key ? !sort.descending : true,
                      })
                    }
                  >
                    {column.title}
                    {sort?.key === column.key ? (
                      sort.descending ? (
                        <ArrowDown className="size-3.5" />
                      ) : (
                        <ArrowUp className="size-3.5" />
                      )
                    ) : null}
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
            {rowActions ? (
              <th scope="col" className="w-12">
                <span className="sr-only">{t('common.actions')}</span>
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows
            ? rows.map((row) => {
                const key = props.rowKey(row);
                return (
                  <tr
                    key={key}
                    className={cx(
                      'relative border-b last:border-b-0',
                      props.onOpen && 'hover:bg-hover',
                      key === props.selectedKey && 'bg-selected',
                    )}
                  >
                    {columns.map((column, index) => (
                      <td
                        key={column.key}
                        className={cx('h-11 max-w-80 px-3 py-2', column.numeric && 'tabular text-end')}
                      >
                        {index === 0 ? (
                          <OpenButton row={row} props={props}>
                            {column.cell(row)}
                          </OpenButton>
                        ) : (
                          column.cell(row)
                        )}
                      </td>
                    ))}
                    {rowActions ? <td className="relative z-1 px-2 text-end">{rowActions(row)}</td> : null}
                  </tr>
                );
              })
            : range(props.skeletonRows ?? 8).map((key) => (
                <tr key={key} className="border-b last:border-b-0">
                  {columns.map((column) => (
                    <td key={column.key} className="h-11 px-3">
                      <Skeleton className="h-4 w-4/5" />
                    </td>
                  ))}
                  {rowActions ? <td /> : null}
                </tr>
              ))}
        </tbody>
      </table>
    </section>
  );
}

function Cards<Row>(props: DataTableProps<Row>) {
  const { columns, rows } = props;
  const [first, ...others] = columns;
  return (
    <ul aria-label={props.label} className="grid gap-2">
      {rows && first
        ? rows.map((row) => (
            <li
              key={props.rowKey(row)}
              className="relative grid gap-2 rounded-panel border bg-surface p-3 active:bg-hover"
            >
              <div className="flex items-start justify-between gap-2">
                <div className="min-w-0 font-medium">
                  <OpenButton row={row} props={props}>
                    {first.cell(row)}
                  </OpenButton>
                </div>
                {props.rowActions ? (
                  <div className="relative z-1 shrink-0">{props.rowActions(row)}</div>
                ) : null}
              </div>
              <dl className="grid grid-cols-2 gap-x-3 gap-y-1.5 text-sm">
                {others.map((column) => (
                  <div key={column.key} className="min-w-0">
                    <dt className="text-xs text-ink-faint">{column.title}</dt>
                    <dd className="truncate">{column.cell(row)}</dd>
                  </div>
                ))}
              </dl>
            </li>
          ))
        : range(4).map((key) => (
            <li key={key}>
              <Skeleton className="h-26" />
            </li>
          ))}
    </ul>
  );
}
