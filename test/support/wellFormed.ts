// Whether a text is well-formed XML, as far as our own writing of it could go wrong: tags that match, and no sign of markup left over.

/** Throws, naming the place, where it is not. Resolves to the text inside each element of a name. */
export function readXml(xml: string): { readonly textsOf: (name: string) => string[] } {
  const texts = new Map<string, string[]>();
  const open: string[] = [];
  const pattern =
    /<\?xml [^<>]*\?>|<(\/?)([a-z]+)((?: [a-z]+(?::[a-z]+)?="[^"<&]*(?:&[a-z#0-9]+;[^"<&]*)*")*)(\/?)>|([^<]+)/g;
  let at = 0;
  for (const match of xml.matchAll(pattern)) {
    const [whole, end, name, , alone, text] = match;
    if (match.index !== at) throw new Error(`not XML at ${at}: ${xml.slice(at, at + 60)}`);
    at += whole.length;
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(text) || text.includes(']]>')) throw new Error(`stray markup in ${text}`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 excludes.
      if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) throw new Error('a character that XML can’t hold');
      if (open.length > 0) texts.set(open.at(-1)!, [...(texts.get(open.at(-1)!) ?? []), unescaped(text)]);
    } else if (name !== undefined && end === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes another`);
    } else if (name !== undefined && alone !== '/') open.push(name);
  }
  if (at !== xml.length || open.length > 0) throw new Error(`not XML at ${at}, open: ${open.join(' ')}`);
  return { textsOf: (name) => texts.get(name) ?? [] };
}

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);
}
