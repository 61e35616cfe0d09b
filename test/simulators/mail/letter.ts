/** Reads a letter as it came over the line: headers and one plain text, as the portal sends them. */

export interface Letter {
  /** recipients as the server was told */
  to: string[]
  from: string
  subject: string
  text: string
  messageId: string
  /** every header, names in small letters */
  headers: Record<string, string>
  receivedAt: string
  /** how often the same letter came; only the first is kept */
  copies: number
}

export function readLetter(raw: string, from: string, to: string[]): Letter {
  const end = raw.indexOf('\r\n\r\n')
  const headers = readHeaders(raw.slice(0, end))
  const body = raw.slice(end + 4)
  return {
    to,
    from,
    subject: decodedWords(headers.subject ?? ''),
    text: decodedBody(body, headers['content-transfer-encoding'] ?? '7bit').trimEnd(),
    messageId: headers['message-id'] ?? '',
    headers,
    receivedAt: new Date().toISOString(),
    copies: 1,
  }
}

function readHeaders(block: string): Record<string, string> {
  const unfolded = block.replace(/\r\n[ \t]+/g, ' ')
  const pairs = unfolded.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return Object.fromEntries(pairs)
}

/** Encoded words (RFC 2047). */
function decodedWords(text: string): string {
  return text
    .replace(/(=\?[^?]+\?[QBqb]\?[^?]*\?=)\s+(?==\?)/g, '$1')
    .replace(/=\?[^?]+\?([QBqb])\?([^?]*)\?=/g, (_word, kind: string, content: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(content, 'base64').toString('utf8')
        : quotedPrintable(content.replaceAll('_', ' ')),
    )
}

function decodedBody(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8')
    case 'quoted-printable':
      return quotedPrintable(body.replace(/=\r\n/g, ''))
    default:
      return Buffer.from(body, 'latin1').toString('utf8')
  }
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-Fa-f]{2})/g, (_code, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
