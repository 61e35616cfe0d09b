declare module 's3rver' {
  /** What is used of it here. */
  export default class S3rver {
    constructor(options: {
      port: number
      address: string
      silent: boolean
      directory: string
      configureBuckets: { name: string }[]
    })
    /** where it keeps its objects */
    readonly store: {
      putObject(object: { bucket: string; key: string }): Promise<{ size: number }>
      getResourcePath(bucket: string, key: string, resource: 'object'): string
    }
    run(): Promise<{ port: number }>
    close(): Promise<void>
  }
}
