// Whether the server answered the last call. Kept outside React: the client reports, the frame listens.

type Listener = () => void;

let answered = true;
const listeners = new Set<Listener>();

export const connection = {
  report(now: boolean): void {
    if (now === answered) return;
    answered = now;
    for (const listener of listeners) listener();
  },
  get(): boolean {
    return answered;
  },
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
