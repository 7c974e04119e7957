// The files that were dropped, or chosen, with their places in the folders that they came in.

export interface GivenFile {
  /** Path below what was given, with `/`. */
  readonly name: string;
  readonly file: File;
}

/** All files of a drop, those of folders too. Must be called while the event is being handled: later it says nothing any more. */
export async function filesOfDrop(transfer: DataTransfer): Promise<GivenFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = [...transfer.files];
  if (entries.length === 0) return filesOfChoice(plain);
  return (await Promise.all(entries.map((entry) => filesOf(entry)))).flat();
}

/** Files that were chosen; those of a chosen folder carry their paths. */
export function filesOfChoice(files: Iterable<File>): GivenFile[] {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}

async function filesOf(entry: FileSystemEntry): Promise<GivenFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: GivenFile[] = [];
  for (;;) {
    // A folder is told of in pieces, the last of which is empty.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const each of some) found.push(...(await filesOf(each)));
  }
}

/** Whether it is a picture by what its name or the system says. */
export function isPicture({ name, type }: Pick<File, 'name' | 'type'>): boolean {
  return type.startsWith('image/') || /\.(jpe?g|png|webp|gif|avif|tiff?)$/i.test(name);
}
