/** A photo that was read, or the frame that stands for a video. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { chooseFace, type Picture } from '../stage.ts';
import { text } from '../strings/index.ts';
import { FaceFrames } from './face-frames.tsx';
import { Timeline } from './timeline.tsx';

export const PictureView = ({ picture }: { readonly picture: Picture }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { bitmap, faces, chosen, width, height, frames, from, timeline, voiceSeconds } = picture;
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return;
    element.width = bitmap.width;
    element.height = bitmap.height;
    element.getContext('2d')?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return (
    <>
      <figure class="picture">
        <div class="frame" style={{ '--ratio': String(width / height) }}>
          <canvas ref={canvas} role="img" aria-label={text().picture[from]} />
          <fieldset class="faces">
            <legend class="unseen">{text().picture.faces(faces.length)}</legend>
            <FaceFrames faces={faces} chosen={chosen} width={width} height={height} onChoose={chooseFace} />
          </fieldset>
        </div>
        {(faces.length > 1 || frames) && (
          <figcaption>
            {frames ? text().picture.fromVideo(frames.withFace, frames.count) : text().picture.faces(faces.length)}
            {voiceSeconds !== undefined && ` ${text().picture.withVoice(voiceSeconds)}`}
          </figcaption>
        )}
      </figure>
      {timeline && timeline.length > 1 && <Timeline moments={timeline} />}
    </>
  );
};
