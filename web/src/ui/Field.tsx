import { type InputHTMLAttributes, type KeyboardEvent, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes, useId, useState } from "react";
import { Icon } from "./Icon";
import styles from "./Field.module.css";

type Common = { label: string; hint?: ReactNode; error?: string | null };

type Slot = { id: string; "aria-describedby"?: string; "aria-invalid"?: true };

/** A label above, a hint or what is wrong below. What is wrong is said, tied to the field, and marked by more than colour. */
function Field({ label, hint, error, children }: Common & { children: (slot: Slot) => ReactNode }) {
  const id = useId();
  const below = error || hint ? `${id}-below` : undefined;
  return (
    <div className={styles.field} data-wrong={error ? true : undefined}>
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": below, "aria-invalid": error ? true : undefined })}
      {error ? (
        <p id={below} className={styles.error}>
          <Icon name="alert" size={14} />
          {error}
        </p>
      ) : (
        hint && (
          <p id={below} className={styles.hint}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

type InputProps = Common & Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> & { onText: (text: string) => void; unit?: string };

export function TextField({ label, hint, error, onText, unit, ...rest }: InputProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(slot) =>
        unit ? (
          <span className={styles.withUnit}>
            <input {...rest} {...slot} onChange={(event) => onText(event.target.value)} />
            <span aria-hidden="true">{unit}</span>
          </span>
        ) : (
          <input {...rest} {...slot} onChange={(event) => onText(event.target.value)} />
        )
      }
    </Field>
  );
}

type AreaProps = Common & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> & { onText: (text: string) => void };

/** A text of many lines that a program reads: not wrapped, not corrected. */
export function AreaField({ label, hint, error, onText, ...rest }: AreaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(slot) => <textarea rows={4} wrap="off" spellCheck={false} autoComplete="off" autoCapitalize="none" {...rest} {...slot} className={styles.area} onChange={(event) => onText(event.target.value)} />}
    </Field>
  );
}

type SelectProps = Common & Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange"> & { onText: (text: string) => void; options: readonly (readonly [string, string])[] };

export function SelectField({ label, hint, error, onText, options, ...rest }: SelectProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(slot) => (
        <select {...rest} {...slot} onChange={(event) => onText(event.target.value)}>
          {options.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

type ListProps = Common & { values: readonly string[]; onValues: (values: string[]) => void; placeholder?: string; suggestions?: readonly string[]; disabled?: boolean };

/** Several texts: Enter or a comma keeps one, Backspace in the empty field takes the last one away. */
export function ListField({ label, hint, error, values, onValues, placeholder, suggestions, disabled }: ListProps) {
  const [text, setText] = useState("");
  const list = useId();
  const add = (raw: string) => {
    const more = raw
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "" && !values.includes(one));
    if (more.length > 0) onValues([...values, ...new Set(more)]);
    setText("");
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && text.trim() !== "") {
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && text === "" && values.length > 0) onValues(values.slice(0, -1));
  };
  return (
    <Field label={label} hint={hint} error={error}>
      {(slot) => (
        <div className={styles.list}>
          {values.map((value) => (
            <span key={value} className={styles.one}>
              {value}
              {!disabled && (
                <button type="button" aria-label={`Remove ${value} from ${label}`} onClick={() => onValues(values.filter((other) => other !== value))}>
                  <Icon name="close" size={14} />
                </button>
              )}
            </span>
          ))}
          <input
            {...slot}
            value={text}
            disabled={disabled}
            placeholder={values.length === 0 ? placeholder : undefined}
            list={suggestions ? list : undefined}
            autoComplete="off"
            spellCheck={false}
            onKeyDown={onKey}
            onBlur={() => add(text)}
            onChange={(event) => (event.target.value.endsWith(",") ? add(event.target.value) : setText(event.target.value))}
          />
          {suggestions && (
            <datalist id={list}>
              {suggestions.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
        </div>
      )}
    </Field>
  );
}

/** `locked`: it is on, and not to be changed here. */
type Option = { value: string; title: string; note?: ReactNode; locked?: boolean };

type ChecksProps = { legend: string; hint?: ReactNode; error?: string | null; options: readonly Option[]; values: readonly string[]; onValues: (values: string[]) => void; columns?: boolean };

export function ChecksField({ legend, hint, error, options, values, onValues, columns }: ChecksProps) {
  const id = useId();
  return (
    <fieldset className={styles.checks} aria-describedby={error || hint ? id : undefined}>
      <legend>{legend}</legend>
      <div className={columns ? styles.columns : undefined}>
        {options.map(({ value, title, note, locked = false }) => (
          <label key={value} className={styles.check} data-locked={locked || undefined}>
            <input
              type="checkbox"
              checked={locked || values.includes(value)}
              disabled={locked}
              onChange={(event) => onValues(event.target.checked ? [...values, value] : values.filter((other) => other !== value))}
            />
            <span>
              {title}
              {note && <small>{note}</small>}
            </span>
          </label>
        ))}
      </div>
      {error ? (
        <p id={id} className={styles.error}>
          <Icon name="alert" size={14} />
          {error}
        </p>
      ) : (
        hint && (
          <p id={id} className={styles.hint}>
            {hint}
          </p>
        )
      )}
    </fieldset>
  );
}

type ChoiceProps<Value extends string> = { legend: string; options: readonly { value: Value; title: string; note?: string }[]; value: Value; onValue: (value: Value) => void };

/** One of a few, all of them in sight. */
export function ChoiceField<Value extends string>({ legend, options, value, onValue }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.checks}>
      <legend>{legend}</legend>
      <div className={styles.choices}>
        {options.map((one) => (
          <label key={one.value} className={styles.check}>
            <input type="radio" name={name} checked={one.value === value} onChange={() => onValue(one.value)} />
            <span>
              {one.title}
              {one.note && <small>{one.note}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
