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

type Props = { rows: readonly AttributeRow[]; onRows: (rows: AttributeRow[]) => void; known: readonly string[]; error?: string | null };

/** What separation rules read: names with one value or several. */
export function AttributesField({ rows, onRows, known, error }: Props) {
  const put = (at: number, row: AttributeRow) => onRows(rows.map((one, place) => (place === at ? row : one)));
  return (
    <fieldset className={styles.attributes}>
      <legend>Attributes</legend>
      {rows.length === 0 && <p className={styles.hint}>None. Separation rules read attributes such as team, department or market.</p>}
      {rows.map((row, at) => (
        <div key={at} className={styles.attribute}>
          <TextField label="Name" value={row.name} list="known-attributes" autoComplete="off" spellCheck={false} onText={(name) => put(at, { ...row, name })} />
          <ListField label="Values" values={row.values} onValues={(values) => put(at, { ...row, values })} placeholder="Enter after each" />
          <IconButton icon="close" label={`Remove the attribute ${row.name || "without a name"}`} onClick={() => onRows(rows.filter((_, place) => place !== at))} />
        </div>
      ))}
      <datalist id="known-attributes">
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
