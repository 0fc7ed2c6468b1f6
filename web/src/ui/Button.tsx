import type { ButtonHTMLAttributes, Ref } from "react";
import { Icon, type IconName } from "./Icon";
import styles from "./Button.module.css";

type Look = "main" | "plain" | "quiet" | "danger";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; icon?: IconName; ref?: Ref<HTMLButtonElement> };

export function Button({ look = "plain", icon, children, className, type = "button", ...rest }: Props) {
  return (
    <button type={type} className={[styles.button, styles[look], className].filter(Boolean).join(" ")} {...rest}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </button>
  );
}

type IconProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> & { icon: IconName; label: string; hint?: string; ref?: Ref<HTMLButtonElement> };

/** A button without words must still have a name. */
export function IconButton({ icon, label, hint, className, type = "button", ...rest }: IconProps) {
  return (
    <button type={type} aria-label={label} title={hint ? `${label} (${hint})` : label} className={[styles.icon, className].filter(Boolean).join(" ")} {...rest}>
      <Icon name={icon} size={18} />
    </button>
  );
}
