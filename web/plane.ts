/** Drawing on the plane of pleasure (valence) and arousal: dots that do not cover each other, and smooth lines. */

export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** The angle between neighbours in a sunflower, radians: points along it never line up. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * Moves dots that would cover each other apart, each along a spiral around its own place. Earlier ones keep their place.
 *
 * @param apart the least distance between two dots, in the unit of the dots.
 */
export const spreadDots = (dots: readonly Dot[], apart: number): Dot[] => {
  const placed: Dot[] = [];
  for (const { x, y } of dots) {
    for (let step = 0; ; step++) {
      const radius = 0.55 * apart * Math.sqrt(step);
      const spot = { x: x + radius * Math.cos(step * GOLDEN_ANGLE), y: y + radius * Math.sin(step * GOLDEN_ANGLE) };
      if (placed.every((other) => Math.hypot(other.x - spot.x, other.y - spot.y) >= apart)) {
        placed.push(spot);
        break;
      }
    }
  }
  return placed;
};

/** A smooth line through points (Catmull and Rom's spline as cubic curves), as an SVG path. */
export const smoothPath = (points: readonly Dot[]): string => {
  const [first] = points;
  if (!first) return '';
  const round = (value: number): number => Math.round(value * 10) / 10;
  const at = (index: number): Dot => points[Math.max(0, Math.min(points.length - 1, index))]!;
  const curves = points.slice(1).map((end, index) => {
    const [before, start, after] = [at(index - 1), at(index), at(index + 2)];
    const one = { x: start.x + (end.x - before.x) / 6, y: start.y + (end.y - before.y) / 6 };
    const two = { x: end.x - (after.x - start.x) / 6, y: end.y - (after.y - start.y) / 6 };
    return `C${[one, two, end].map(({ x, y }) => `${round(x)} ${round(y)}`).join(' ')}`;
  });
  return `M${round(first.x)} ${round(first.y)}${curves.join('')}`;
};
