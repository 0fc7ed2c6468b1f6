import { Button, IconButton } from "../../../ui/Button";
import { ListField, TextField } from "../../../ui/Field";
import { Icon } from "../../../ui/Icon";
import styles from "./Connections.module.css";
import type { Draft, Rename } from "./draft";

type Props = { draft: Draft; onDraft: (patch: Partial<Draft>) => void; error: string | null };

/** How the provider names what we need. */
export function MappingFields({ draft: { mapping, rename }, onDraft, error }: Props) {
  const put = (patch: Partial<Draft["mapping"]>) => onDraft({ mapping: { ...mapping, ...patch } });
  const putRow = (at: number, patch: Partial<Rename>) => onDraft({ rename: rename.map((row, place) => (place === at ? { ...row, ...patch } : row)) });
  return (
    <>
      <ListField label="E-mail, which is the login" values={mapping.email} onValues={(email) => put({ email })} hint="The first of these names that has a value counts." />
      <ListField label="Name" values={mapping.name} onValues={(name) => put({ name })} hint="The first of these names that has a value counts." />
      <ListField label="Roles" values={mapping.roles} onValues={(roles) => put({ roles })} hint="All of these names together. Repeated values, an array, or one text with commas." />
      <ListField label="Groups" values={mapping.groups} onValues={(groups) => put({ groups })} hint="All of these names together." />
      <fieldset className={styles.group}>
        <legend>Attributes under another name</legend>
        <p className={styles.hint}>{rename.length === 0 ? "None: everything else that arrives is an attribute under the name that the provider gives it." : "Everything else keeps the name that the provider gives it."}</p>
        {rename.map((row, at) => (
          <div key={at} className={styles.rename}>
            <TextField label="At the provider" value={row.theirs} onText={(theirs) => putRow(at, { theirs })} autoComplete="off" spellCheck={false} />
            <TextField label="Here" value={row.ours} onText={(ours) => putRow(at, { ours })} autoComplete="off" spellCheck={false} />
            <IconButton icon="close" label={`Do not rename ${row.theirs || "this attribute"}`} onClick={() => onDraft({ rename: rename.filter((_, place) => place !== at) })} />
          </div>
        ))}
        <div>
          <Button icon="plus" onClick={() => onDraft({ rename: [...rename, { theirs: "", ours: "" }] })}>
            Rename an attribute
          </Button>
        </div>
      </fieldset>
      <ListField label="Attributes that are lists with commas" values={mapping.comma_lists} onValues={(comma_lists) => put({ comma_lists })} hint="By their names here. Others keep a comma as a part of the value." />
      {error && (
        <p className={styles.error} role="alert">
          <Icon name="alert" size={14} />
          {error}
        </p>
      )}
    </>
  );
}
