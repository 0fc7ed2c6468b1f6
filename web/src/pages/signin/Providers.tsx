import type { SignInConnection } from "../../api/types";
import button from "../../ui/Button.module.css";
import styles from "./SignInPage.module.css";

/** One way in for each identity provider. Links and not calls: the browser leaves this site and comes back. */
export function Providers({ providers, next }: { providers: SignInConnection[]; next?: string }) {
  if (providers.length === 0) return null;
  return (
    <>
      <ul className={styles.providers} aria-label="Identity providers">
        {providers.map((provider) => (
          <li key={provider.login_url}>
            <a className={`${button["button"]} ${button["main"]} ${styles.submit}`} href={provider.login_url + (next ? `?next=${encodeURIComponent(next)}` : "")}>
              Sign in with {provider.name}
            </a>
          </li>
        ))}
      </ul>
      <p className={styles.or}>or with a password</p>
    </>
  );
}
