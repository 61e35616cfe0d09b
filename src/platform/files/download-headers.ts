import { attachmentDisposition } from '../http/headers.ts'

/**
 * Headers under which a stored file leaves the portal: always saved, never shown in the portal's own name, its type not guessed,
 * and without rights should a browser show it all the same.
 *
 * @param mediaType a type of our own list, never what somebody sent
 */
export function downloadHeaders(fileName: string, mediaType: string): Record<string, string> {
  return {
    'content-type': mediaType,
    'content-disposition': attachmentDisposition(fileName),
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
}
