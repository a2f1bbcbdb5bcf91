/** The ways in: camera, photo, video, drop, paste. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { goTo } from '../route.ts';
import { hasVoice, openCameraStage, openFile, openMicrophoneStage } from '../stage.ts';
import { text } from '../strings/index.ts';

const PHOTOS = 'image/*,.heic,.heif,.avif';
const VIDEOS = 'video/*,.mkv';
const SOUNDS = 'audio/*,.flac,.opus,.ogg,.m4a';

const FileButton = ({ accept, label }: { readonly accept: string; readonly label: string }) => (
  <label class="button">
    <input
      class="unseen"
      type="file"
      accept={accept}
      onChange={(event) => {
        const input = event.currentTarget;
        const file = input.files?.[0];
        // Emptied, so that the same file can be chosen again.
        input.value = '';
        if (file) void openFile(file);
      }}
    />
    {label}
  </label>
);

interface SourceButtonsProps {
  /** @default true */
  readonly camera?: boolean;
  /** Whether the camera's button stands out: only where nothing has been chosen yet. @default false */
  readonly primary?: boolean;
}

export const SourceButtons = ({ camera = true, primary = false }: SourceButtonsProps) => (
  <div class="sources">
    {camera && (
      <button type="button" class={primary ? 'button primary' : 'button'} onClick={openCameraStage}>
        {text().start.camera}
      </button>
    )}
    <FileButton accept={PHOTOS} label={text().start.photo} />
    <FileButton accept={VIDEOS} label={text().start.video} />
    {hasVoice && (
      <>
        <button type="button" class="button" onClick={openMicrophoneStage}>
          {text().start.microphone}
        </button>
        <FileButton accept={SOUNDS} label={text().start.voice} />
      </>
    )}
  </div>
);

/** Lets a file be dropped or a picture be pasted anywhere on the page; shows a veil while one hovers over it. */
export const DropAndPaste = () => {
  const hovering = useSignal(false);
  useEffect(() => {
    const open = (file: File): void => {
      goTo('home');
      void openFile(file);
    };
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const onDragOver = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      hovering.value = true;
    };
    const onDragLeave = (event: DragEvent): void => {
      // Only leaving the window itself has no element to go to.
      if (event.relatedTarget === null) hovering.value = false;
    };
    const onDrop = (event: DragEvent): void => {
      hovering.value = false;
      if (!hasFiles(event)) return;
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file) open(file);
    };
    const onPaste = (event: ClipboardEvent): void => {
      const file = event.clipboardData?.files[0];
      if (file) open(file);
    };
    const listeners = new AbortController();
    const { signal } = listeners;
    window.addEventListener('dragover', onDragOver, { signal });
    window.addEventListener('dragleave', onDragLeave, { signal });
    window.addEventListener('drop', onDrop, { signal });
    window.addEventListener('paste', onPaste, { signal });
    return () => listeners.abort();
  }, [hovering]);
  return hovering.value ? <div class="veil">{text().start.dropNow}</div> : null;
};
