/** The signs of a 2D code's alphanumeric mode, which takes 5½ bits for each. */
const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

/** Base45 (RFC 9285): two bytes become three signs, a last single one becomes two. */
export function toBase45(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    const [first = 0, second] = bytes.subarray(at, at + 2)
    const value = second === undefined ? first : first * 256 + second
    text += signs.charAt(value % 45) + signs.charAt(Math.floor(value / 45) % 45)
    if (second !== undefined) text += signs.charAt(Math.floor(value / 2025))
  }
  return text
}

/** @returns undefined for what no bytes are written as */
export function fromBase45(text: string): Buffer | undefined {
  if (text.length % 3 === 1) return undefined
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 3) {
    const [low = -1, middle = -1, high] = [...text.slice(at, at + 3)].map((sign) => signs.indexOf(sign))
    if (low < 0 || middle < 0 || high === -1) return undefined
    const value = low + middle * 45 + (high ?? 0) * 2025
    if (value > (high === undefined ? 255 : 65_535)) return undefined
    if (high !== undefined) bytes.push(value >> 8)
    bytes.push(value & 255)
  }
  return Buffer.from(bytes)
}
