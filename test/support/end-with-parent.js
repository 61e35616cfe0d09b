/**
 * Loaded into every process the demo and the tests start: when the one that started it is gone, it finishes as if told to,
 * and after some seconds ends in any case.
 */
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.exit(1), 8_000).unref()
})
process.channel?.unref()

export {}
