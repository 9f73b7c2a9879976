import { type ReactNode, useEffect, useRef } from 'react';

/** The panel beside the editor; takes the focus when it opens, so that the keyboard goes on there. */
export function SidePanel(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    // On a phone the panel opens below the editor, out of sight.
    heading.current?.scrollIntoView({ block: 'start' });
  }, []);
  return (
    <aside className="side" aria-label={props.title}>
      <div className="side-head">
        <h2 ref={heading} tabIndex={-1}>
          {props.title}
        </h2>
        <button
          type="button"
          className="button quiet-button"
          onClick={props.onClose}
          aria-label={`Close ${props.title.toLowerCase()}`}
        >
          <span aria-hidden="true">×</span>
        </button>
      </div>
      <div className="side-body">{props.children}</div>
    </aside>
  );
}
