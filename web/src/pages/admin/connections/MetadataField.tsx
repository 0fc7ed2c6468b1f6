import { useState } from "react";
import { AreaField } from "../../../ui/Field";
import { FileButton } from "../../../ui/FileButton";
import styles from "./Connections.module.css";

type Props = { text: string; onText: (text: string) => void; error?: string | null };

// What the server reads at most is 1 MiB for the whole request.
const MOST = 900 * 1024;

/** The provider's metadata, as a file or pasted. The server reads it once and fetches nothing. */
export function MetadataField({ text, onText, error }: Props) {
  const [name, setName] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const put = (now: string) => {
    setProblem(null);
    onText(now);
  };
  return (
    <div className={styles.group}>
      <div className={styles.line}>
        <FileButton
          accept=".xml,text/xml,application/xml,application/samlmetadata+xml"
          most={MOST}
          onFile={(now, file) => {
            setName(file);
            put(now);
          }}
          onProblem={setProblem}
        >
          Choose the metadata file
        </FileButton>
        <span role="status" className={styles.small}>
          {name !== null && text !== "" ? `${name} is read.` : "or paste its text:"}
        </span>
      </div>
      <AreaField
        label="Metadata of the provider, XML"
        rows={6}
        value={text}
        onText={(now) => {
          setName(null);
          put(now);
        }}
        placeholder="<EntityDescriptor …"
        error={problem ?? error}
        hint="Entity id, address and certificates are taken from it once. When the provider's metadata changes, put it in again."
      />
    </div>
  );
}
