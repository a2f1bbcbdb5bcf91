/** Says it where the browser keeps nothing, or has no room left. */
import { keepProblem } from '../kept.ts';
import { sentence } from '../sentence.ts';
import { text } from '../strings/index.ts';

export const KeepNotice = () => {
  const problem = keepProblem.value;
  if (!problem) return null;
  const words = text().settings;
  return (
    <p class="strip alert" role="status">
      {typeof problem === 'object'
        ? words.notKept(sentence(problem))
        : { forbidden: words.memory, full: words.full, newer: words.newer }[problem]}
    </p>
  );
};
