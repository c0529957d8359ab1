import { file } from "./request";

/** Downloads a file of the API under a name: a link cannot carry the token. */
export async function save(path: string, accept: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await file(path, accept));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the blob after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
