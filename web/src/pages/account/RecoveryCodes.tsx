import { useState } from "react";
import { Button } from "../../ui/Button";
import styles from "../admin/AdminPage.module.css";
import own from "./SecondFactor.module.css";

/** The only moment in which the codes can be seen. */
export function RecoveryCodes({ codes, onStored }: { codes: string[]; onStored: () => void }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = () => {
    const done = (good: boolean) => () => setCopied(good);
    if (navigator.clipboard) void navigator.clipboard.writeText(codes.join("\n")).then(done(true), done(false));
    else setCopied(false);
  };
  return (
    <div className={styles.form}>
      <p className={styles.note} role="status">
        <b>Keep these recovery codes on paper or in a password manager.</b> Each opens your account once, after your password, when your phone or key is lost. They are not shown again.
      </p>
      <ul className={own.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={styles.actions}>
        <span role="status">{copied === true ? "Copied." : copied === false ? "The browser did not let us copy. Select them and copy by hand." : ""}</span>
        <Button icon="copy" onClick={copy}>
          Copy
        </Button>
        <Button look="main" onClick={onStored}>
          I have stored them
        </Button>
      </div>
    </div>
  );
}
