/** A view that broke says so in its own place, and everything around it works on. */

import { Component, type ReactNode } from 'react';
import { Icon } from './icons.tsx';

interface BoundaryProps {
  readonly what: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly trouble: string | null;
}

export class ErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { trouble: null };

  static getDerivedStateFromError(trouble: unknown): BoundaryState {
    return { trouble: trouble instanceof Error ? trouble.message : String(trouble) };
  }

  override render(): ReactNode {
    const { trouble } = this.state;
    if (trouble === null) return this.props.children;
    return (
      <div className="page empty" role="alert">
        <p className="warning warning-bad">
          <Icon name="warning" />
          <span>
            “{this.props.what}” cannot be drawn: {trouble}. Machines run on; this is a mistake of ours.
          </span>
        </p>
        <button type="button" className="button" onClick={() => this.setState({ trouble: null })}>
          Try again
        </button>
      </div>
    );
  }
}
