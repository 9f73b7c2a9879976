/** A modal dialog: the browser's own element, so focus, Escape and the backdrop work as people know them. */
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  /** For documents and tables; forms are narrow. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the element leaves the page, so that the browser gives the focus back to where it came from.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className={props.wide ? 'wide-dialog' : undefined}
      aria-labelledby={titleId}
      onCancel={props.onClose}
    >
      <h2 id={titleId}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

/** The end of a form in a dialog: the way out of it, and what it is for. */
export function FormActions(props: {
  readonly onClose: () => void;
  /** It is at work, or something is still to be filled in. */
  readonly disabled: boolean;
  /** What the form does, or that it is doing it. */
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="actions end">
      <button type="button" className="button" onClick={props.onClose}>
        Cancel
      </button>
      <button type="submit" className="button strong" disabled={props.disabled}>
        {props.children}
      </button>
    </div>
  );
}
