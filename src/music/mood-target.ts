/** What to play for a mood: whether to meet it, lift it or calm it, and through which emotions to get there. */

/** `match` meets the mood, `lift` leads to happy, `calm` leads to rest. */
export type Goal = 'match' | 'lift' | 'calm';
