/** Small signals that several parts of the page watch at once. */
import { computed, signal } from '@preact/signals';
import type { Emotion } from '../src/base/emotions.ts';
import type { MoodPoint } from '../src/music/tag-moods.ts';

/** The song under the pointer or with the focus, in the list or on the plane. */
export const pointedSong = signal<string | undefined>(undefined);
/** The mood under the pointer or with the focus, before it is picked. */
export const pointedMood = signal<Emotion | undefined>(undefined);
/** Where the camera's reading is now, and where it was in the last seconds, oldest first. */
export const liveTrail = signal<readonly MoodPoint[]>([]);
export const isLive = computed(() => liveTrail.value.length > 0);
