declare module 'govuk-frontend' {
  interface Behaviour {
    /** the value of data-module by which its elements are found */
    moduleName: string
    new (root: Element): object
  }
  export const Button: Behaviour
  export const CharacterCount: Behaviour
  export const ErrorSummary: Behaviour
  export const ServiceNavigation: Behaviour
  export const SkipLink: Behaviour
}
