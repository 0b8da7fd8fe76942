/** Growing text of a ULID's length and alphabet. */
export function createIdSource(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return String(count).padStart(26, "0");
  };
}
