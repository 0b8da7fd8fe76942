/** The widths that are made, so that nobody fills the disk by asking for every width there is. */
export const THUMBNAIL_WIDTHS = [64, 160, 320, 640, 960, 1280, 1600] as const;

const DEFAULT_WIDTH = 320;

/** The smallest width that is made and at least what is asked for; the largest where none is. */
export function thumbnailWidth(wanted = DEFAULT_WIDTH): number {
  return (
    THUMBNAIL_WIDTHS.find((width) => width >= wanted) ?? THUMBNAIL_WIDTHS[THUMBNAIL_WIDTHS.length - 1] ?? DEFAULT_WIDTH
  );
}
