/** The part of highlight.js that the page uses; its browser build comes without types. */
declare module 'highlight.js' {
  const hljs: {
    getLanguage(name: string): object | undefined;
    highlight(code: string, options: { language: string; ignoreIllegals: boolean }): { readonly value: string };
  };
  export default hljs;
}
