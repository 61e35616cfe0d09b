import pino, { type DestinationStream, type Logger } from 'pino'

export type Log = Logger

/**
 * JSON lines in UTC. What a line may hold: request id, route pattern, status, time, ids of records, names of systems;
 * never names, tax numbers, answers, addresses with their values, tokens.
 *
 * @param destination standard output unless said otherwise
 */
export function openLog(level: string, destination: DestinationStream = pino.destination(1)): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}
