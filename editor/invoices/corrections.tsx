import type { ReactNode } from 'react';
import { formatDate } from '../format.ts';
import { Money } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { hrefOf } from '../route.ts';
import { getInvoiceCorrections, type InvoiceCorrection, type InvoiceCorrections } from './corrections-api.ts';
import { creditNoteDocument } from './document.ts';

/** What has corrected an invoice since it was issued; nothing where nothing has. */
export function Corrections({ number }: { readonly number: string }): ReactNode {
  const { resource } = useResource(`corrections of ${number}`, (signal) => getInvoiceCorrections(number, signal));
  if (resource.kind !== 'ready') return null;
  const { creditNotes, corrections } = resource.value;
  if (creditNotes.length === 0 && corrections.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="corrections-title">
      <h2 id="corrections-title">Corrected since</h2>
      <ul className="lines">
        {creditNotes.map((note) => (
          <CreditNote key={note.number} note={note} />
        ))}
        {corrections.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: corrections are only ever added at the end
          <Correction key={index} correction={one} />
        ))}
      </ul>
    </section>
  );
}

function CreditNote({ note }: { readonly note: InvoiceCorrections['creditNotes'][number] }): ReactNode {
  return (
    <li className="line">
      <span className="line-title">
        <a href={creditNoteDocument(note.number, 'pdf')} target="_blank" rel="noreferrer">
          Credit note {note.number}
        </a>
      </span>
      <span className="line-amount number">
        <Money amount={note.total} currency={note.currency} />
      </span>
      <span className="line-facts">
        {formatDate(note.issuedOn)} · {note.note.reason}
      </span>
    </li>
  );
}

function Correction({ correction }: { readonly correction: InvoiceCorrection }): ReactNode {
  const { issuedOn, reason, request, before, after, chargedOn, charges } = correction;
  return (
    <li className="line">
      <span className="line-title">
        <Money amount={before.total} currency={before.currency} /> →{' '}
        <Money amount={after.total} currency={after.currency} />
      </span>
      <span className="line-facts">
        {formatDate(issuedOn)} · {reason}
        {request ? ` · ${request.by}: ${request.why}` : ''}
      </span>
      {charges.length > 0 && (
        <span className="line-because">
          {chargedOn === null ? (
            'More is owed: the next invoice charges it.'
          ) : (
            <>
              Charged on <a href={hrefOf({ page: 'invoices', number: chargedOn })}>{chargedOn}</a>
            </>
          )}
        </span>
      )}
    </li>
  );
}
