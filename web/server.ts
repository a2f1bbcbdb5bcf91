/** Whether the page came from a server with a store of songs and choices; a static site says by a file that it has none. */
import { signal } from '@preact/signals';
import { createServerClient, type Health } from './server-client.ts';

export interface ServerState {
  /** `none`: nothing is kept there, or nobody answers. */
  readonly store: 'unknown' | 'none' | 'there';
  /** Whether this browser runs on the server's machine: what is personal, and what changes much, is for that machine alone. */
  readonly here: boolean;
  /** Nothing was ever kept: there is nothing to ask for, and asking would only fill the server's memory. */
  readonly isEmpty: boolean;
}

export const serverState = signal<ServerState>({ store: 'unknown', here: false, isEmpty: true });

export const server = createServerClient(document.baseURI);

/** Asks who serves the page. One request, which a static site answers by a file. */
export const findServer = async (): Promise<ServerState> => {
  try {
    const { store, here } = await server.ask<Health>('/health');
    serverState.value = { store: store === 'none' ? 'none' : 'there', here: here === true, isEmpty: store === 'empty' };
  } catch {
    serverState.value = { store: 'none', here: false, isEmpty: true };
  }
  return serverState.value;
};
