/** Frames around the faces of a picture; with several faces, a choice that works by click, touch and arrow keys. */
import type { FaceReading } from '../../src/face/read.ts';
import { text } from '../strings/index.ts';

/** Share of the picture's height that a tag may need. */
const NEAR_EDGE = 0.12;

interface FaceFramesProps {
  readonly faces: readonly FaceReading[];
  readonly chosen: number;
  readonly width: number;
  readonly height: number;
  /** The camera is shown as in a mirror. */
  readonly mirrored?: boolean;
  readonly onChoose: (index: number) => void;
}

/** Above the frame where there is room, else below it; inside only where the face fills the picture. */
const tagPlace = (top: number, bottom: number): string => {
  if (top >= NEAR_EDGE) return '';
  return bottom <= 1 - NEAR_EDGE ? ' below' : ' inside';
};

const share = (value: number): string => `${(100 * Math.max(0, Math.min(1, value))).toFixed(2)}%`;

export const FaceFrames = ({ faces, chosen, width, height, mirrored = false, onChoose }: FaceFramesProps) =>
  faces.map(({ face, emotion, certain }, index) => {
    const left = Math.max(0, face.box.x / width);
    const right = Math.min(1, (face.box.x + face.box.width) / width);
    const top = Math.max(0, face.box.y / height);
    const bottom = Math.min(1, (face.box.y + face.box.height) / height);
    const style = {
      left: share(mirrored ? 1 - right : left),
      top: share(top),
      width: share(right - left),
      height: share(bottom - top),
    };
    const name = certain ? text().emotion[emotion] : `${text().emotion[emotion]}?`;
    const tag = <span class={`face-tag${tagPlace(top, bottom)}`}>{name}</span>;
    if (faces.length === 1)
      return (
        <span key="only" class="face chosen" style={style}>
          {tag}
        </span>
      );
    return (
      <label key={index} class={`face${index === chosen ? ' chosen' : ''}`} style={style}>
        <input
          type="radio"
          name="face"
          checked={index === chosen}
          aria-label={text().picture.face(index + 1, faces.length, name)}
          onChange={() => onChoose(index)}
        />
        {index === chosen && tag}
      </label>
    );
  });
