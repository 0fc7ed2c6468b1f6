import { useId } from "react";
import { Button, IconButton } from "../../../ui/Button";
import { ListField, TextField } from "../../../ui/Field";
import styles from "./People.module.css";

export type AttributeRow = { name: string; values: string[] };

export function rowsOf(attributes: Record<string, string[]>): AttributeRow[] {
  return Object.entries(attributes).map(([name, values]) => ({ name, values }));
}

/** Rows as the server takes them; a row without a name or value is as good as not there. */
export function attributesOf(rows: readonly AttributeRow[]): Record<string, string[]> {
  const attributes: Record<string, string[]> = {};
  for (const { name, values } of rows) {
    const key = name.trim();
    if (key !== "" && values.length > 0) attributes[key] = [...new Set([...(attributes[key] ?? []), ...values])];
  }
  return attributes;
}

type Props = { rows: readonly AttributeRow[]; onRows: (rows: AttributeRow[]) => void; known: readonly string[]; error?: string | null; hint?: string; locked?: Record<string, { values: string[]; from: string }> };

/** What separation rules read: names with one value or several. `locked`: those that are changed elsewhere, and where. */
export function AttributesField({ rows, onRows, known, error, hint, locked = {} }: Props) {
  const fixed = Object.entries(locked);
  const list = useId();
  const put = (at: number, row: AttributeRow) => onRows(rows.map((one, place) => (place === at ? row : one)));
  return (
    <fieldset className={styles.attributes}>
      <legend>Attributes</legend>
      {hint && <p className={styles.hint}>{hint}</p>}
      {fixed.map(([name, { values, from }]) => (
        <div key={name} className={styles.locked}>
          <b>{name}</b>
          <span>{values.join(", ")}</span>
          <small>{from}</small>
        </div>
      ))}
      {rows.length === 0 && fixed.length === 0 && <p className={styles.hint}>None. Separation rules read attributes such as team, department or market.</p>}
      {rows.map((row, at) => (
        <div key={at} className={styles.attribute}>
          <TextField label="Name" value={row.name} list={list} autoComplete="off" spellCheck={false} onText={(name) => put(at, { ...row, name })} />
          <ListField label="Values" values={row.values} onValues={(values) => put(at, { ...row, values })} placeholder="Enter after each" />
          <IconButton icon="close" label={`Remove the attribute ${row.name || "without a name"}`} onClick={() => onRows(rows.filter((_, place) => place !== at))} />
        </div>
      ))}
      <datalist id={list}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {error && <p className={styles.error}>{error}</p>}
      <div>
        <Button icon="plus" onClick={() => onRows([...rows, { name: "", values: [] }])}>
          Add an attribute
        </Button>
      </div>
    </fieldset>
  );
}
