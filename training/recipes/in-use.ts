/** How a trained network is shown a picture in use: through one or more views whose answers are averaged. */
import type { Network } from '../../src/graph/build.ts';
import { PLAIN_VIEW, type View, withViews } from '../../src/graph/views.ts';

/** The first `views` of these are used; chosen on validation (docs/decisions/0001). */
export const VIEWS: readonly View[] = [
  PLAIN_VIEW,
  { mirrored: true, zoom: 1.1, shiftX: 0 },
  { mirrored: false, zoom: 1.1, shiftX: -2 },
  { mirrored: true, zoom: 1, shiftX: 0 },
];

/** The network as the model file has it: whole pictures in, the mean over its views out. */
export const networkInUse = (network: Network, settings: { readonly size: number; readonly views: number }): Network =>
  withViews(network, settings.size, VIEWS.slice(0, settings.views));
