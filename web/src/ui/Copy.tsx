import { useState } from "react";
import { Button } from "./Button";
import styles from "./Copy.module.css";

type Props = { title: string; value: string; hint?: string };

/** A text to be carried elsewhere, letter by letter, and whether the browser took it. */
export function CopyLine({ title, value, hint }: Props) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () => {
    const done = (good: boolean) => () => setCopied(good);
    if (navigator.clipboard) void navigator.clipboard.writeText(value).then(done(true), done(false));
    else setCopied(false);
  };
  return (
    <div className={styles.line}>
      <div>
        <span className={styles.title}>{title}</span>
        <code className={styles.value}>{value}</code>
        {hint && <p className={styles.hint}>{hint}</p>}
      </div>
      <Button icon={copied ? "check" : "copy"} aria-label={`Copy ${title}`} onClick={copy} onBlur={() => setCopied(null)}>
        {copied ? "Copied" : "Copy"}
      </Button>
      <span role="status" className={copied === false ? styles.said : "quiet"}>
        {copied === true ? `${title}: copied.` : copied === false ? "The browser did not let us copy. Select it and copy by hand." : ""}
      </span>
    </div>
  );
}
