/** robots.txt: which paths a site lets a program fetch, and how fast. */

export interface Robots {
  /** @param path with its query, as in the address */
  allows(path: string): boolean;
  /** What the site asks for between two requests, if it does. */
  readonly delaySeconds?: number;
}

/** Only so much of the file counts. @see RFC 9309 section 2.5 */
const MOST_CHARACTERS = 512 * 1024;
const LONGEST_DELAY_SECONDS = 120;

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
}
interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
  delay?: number;
}

/** Matches `*` and a closing `$` without a regular expression: a hostile pattern could make one run for ever. */
const matches = (pattern: string, path: string): boolean => {
  const anchored = pattern.endsWith('$');
  const parts = (anchored ? pattern.slice(0, -1) : pattern).split('*');
  if (!path.startsWith(parts[0]!)) return false;
  let at = parts[0]!.length;
  for (const [i, part] of parts.slice(1).entries()) {
    if (anchored && i === parts.length - 2) return path.length >= at + part.length && path.endsWith(part);
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return !anchored || parts.length > 1 || at === path.length;
};

/** Escapes alike, so that `/%7Ea` and `/~a` are one path. */
const normal = (path: string): string => {
  try {
    return encodeURI(decodeURI(path));
  } catch {
    return path;
  }
};

const parseGroups = (text: string): Group[] => {
  const groups: Group[] = [];
  let current: Group | undefined;
  let readsAgents = false;
  for (const line of text
    .slice(0, MOST_CHARACTERS)
    .replace(/^\ufeff/, '')
    .split(/\r\n?|\n/)) {
    const [, key = '', value = ''] = /^\s*([A-Za-z-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? [];
    switch (key.toLowerCase()) {
      case 'user-agent':
        if (!current || !readsAgents) {
          current = { agents: [], rules: [] };
          groups.push(current);
        }
        current.agents.push(value.toLowerCase());
        readsAgents = true;
        break;
      case 'allow':
      case 'disallow':
        readsAgents = false;
        if (value !== '') current?.rules.push({ allow: key.toLowerCase() === 'allow', pattern: normal(value) });
        break;
      case 'crawl-delay': {
        readsAgents = false;
        const delay = Number(value);
        if (current && value !== '' && delay >= 0) current.delay = delay;
        break;
      }
      default:
    }
  }
  return groups;
};

/**
 * The rules for one program: those of the groups that name it, else those for everybody (`*`). Of the rules that match a path the
 * longest counts; of equally long ones the one that allows.
 *
 * @param onlyNamed rules for everybody do not count: for interfaces that a service documents for programs to use
 * @see RFC 9309 section 2.2
 */
export const parseRobots = (text: string, agent: string, onlyNamed = false): Robots => {
  const groups = parseGroups(text);
  const named = groups.filter(({ agents }) => agents.includes(agent.toLowerCase()));
  const chosen = named.length > 0 ? named : onlyNamed ? [] : groups.filter(({ agents }) => agents.includes('*'));
  const rules = chosen.flatMap((group) => group.rules);
  const delay = Math.max(0, ...chosen.map((group) => group.delay ?? 0));
  return {
    allows: (path) => {
      const wanted = normal(path);
      if (wanted === '/robots.txt') return true;
      let best: Rule | undefined;
      for (const rule of rules) {
        if (!matches(rule.pattern, wanted)) continue;
        const longer = rule.pattern.length - (best?.pattern.length ?? -1);
        if (longer > 0 || (longer === 0 && rule.allow)) best = rule;
      }
      return best?.allow ?? true;
    },
    ...(delay > 0 && { delaySeconds: Math.min(delay, LONGEST_DELAY_SECONDS) }),
  };
};

export const ALLOW_ALL: Robots = { allows: () => true };
