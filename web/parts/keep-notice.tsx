/** Says it where the browser keeps nothing, or has no room left. */
import { keepProblem } from '../kept.ts';
import { text } from '../strings/index.ts';

export const KeepNotice = () => {
  const problem = keepProblem.value;
  if (!problem) return null;
  const words = text().settings;
  return (
    <p class="strip alert" role="status">
      {{ forbidden: words.memory, full: words.full, newer: words.newer }[problem]}
    </p>
  );
};
