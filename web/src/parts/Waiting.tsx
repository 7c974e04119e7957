// Where something will stand that is being asked for: its room, and nothing else to see.
import styles from './Waiting.module.css';

export interface WaitingProps {
  /** For whoever hears the page: what is being asked for. */
  readonly what: string;
  /** What it will be, from above. */
  readonly rooms: readonly ('title' | 'line' | 'panel' | 'picture')[];
}

export function Waiting({ what, rooms }: WaitingProps) {
  return (
    <div role="status" className={styles.waiting}>
      <span className="hidden">{what}</span>
      {rooms.map((room, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
        <div key={i} data-room={room} />
      ))}
    </div>
  );
}
