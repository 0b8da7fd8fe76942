/** What a drag or the clipboard carries, as far as it is files. */
export function filesFrom(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}

/** While something is dragged over the page, only its kinds may be looked at. */
export function holdsFiles(data: DataTransfer | null): boolean {
  return data?.types.includes("Files") ?? false;
}
