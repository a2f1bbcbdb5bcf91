/** Files that the bundler gives an address. */
declare module '*?url' {
  const url: string;
  // biome-ignore lint/style/noDefaultExport: that is how the bundler hands it over.
  export default url;
}
