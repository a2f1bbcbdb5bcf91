/** Several trained networks in one model, whose answers are averaged. */
import { type Network, networkLayout, type Slot, type Weights } from './build.ts';

/** One network of an ensemble, and the weights it was trained to. */
export interface Member {
  readonly network: Network;
  readonly weights: Weights;
}

/**
 * One network that gives the mean logits of its members, each of which sees the same input, and the members' weights laid
 * out for it. Names of arrays begin with the member's place, as in `0/stem.weight`.
 *
 * @param inputDims shape of one input, without the batch.
 * @throws {RangeError} there are no members.
 */
export const joinNetworks = (members: readonly Member[], inputDims: readonly number[]): Member => {
  if (members.length === 0) throw new RangeError('An ensemble of no networks: give at least one.');
  const network: Network = (tape, input) => {
    const answers = members.map((member, i) => tape.within(`${i}/`, () => member.network(tape, input).logits));
    const sum = answers.reduce((a, b) => tape.emit('Add', [a, b], a.dims));
    return { logits: tape.emit('Mul', [sum, tape.float(1 / answers.length)], sum.dims) };
  };
  const layout = networkLayout(network, inputDims);
  const layouts = members.map((member) => networkLayout(member.network, inputDims));
  const gather = (slots: readonly Slot[], count: number, kind: 'parameters' | 'statistics'): Float32Array => {
    const vector = new Float32Array(count);
    for (const { name, start } of slots) {
      const [place] = name.split('/', 1);
      const at = Number(place);
      const from = layouts[at]![kind].find((slot) => `${at}/${slot.name}` === name)!;
      vector.set(members[at]!.weights[kind].subarray(from.start, from.end), start);
    }
    return vector;
  };
  const weights: Weights = {
    parameters: gather(layout.parameters, layout.parameterCount, 'parameters'),
    statistics: gather(layout.statistics, layout.statisticCount, 'statistics'),
  };
  return { network, weights };
};
