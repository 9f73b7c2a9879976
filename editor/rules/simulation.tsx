import { type ReactNode, useState } from 'react';
import { type AccountItem, type FileOverride, getAccounts, type SimulationView, simulate } from '../api.ts';
import { formatCount } from '../format.ts';
import { SearchField } from '../parts/pieces.tsx';
import { type Resource, usePages } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { SidePanel } from './side-panel.tsx';
import { SimulatedInvoice } from './simulated-invoice.tsx';

/** One account's invoice by the released rules and by the text in the editor; nothing is stored. */
export function Simulation(props: {
  readonly overrides: readonly FileOverride[];
  readonly onClose: () => void;
}): ReactNode {
  const [account, setAccount] = useState<AccountItem>();
  const [resource, setResource] = useState<Resource<SimulationView>>();
  const run = async (chosen: AccountItem) => {
    setAccount(chosen);
    setResource({ kind: 'loading' });
    const answer = await simulate(chosen.id, props.overrides);
    setResource(answer.ok ? { kind: 'ready', value: answer.value } : { kind: 'failed', problem: answer.problem });
  };
  return (
    <SidePanel title="Simulation" onClose={props.onClose}>
      {account && resource ? (
        <>
          <div className="simulated-account">
            <p>
              <strong>{account.customerName}</strong> <code>{account.id}</code>
            </p>
            <div className="actions">
              <button
                type="button"
                className="button"
                onClick={() => run(account)}
                disabled={resource.kind === 'loading'}
              >
                Simulate again
              </button>
              <button type="button" className="button quiet-button" onClick={() => setAccount(undefined)}>
                Another account
              </button>
            </div>
            <p className="quiet">
              {props.overrides.length > 0
                ? `After: your text, ${formatCount(props.overrides.length)} unsaved ${props.overrides.length === 1 ? 'file' : 'files'}. Before: the rules as released.`
                : 'Nothing is edited: after is the rules folder as saved, before the rules as released.'}
            </p>
          </div>
          <Loaded resource={resource} what="the simulated invoice" onRetry={() => run(account)}>
            {(simulation) => <SimulatedInvoice simulation={simulation} />}
          </Loaded>
        </>
      ) : (
        <AccountChoice onChoose={run} />
      )}
    </SidePanel>
  );
}

function AccountChoice({ onChoose }: { readonly onChoose: (account: AccountItem) => void }): ReactNode {
  const [search, setSearch] = useState('');
  const pages = usePages(`choose ${search}`, (after, signal) => getAccounts({ search, after, limit: 8 }, signal));
  return (
    <>
      <SearchField label="Whose invoice?" placeholder="Customer, account or phone number" onSearch={setSearch} />
      <Loaded resource={pages.resource} what="accounts" onRetry={pages.reload}>
        {(accounts) =>
          accounts.length === 0 ? (
            <Empty title={`No account fits “${search}”`}>Try a part of the name or of the account number.</Empty>
          ) : (
            <ul className="choices">
              {accounts.map((account) => (
                <li key={account.id}>
                  <button type="button" className="choice" onClick={() => onChoose(account)}>
                    <span>{account.customerName}</span>
                    <span className="quiet">
                      {account.id} · {account.plans.join(', ')}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
