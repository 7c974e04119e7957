// People as figures: an emoji's head, or bust, on a drawn body, so that hands can hold and legs can ride. What a body wears
// helps to tell small people apart.

interface Dress {
  readonly body: 'trousers' | 'shorts' | 'dress' | 'long dress' | 'suit';
  /** Upper part, one of them by variant. */
  readonly tops: readonly string[];
  readonly legs: string;
}

const DRESSES: Readonly<Record<string, Dress>> = {
  man: { body: 'trousers', tops: ['#2f6fb5', '#4b8b3b', '#8a8f98', '#a8562a'], legs: '#2b3447' },
  woman: { body: 'long dress', tops: ['#c2345b', '#7a3fa0', '#d0672c', '#1d8a86'], legs: '#5a3a2e' },
  boy: { body: 'shorts', tops: ['#3fa7dd', '#f0c02e', '#58b368', '#e8743b'], legs: '#3b5a8c' },
  girl: { body: 'dress', tops: ['#f06fa5', '#b57be0', '#f59ac0', '#ff8f6b'], legs: '#f5d6c0' },
  grandfather: { body: 'trousers', tops: ['#6b5b45', '#59684f'], legs: '#4a4038' },
  grandmother: { body: 'long dress', tops: ['#6d5a8c', '#5f6f86'], legs: '#4a4038' },
  officer: { body: 'suit', tops: ['#23407d'], legs: '#1b2d57' },
  firefighter: { body: 'suit', tops: ['#b3541e'], legs: '#7a3a17' },
  doctor: { body: 'suit', tops: ['#f4f7fa'], legs: '#6fb6c9' },
  builder: { body: 'trousers', tops: ['#f28c1b'], legs: '#3d5a80' },
  chef: { body: 'trousers', tops: ['#f7f7f4'], legs: '#3a3a3a' },
  farmer: { body: 'suit', tops: ['#3f72af'], legs: '#35609a' },
  astronaut: { body: 'suit', tops: ['#dfe4ea'], legs: '#c3cad3' },
  santa: { body: 'suit', tops: ['#c8202f'], legs: '#b01b29' },
  clown: { body: 'suit', tops: ['#f5c518'], legs: '#39a85b' },
};

/** Width and height of a figure's drawing. */
export const FIGURE_BOX = { width: 100, height: 140 } as const;

/** The SVG of a person: `head` is the markup of an icon fitted into 88 x 88 at the top. */
export function figureSvg(name: string, head: string, variant: number): string {
  const { body, tops, legs } = DRESSES[name]!;
  const top = tops[variant % tops.length]!;
  const shoe = '#2a2522';
  const leg = (x: number, y: number, colour: string) =>
    `<rect x="${x}" y="${y}" width="15" height="${134 - y}" fill="${colour}"/><rect x="${x - 2}" y="132" width="19" height="7" rx="3" fill="${shoe}"/>`;
  const arms = `<rect x="17" y="84" width="13" height="32" rx="6" fill="${top}" transform="rotate(12 23 84)"/><rect x="70" y="84" width="13" height="32" rx="6" fill="${top}" transform="rotate(-12 77 84)"/>`;
  const skin = '#e0ac7e';
  const parts: Readonly<Record<Dress['body'], string>> = {
    trousers: `${leg(33, 110, legs)}${leg(52, 110, legs)}${arms}<rect x="27" y="78" width="46" height="38" rx="9" fill="${top}"/>`,
    suit: `${leg(33, 110, legs)}${leg(52, 110, legs)}${arms}<rect x="24" y="78" width="52" height="40" rx="9" fill="${top}"/>`,
    shorts: `${leg(33, 122, skin)}${leg(52, 122, skin)}<rect x="31" y="108" width="38" height="16" fill="${legs}"/>${arms}<rect x="28" y="78" width="44" height="34" rx="9" fill="${top}"/>`,
    dress: `${leg(35, 118, skin)}${leg(50, 118, skin)}${arms}<path d="M34 78h32l14 44H20z" fill="${top}"/>`,
    'long dress': `${leg(35, 126, legs)}${leg(50, 126, legs)}${arms}<path d="M32 78h36l12 54H20z" fill="${top}"/>`,
  };
  return `${parts[body]}<svg x="6" y="0" width="88" height="88" ${head}</svg>`;
}
