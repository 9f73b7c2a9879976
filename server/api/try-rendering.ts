import { isOutage } from '../database/outage.ts';
import { whyUnmade } from '../delivery/why-unmade.ts';
import type { ApiDeps, RenderedMessage, StoredMessage } from './api-deps.ts';

/** A message as its recipient reads it, or why it cannot be read. */
export type Rendering =
  | { readonly kind: 'rendered'; readonly message: RenderedMessage }
  | { readonly kind: 'broken' /** One line. */; readonly reason: string };

/**
 * Renders a message; a template that is missing or broken is an answer about that message, not a fault of the server.
 *
 * @throws whatever the database says when it is away: then nothing is known about the template.
 */
export async function tryRendering(deps: Pick<ApiDeps, 'renderMessage'>, message: StoredMessage): Promise<Rendering> {
  try {
    return { kind: 'rendered', message: await deps.renderMessage(message) };
  } catch (error) {
    if (!(error instanceof Error) || isOutage(error)) throw error;
    return { kind: 'broken', reason: whyUnmade(error) };
  }
}
