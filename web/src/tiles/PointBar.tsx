import { Button, IconButton } from "../ui/Button";
import styles from "./PointBar.module.css";

type Props = { label: string; text: string; canFilter: boolean; onFilter: () => void; onDrill: () => void; onClose: () => void };

/** What can be done with the chosen point, for fingers and for the keyboard. */
export function PointBar({ label, text, canFilter, onFilter, onDrill, onClose }: Props) {
  return (
    <div className={styles.bar} role="status">
      <p className={styles.text}>
        <b>{label}</b> {text}
      </p>
      {canFilter && <Button onClick={onFilter}>Filter</Button>}
      <Button look="main" onClick={onDrill}>
        Show conversations
      </Button>
      <IconButton icon="close" label="Close" onClick={onClose} />
    </div>
  );
}
