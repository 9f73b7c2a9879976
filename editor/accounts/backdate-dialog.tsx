import { type FormEvent, type ReactNode, useState } from 'react';
import type { Problem } from '../api.ts';
import { formatDate } from '../format.ts';
import { Dialog, FormActions } from '../parts/dialog.tsx';
import { nameKey, TextField } from '../parts/fields.tsx';
import { inWords, Money, SelectField } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { ProblemNotice } from '../parts/states.tsx';
import { type CorrectedInvoice, getBackdated, postBackdated } from './backdated-api.ts';
import { changeOf, type DraftChange, kinds, noDraft, sayChange } from './draft-change.ts';

/** Says what was so in days that are billed: shows what it gives back or costs first, then enters it, with who says so and why. */
export function BackdateDialog(props: {
  readonly subscriptionId: string;
  readonly onClose: () => void;
  readonly onEntered: () => void;
}): ReactNode {
  const { subscriptionId } = props;
  const [draft, setDraft] = useState<DraftChange>(noDraft);
  const [preview, setPreview] = useState<readonly CorrectedInvoice[]>();
  const [why, setWhy] = useState('');
  const [by, setBy] = useState(() => localStorage.getItem(nameKey) ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const change = changeOf(draft);
  const edit = (parts: Partial<DraftChange>) => {
    setDraft({ ...draft, ...parts });
    setPreview(undefined);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!change) return;
    setBusy(true);
    if (preview) localStorage.setItem(nameKey, by.trim());
    const apply = preview && { by: by.trim(), why: why.trim() };
    const answer = await postBackdated(subscriptionId, change, apply);
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    if (preview) props.onEntered();
    else setPreview(answer.value.invoices);
  };
  const isReady = change !== undefined && (!preview || (by.trim() !== '' && why.trim() !== ''));
  return (
    <Dialog title={`Correct the past of ${subscriptionId}`} onClose={props.onClose}>
      <form onSubmit={submit}>
        <p className="quiet">
          What was so in days that are billed. The invoices stay; credit notes give back what was too much.
        </p>
        <Known subscriptionId={subscriptionId} />
        <ChangeFields draft={draft} onEdit={edit} />
        {preview && <Consequence invoices={preview} />}
        {preview && <TextField label="Reason (required)" value={why} onChange={setWhy} required />}
        {preview && <TextField label="Your name (required)" value={by} onChange={setBy} required autoComplete="name" />}
        {problem && <ProblemNotice problem={problem} />}
        <FormActions onClose={props.onClose} disabled={busy || !isReady}>
          {preview ? 'Enter and correct' : 'Show what it changes'}
        </FormActions>
      </form>
    </Dialog>
  );
}

function ChangeFields(props: {
  readonly draft: DraftChange;
  readonly onEdit: (parts: Partial<DraftChange>) => void;
}): ReactNode {
  const { draft, onEdit } = props;
  return (
    <>
      <SelectField label="It was" value={draft.kind} options={kinds} onChange={(kind) => onEdit({ kind })} />
      {draft.kind === 'plan change' && (
        <TextField label="Plan" value={draft.plan} onChange={(plan) => onEdit({ plan })} required />
      )}
      {draft.kind !== 'cancellation taken back' && (
        <TextField label="From" type="date" value={draft.day} onChange={(day) => onEdit({ day })} required />
      )}
      {draft.kind === 'pause' && (
        <TextField
          label="Until (first day with service again)"
          type="date"
          value={draft.until}
          onChange={(until) => onEdit({ until })}
        />
      )}
    </>
  );
}

/** What the invoices were and would be. */
function Consequence({ invoices }: { readonly invoices: readonly CorrectedInvoice[] }): ReactNode {
  if (invoices.length === 0) return <p>No invoice changes.</p>;
  return (
    <ul className="lines">
      {invoices.map(({ invoice, currency, before, after, difference, exceptions }) => (
        <li className="line" key={invoice}>
          <span className="line-title">{invoice}</span>
          <span className="line-amount number">
            <Money amount={difference.total} currency={currency} />
          </span>
          <span className="line-facts">
            <Money amount={before.total} currency={currency} /> → <Money amount={after.total} currency={currency} />
          </span>
          {exceptions.length > 0 && (
            <span className="line-because">
              {exceptions[0]}
              {exceptions.length > 1 && ` And ${exceptions.length - 1} more.`}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What became known late before. */
function Known({ subscriptionId }: { readonly subscriptionId: string }): ReactNode {
  const { resource } = useResource(`backdated ${subscriptionId}`, (signal) => getBackdated(subscriptionId, signal));
  if (resource.kind !== 'ready' || resource.value.length === 0) return null;
  return (
    <ul className="lines">
      {resource.value.map(({ change, from, knownOn, by, why }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: changes are only ever added at the end
        <li className="line" key={index}>
          <span className="line-title">
            {inWords(sayChange(change))}, from {formatDate(from)}
            {change.kind === 'pause' && change.until !== undefined && ` until ${formatDate(change.until)}`}
          </span>
          <span className="line-facts">
            {formatDate(knownOn)} · {by ?? 'an event'}
            {why && `: ${why}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
