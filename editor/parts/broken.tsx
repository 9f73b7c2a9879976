import { Component, type ReactNode } from 'react';

interface BoundaryState {
  readonly error: Error | undefined;
}

/** Keeps the header usable when a page has a bug. React knows no other way than a class. */
export class BrokenPage extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): BoundaryState {
    return { error };
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <div className="notice bad" role="alert">
        <p className="notice-title">This page has a fault</p>
        <p>{this.state.error.message}</p>
        <p className="what-to-do">
          Your work on the server is untouched. Load the page again; if it stays, tell whoever runs Ratebook.
        </p>
        <div className="actions">
          <button type="button" className="button" onClick={() => location.reload()}>
            Load again
          </button>
        </div>
      </div>
    );
  }
}
