// Sprites that no family has, or none has in a shape that can be raised, boarded or sat on. Own drawings, used with every family.

/** SVG bodies in a box of 100 x 100, several a class. */
export const DRAWN: Readonly<Record<string, readonly string[]>> = {
  sign: [
    sign('#ffffff', '#d12f2f'),
    sign('#ffe35a', '#222222'),
    sign('#ffffff', '#1f4fa8'),
    sign('#ffb0c8', '#222222'),
    sign('#c9f0b0', '#20602a'),
  ],
  flag: [
    flag('#d62b3a', '#ffffff', '#2349a8'),
    flag('#1f8a4c', '#ffd400', '#d62b3a'),
    flag('#1b4fb0', '#ffffff', '#1b4fb0'),
    flag('#ff8a00', '#ffffff', '#2b8f3e'),
    flag('#7a2bbf', '#ffd400', '#7a2bbf'),
  ],
  boat: [
    boat('#e8742c', '#ffffff'),
    boat('#8a5a33', '#c08a56'),
    boat('#f2f4f6', '#2f6fb5'),
    boat('#c23a3a', '#f3e3c3'),
  ],
  bench: [bench('#9a6233'), bench('#7c4a2a'), bench('#3f7a4d')],
  smoke: [smoke('#4a4a4e', '#77777c'), smoke('#5a524c', '#8a8079')],
  fireworks: [fireworks('#ffd84a', '#ff5a7a'), fireworks('#6ae0ff', '#ffffff'), fireworks('#ff9a3c', '#b86bff')],
};

function sign(board: string, ink: string): string {
  return `<rect x="45" y="50" width="10" height="50" fill="#8a6037"/><rect x="8" y="4" width="84" height="54" rx="4" fill="${board}" stroke="#444" stroke-width="4"/><path d="M20 20h60M20 33h44M20 46h54" stroke="${ink}" stroke-width="8"/>`;
}

function flag(a: string, b: string, c: string): string {
  return `<rect x="12" y="2" width="9" height="98" rx="3" fill="#6b4a2b"/><path d="M21 6q20-10 38 0t36 0v18q-18 8-36 0t-38 0z" fill="${a}"/><path d="M21 24q20-10 38 0t36 0v18q-18 8-36 0t-38 0z" fill="${b}"/><path d="M21 42q20-10 38 0t36 0v18q-18 8-36 0t-38 0z" fill="${c}"/>`;
}

function boat(hull: string, rim: string): string {
  return `<path d="M2 62h96q-4 34-24 34H26Q6 96 2 62z" fill="${hull}"/><rect x="0" y="56" width="100" height="11" rx="5" fill="${rim}"/>`;
}

function bench(wood: string): string {
  return `<rect x="4" y="36" width="92" height="11" fill="${wood}"/><rect x="4" y="51" width="92" height="11" fill="${wood}"/><rect x="0" y="68" width="100" height="9" fill="${wood}"/><path d="M12 36v62M88 36v62" stroke="#3a3a3a" stroke-width="7"/>`;
}

function smoke(dark: string, light: string): string {
  return `<g fill="${dark}"><circle cx="46" cy="92" r="8"/><circle cx="50" cy="78" r="12"/><circle cx="44" cy="60" r="16"/><circle cx="56" cy="40" r="20"/></g><g fill="${light}"><circle cx="46" cy="24" r="20"/><circle cx="66" cy="20" r="18"/><circle cx="60" cy="44" r="10"/></g>`;
}

function fireworks(a: string, b: string): string {
  const rays = Array.from({ length: 12 }, (_, i) => {
    const angle = (i * Math.PI) / 6;
    const at = (r: number) => `${(50 + r * Math.cos(angle)).toFixed(1)} ${(50 + r * Math.sin(angle)).toFixed(1)}`;
    const colour = i % 2 === 0 ? a : b;
    return `<path d="M${at(14)}L${at(40)}" stroke="${colour}" stroke-width="5" stroke-linecap="round"/><circle cx="${at(46).split(' ')[0]}" cy="${at(46).split(' ')[1]}" r="4" fill="${colour}"/>`;
  });
  return `<circle cx="50" cy="50" r="7" fill="#fff"/>${rays.join('')}`;
}
