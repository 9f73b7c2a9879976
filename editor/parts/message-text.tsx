import { Fragment, type ReactNode } from 'react';

/** A sentence in which rule text stands in backticks, as sentence case with that text set as code. */
export function MessageText({ text }: { readonly text: string }): ReactNode {
  return text.split('`').map((part, index) => {
    // The parts of one sentence never change places, so the index is a key.
    const key = `${index}`;
    if (index % 2 === 1) return <code key={key}>{part}</code>;
    return <Fragment key={key}>{index === 0 ? part.charAt(0).toUpperCase() + part.slice(1) : part}</Fragment>;
  });
}
