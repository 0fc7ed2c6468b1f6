import { type ReactNode, useRef } from "react";
import { Button } from "./Button";

type Props = { children: ReactNode; accept: string; most: number; onFile: (text: string, name: string) => void; onProblem: (words: string) => void };

/** A small text file of the person's own, read in the browser. The button is the control; the browser's own input is out of sight. */
export function FileButton({ children, accept, most, onFile, onProblem }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > most) return onProblem(`That file is too large. The most is ${Math.floor(most / 1024)} kB.`);
    try {
      onFile(await file.text(), file.name);
    } catch {
      onProblem("The browser could not read that file.");
    }
  };
  return (
    <>
      <Button onClick={() => input.current?.click()}>{children}</Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again after it was changed.
          event.target.value = "";
          void read(file);
        }}
      />
    </>
  );
}
