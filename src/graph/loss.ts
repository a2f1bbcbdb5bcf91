/** Softmax cross-entropy against soft labels. */
import type { Tape, Value } from './tape.ts';

/**
 * Mean over the batch of -sum(targets * log softmax(logits)).
 *
 * Targets are whatever the caller makes of them: one-hot, smoothed, mixed, votes, or scaled by a class or sample
 * weight (a row then sums to that weight; a row of zeros counts as no label).
 *
 * @returns the loss, a scalar.
 */
export const softmaxCrossEntropy = (tape: Tape, logits: Value, targets: Value, weight = 1): Value => {
  const [batch] = logits.dims as [number, number];
  const column = [batch, 1];
  const largest = tape.emit('ReduceMax', [logits], column, { axes: [1], keepdims: 1 });
  const shifted = tape.emit('Sub', [logits, largest], logits.dims);
  const powers = tape.emit('Exp', [shifted], logits.dims);
  const total = tape.emit('ReduceSum', [powers, tape.ints([1])], column, { keepdims: 1 });
  const logProbabilities = tape.emit('Sub', [shifted, tape.emit('Log', [total], column)], logits.dims);
  const weighted = tape.emit('Mul', [logProbabilities, targets], logits.dims);
  const sum = tape.emit('ReduceSum', [weighted, tape.ints([0, 1])], [], { keepdims: 0 });
  const loss = tape.emit('Mul', [sum, tape.float(-weight / batch)], []);
  tape.stopGradient(targets);
  tape.onBackward(() => {
    const mass = tape.emit('ReduceSum', [targets, tape.ints([1])], column, { keepdims: 1 });
    const expected = tape.emit('Mul', [tape.emit('Div', [powers, total], logits.dims), mass], logits.dims);
    const difference = tape.emit('Sub', [expected, targets], logits.dims);
    tape.accumulate(logits, tape.emit('Mul', [difference, tape.float(weight / batch)], logits.dims));
  });
  return loss;
};
