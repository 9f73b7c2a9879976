/** A table that turns into cards on a narrow screen. */
import type { ReactNode } from 'react';
import { formatCount } from '../format.ts';
import type { PagedResource } from './resource.ts';
import { Loaded } from './states.tsx';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  /** Numbers: right-aligned, digits of equal width. */
  readonly numeric?: boolean;
  /** Names the row; holds its link and becomes the card's heading. */
  readonly heading?: boolean;
  /** Sentences: on cards they stand below their title, from the left. */
  readonly prose?: boolean;
  /** Left out on cards, where it would only repeat. */
  readonly wideOnly?: boolean;
}

// Cards need `display: block`, which takes the meaning of table elements away in some browsers; roles give it back.
const role = {
  table: { role: 'table' },
  group: { role: 'rowgroup' },
  row: { role: 'row' },
  head: { role: 'columnheader' },
  cell: { role: 'cell' },
  rowHead: { role: 'rowheader' },
};

export function Table<T>(props: {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
}): ReactNode {
  return (
    <div className="table-frame">
      <table {...role.table}>
        <caption className="unseen">{props.caption}</caption>
        <thead {...role.group}>
          <tr {...role.row}>
            {props.columns.map((column) => (
              <th key={column.title} scope="col" className={classOf(column)} {...role.head}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...role.group}>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)} {...role.row}>
              {props.columns.map((column) => (
                <Cell key={column.title} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<T>({ column, row }: { readonly column: Column<T>; readonly row: T }): ReactNode {
  if (column.heading) {
    return (
      <th scope="row" className={classOf(column)} {...role.rowHead}>
        {column.cell(row)}
      </th>
    );
  }
  return (
    <td data-title={column.title} className={classOf(column)} {...role.cell}>
      <div>{column.cell(row)}</div>
    </td>
  );
}

function classOf<T>(column: Column<T>): string {
  return [
    column.numeric && 'number',
    column.heading && 'heading',
    column.prose && 'prose',
    column.wideOnly && 'wide-only',
  ]
    .filter(Boolean)
    .join(' ');
}

/** A table over a paged list with its states, how much of it is shown, and the button for more. */
export function PagedTable<T>(props: {
  readonly pages: PagedResource<T>;
  readonly what: string;
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly empty: ReactNode;
}): ReactNode {
  const { pages } = props;
  return (
    <Loaded resource={pages.resource} what={props.what} onRetry={pages.reload}>
      {(rows) =>
        rows.length === 0 ? (
          props.empty
        ) : (
          <>
            <Table caption={props.caption} columns={props.columns} rows={rows} keyOf={props.keyOf} />
            <MoreRows pages={pages} shown={rows.length} />
          </>
        )
      }
    </Loaded>
  );
}

export function MoreRows<T>({ pages, shown }: { readonly pages: PagedResource<T>; readonly shown: number }): ReactNode {
  return (
    <div className="more">
      <p role="status">
        {pages.total === undefined
          ? `${formatCount(shown)} shown`
          : `${formatCount(shown)} of ${formatCount(pages.total)}`}
      </p>
      {pages.more && (
        <button type="button" className="button" onClick={pages.more} disabled={pages.loadingMore}>
          {pages.loadingMore ? 'Loading …' : 'Show more'}
        </button>
      )}
    </div>
  );
}
