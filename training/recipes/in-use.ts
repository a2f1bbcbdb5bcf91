/** How a trained network is shown a picture in use: through one or more views whose answers are averaged. */
import type { Network } from '../../src/graph/build.ts';
import { type View, wholeView, withViews } from '../../src/graph/views.ts';
import { PICTURE_SIDE } from '../datasets/face-set.ts';

/** The first `views` of these are used; chosen on validation (docs/decisions/0001). */
export const VIEWS: readonly View[] = [
  wholeView(PICTURE_SIDE),
  { side: 44, left: 2, mirrored: true },
  { side: 44, left: 0, mirrored: false },
  { side: PICTURE_SIDE, left: 0, mirrored: true },
];

/** The network as the model file has it: whole pictures in, the mean over its views out. */
export const networkInUse = (network: Network, settings: { readonly size: number; readonly views: number }): Network =>
  withViews(network, settings.size, VIEWS.slice(0, settings.views));
