import { useRef } from "react";

/**
 * What went wrong with a question, also while the same question is asked again: without it a page that asks every few seconds
 * would change between its error and a skeleton, and take the button under the pointer away.
 */
export function useLastError(error: Error | null, question: unknown): Error | null {
  const last = useRef<{ question: unknown; error: Error } | null>(null);
  if (error) last.current = { question, error };
  else if (last.current?.question !== question) last.current = null;
  return error ?? last.current?.error ?? null;
}
