/** The bytes of base64 text (RFC 4648, section 4). Throws a DOMException for other text. */
export function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
