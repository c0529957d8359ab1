/**
 * Of all tabs of a browser one has the user's phone, the others are views; when it closes or dies the next takes over at
 * once (Web Locks). `granted` is called when this tab has it.
 */
export function haveAlone(user: string, granted: () => void): () => void {
  if (!navigator.locks) {
    granted();
    return () => {};
  }
  const waiting = new AbortController();
  let release = () => {};
  navigator.locks
    .request(`callcenter.phone.${user}`, { signal: waiting.signal }, () => {
      granted();
      return new Promise<void>((done) => {
        release = done;
      });
    })
    .catch((error: unknown) => {
      if (!waiting.signal.aborted) throw error;
    });
  return () => {
    waiting.abort();
    release();
  };
}
