// What strangers write so that something breaks. It is to arrive as it is, or as less; and to change nothing around it.
export const HOSTILE_TEXTS: readonly (readonly [string, string])[] = [
  ['HTML', '<img src=x onerror=alert(1)><h1>big</h1>'],
  ['a script', '</title></style><script>alert(2)</script>'],
  ['markup of comments and data', '--> ]]> <!-- <![CDATA['],
  ['entities', '&lt;b&gt; &amp;amp; &#x3c;'],
  ['a formula', '=HYPERLINK("http://example.org","+cmd|calc")'],
  ['marks of direction', '\u202egnp.exe\u2066 \u200f left'],
  ['Hebrew and Arabic', 'עברית שלום العربية مرحبا'],
  ['CJK', '東京で火事です。서울 화재 北京'],
  ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈🔥'],
  ['lines and a header', 'one\r\nBcc: eve@example.org\n\n.\r\ntwo'],
  ['controls', 'bell \u0007 escape \u001b[31mred'],
  ['markup of chats', '*bold* _it_ ~no~ `code` <!channel> <@U123> <http://evil.example|click>'],
  ['half a pair', 'half \ud83d'],
  ['10,000 characters', 'word '.repeat(2000).trim()],
];
