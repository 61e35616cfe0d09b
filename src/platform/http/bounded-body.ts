/**
 * The body of an answer from outside, read up to a limit: no system we ask can fill our memory.
 * @throws when there is more
 */
export async function boundedText(response: Response, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  const body: AsyncIterable<Uint8Array> | [] = response.body ?? []
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > limitBytes) throw new Error(`an answer of more than ${limitBytes} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
