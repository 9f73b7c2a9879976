import { type ReactNode, useState } from 'react';
import { type AccountItem, getAccounts } from '../api.ts';
import { inWords, PageHead, SearchField } from '../parts/pieces.tsx';
import { usePages } from '../parts/resource.ts';
import { Empty } from '../parts/states.tsx';
import { type Column, PagedTable } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';

const columns: readonly Column<AccountItem>[] = [
  {
    title: 'Customer',
    heading: true,
    cell: (account) => <a href={hrefOf({ page: 'accounts', id: account.id })}>{account.customerName}</a>,
  },
  { title: 'Account', cell: (account) => <code>{account.id}</code> },
  { title: 'Category', cell: (account) => inWords(account.category) },
  { title: 'Plans', cell: (account) => account.plans.join(', ') || '–' },
  { title: 'Time zone', cell: (account) => account.zone },
  { title: 'Cycle day', numeric: true, cell: (account) => account.cycleDay },
  { title: 'Currency', cell: (account) => account.currency, wideOnly: true },
];

/** Customers by billing account. */
export function AccountsPage(): ReactNode {
  const [search, setSearch] = useState('');
  const pages = usePages(`accounts ${search}`, (after, signal) => getAccounts({ search, after, limit: 50 }, signal));
  return (
    <>
      <PageHead
        title="Accounts"
        intro="A customer has billing accounts; each is billed on its own day, in its own zone."
      />
      <div className="filters">
        <SearchField label="Search accounts" placeholder="Customer, account or phone number" onSearch={setSearch} />
      </div>
      <PagedTable
        pages={pages}
        what="accounts"
        caption="Billing accounts"
        columns={columns}
        keyOf={(account) => account.id}
        empty={
          <Empty title={search ? `No account fits “${search}”` : 'No accounts yet'}>
            <p>
              {search
                ? 'Try a part of the name or of the account number.'
                : 'Load customers before the first bill run.'}
            </p>
          </Empty>
        }
      />
    </>
  );
}
